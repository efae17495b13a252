import { escapeText } from '../core/text.ts'
import { span } from '../core/time.ts'
import { endWords } from './facts.ts'
import { bar, label, podsText, signs, soakText, type UnitLook } from './tree-stages.ts'
import { fit, padTo, widthOf } from './width.ts'
import { many } from './words.ts'

/** After so many, units that are over are only counted. */
const mostOver = 4

/** One line for each unit at work; where a terminal is low, the others are counted. */
export function briefLines(all: readonly UnitLook[]): string[] {
  const later = all.filter(({ standing }) => !standing.begun && !standing.state.ended)
  const over = all.filter(({ standing }) => standing.state.ended)
  const atWork = all.filter((one) => !later.includes(one) && !over.includes(one))
  const nameWidth = Math.max(0, ...all.map(({ standing }) => widthOf(standing.unit.id)))
  const line = (one: UnitLook): string => briefLine(one, nameWidth)
  return [
    ...(over.length > mostOver ? counted(over) : over.map(line)),
    ...atWork.map(line),
    ...(later.length > 0 ? [` ${signs.later} ${many(later.length, 'unit')} to come`] : []),
  ]
}

function counted(over: readonly UnitLook[]): string[] {
  const back = over.filter(({ standing }) => standing.state.ended?.outcome === 'taken-back').length
  const done = over.length - back
  return [
    ...(done > 0 ? [` ${signs.done} ${many(done, 'unit')} done`] : []),
    ...(back > 0 ? [` ${signs.back} ${many(back, 'unit')} taken back`] : []),
  ]
}

export function briefLine(look: UnitLook, nameWidth: number): string {
  const { columns, standing } = look
  const [sign, colour, text] = brief(look)
  const head =
    columns < 60
      ? label(sign, standing.unit.id, columns)
      : padTo(` ${sign} ${escapeText(standing.unit.id)}`, nameWidth + 6)
  return fit(`${head}${escapeText(text)}`, columns).replace(sign, colour(sign))
}

function brief(look: UnitLook): [sign: string, colour: (text: string) => string, text: string] {
  const { plan, standing, waiting = '', now, paint } = look
  const { state, stage, begun, weight } = standing
  const title = stage?.title ?? 'at the end'
  if (state.ended?.outcome === 'taken-back')
    return [signs.back, paint.bad, endWords('taken-back', state.turn?.why ?? '', plan)]
  if (state.ended) return [signs.done, paint.good, endWords(state.ended.outcome, '', plan)]
  if (!begun) return [signs.later, paint.dim, 'not begun']
  if (state.way === 'frozen') return [signs.back, paint.bad, `frozen: ${state.turn?.why ?? ''}`]
  if (state.way === 'back') return [signs.back, paint.bad, `going back: ${state.turn?.why ?? ''}`]
  if (state.paused)
    return [signs.paused, paint.warn, `${title}: paused for ${span(now - state.paused.at)}: ${state.paused.why}`]
  const soak = stage ? soakText(look, stage) : ''
  const waits = soak !== '' ? soak : waiting.endsWith('pods ready') ? '' : waiting
  const parts = [`${bar(weight, 10)} ${title}`, podsText(look), waits]
  return [signs.busy, paint.busy, parts.filter((part) => part !== '').join(' · ')]
}
