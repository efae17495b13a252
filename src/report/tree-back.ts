import type { BackStep } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { backSteps } from './standing.ts'
import { label, signs, type UnitLook } from './tree-stages.ts'
import { fit, hang } from './width.ts'
import { timeOfDay } from './words.ts'

const names = { traffic: 'requests back', services: 'services back', pods: 'pods back', rest: 'the rest back' } as const

/** The way back: why, and how far it is, part by part in its order. */
export function backLines(look: UnitLook): string[] {
  const { standing, waiting, columns, paint } = look
  const { unit, state } = standing
  const due = backSteps(unit, state)
  const frozen = state.way === 'frozen'
  const head = label(signs.back, frozen ? 'frozen' : 'going back', columns)
  const from = standing.stage && !frozen ? `from ${standing.stage.title}: ` : ''
  const why = hang(head, escapeText(`${from}${state.turn?.why ?? ''}`), columns).map(paint.bad)
  const parts = [...new Set(due.map(({ moves }) => moves))]
  const open = parts.find((moves) => due.some((step) => step.moves === moves && !isSettled(step)))
  const lines = parts.map((moves) => partLine(moves))
  return [...why, ...lines, ...pausedLines()]

  function isSettled({ id }: BackStep): boolean {
    return state.steps.get(id)?.phase === 'settled'
  }

  function partLine(moves: BackStep['moves']): string {
    const steps = due.filter((step) => step.moves === moves)
    const missing = steps.filter((step) => !isSettled(step))
    const [present] = missing
    if (!present) {
      const at = Math.max(...steps.map(({ id }) => state.steps.get(id)?.at ?? 0))
      return fit(`${label(signs.done, names[moves], columns)}${timeOfDay(at)}`, columns).replace(
        signs.done,
        paint.good(signs.done),
      )
    }
    if (moves !== open) return paint.dim(label(signs.later, names[moves], columns).trimEnd())
    const text = `${steps.length - missing.length} of ${steps.length} done · ${present.does}${waiting && !state.paused ? ` · waiting for ${waiting}` : ''}`
    const line = fit(`${label(signs.busy, names[moves], columns)}${escapeText(text)}`, columns)
    return line.replace(signs.busy, paint.busy(signs.busy))
  }

  function pausedLines(): string[] {
    if (!state.paused) return []
    return hang(label(signs.paused, 'paused', columns), escapeText(state.paused.why), columns).map(paint.warn)
  }
}
