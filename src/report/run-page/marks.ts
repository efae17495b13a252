import type { Entry } from '../../core/journal.ts'
import { type Plan, unitsOf } from '../../core/plan.ts'
import { factText, unitsIn } from '../facts.ts'

/** A moment of a run that stands in its charts, by its number in the journal. */
export interface Mark {
  readonly seq: number
  readonly at: number
  readonly sign: string
  readonly kind: 'good' | 'bad' | 'note'
  readonly units: readonly string[]
  readonly text: string
}

/** Verdicts of stages that were watched, turns, pauses, and what people asked for. */
export function marksOf(entries: readonly Entry[], plan: Plan): Mark[] {
  return entries.flatMap((entry) => {
    const looks = lookOf(entry, plan)
    if (!looks) return []
    const units = unitsIn(entry)
    return [
      {
        seq: entry.seq,
        at: entry.at,
        ...looks,
        units: units.length > 0 ? units : unitsOf(plan).map(({ id }) => id),
        text: factText(entry, plan),
      },
    ]
  })
}

function lookOf(entry: Entry, plan: Plan): Pick<Mark, 'sign' | 'kind'> | null {
  switch (entry.type) {
    case 'judged': {
      if (entry.answer === 'fail') return { sign: '✖', kind: 'bad' }
      const stage = unitsOf(plan)
        .find(({ id }) => id === entry.unit)
        ?.stages.find(({ id }) => id === entry.stage)
      return entry.answer === 'pass' && stage && stage.soak > 0 ? { sign: '✔', kind: 'good' } : null
    }
    case 'turned':
      return { sign: '◀', kind: 'bad' }
    case 'paused':
      return { sign: '‖', kind: 'note' }
    case 'resumed':
    case 'asked':
      return { sign: '▶', kind: 'note' }
    case 'provider':
      return { sign: entry.up ? '●' : '○', kind: 'note' }
    case 'ended':
      return { sign: '■', kind: entry.outcome === 'taken-back' ? 'bad' : 'good' }
    default:
      return null
  }
}
