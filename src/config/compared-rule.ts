import type { BaselineBound } from '../core/evidence.ts'
import { shown } from '../core/shown.ts'
import { exactly } from './exactly.ts'
import { endOf, normalized, type RuleProblem, type Word } from './rule-words.ts'

/** `error-rate > 1.25 * stable`: the new pods beside the stable ones now, or beside what these were before. */
export interface ComparedRule extends BaselineBound {
  readonly against: 'stable' | 'baseline'
}

type Compared = BaselineBound['figure']

const example = 'error-rate > 1.25 * stable'
const isSide = (text: string | undefined): text is ComparedRule['against'] => text === 'stable' || text === 'baseline'

/** Whether what stands after the comparison means another version, not a value. */
export const isCompared = (rest: readonly Word[]): boolean =>
  rest.some(({ text }) => isSide(text)) || rest[0]?.text === '*' || rest[1]?.text === '*'

/** `[factor *] stable` or `[factor *] baseline`, and nothing else: how long one looks is the comparison's own matter. */
export function parseCompared(
  text: string,
  figure: { readonly kind: string; readonly quantile?: number },
  words: readonly Word[],
): ComparedRule | RuleProblem {
  const [metric, op, ...rest] = words
  if (!metric || !op) throw new Error(`no comparison in ${text}`)
  if (!canCompare(figure))
    return {
      at: metric.at,
      what: `${metric.text} can't be compared with another version`,
      remedy: `compared are error-rate, availability and latency.p50 to p999; write a number: ${metric.text} > ${figure.kind === 'restarts' ? '2' : '14.4'}`,
    }
  if (op.text.endsWith('='))
    return {
      at: op.at,
      what: 'a comparison with another version has no bound that can be hit exactly',
      remedy: `write ${op.text[0]}, like ${example}`,
    }
  const [factor, side, more] = partsOf(rest)
  if (!isSide(side?.text)) return misspelt(metric, op, rest, text)
  const times = factor ? factorOf(figure, factor, side.text) : 1
  if (typeof times !== 'number') return times
  if (more) return tooMuch(more, side.text, text)
  return { text: normalized(text), figure, factor: times, against: side.text }
}

const canCompare = (figure: { readonly kind: string }): figure is Compared =>
  figure.kind === 'error-rate' || figure.kind === 'availability' || figure.kind === 'latency'

/** The factor, what it multiplies, and what should not be there. */
function partsOf(rest: readonly Word[]): readonly (Word | undefined)[] {
  const [first, second, third] = rest
  if (isSide(first?.text)) return [undefined, first, second]
  return second?.text === '*' ? [first, third, rest[3]] : []
}

function misspelt(metric: Word, op: Word, rest: readonly Word[], text: string): RuleProblem {
  const [first, second] = rest
  const isFactor = first && /^\d/.test(first.text)
  const side = rest.find((word) => isSide(word.text))?.text
  return {
    at: (isFactor ? (second?.text === '*' ? rest[2] : second) : first)?.at ?? endOf(text).at,
    what:
      side === undefined
        ? 'after * stable or baseline is missing'
        : first?.text === '*'
          ? 'before * a factor is missing'
          : `between the factor and ${side} a * is missing`,
    remedy: `write it like ${metric.text} ${op.text} ${isFactor ? first.text : '1.25'} * ${side ?? 'stable'}`,
  }
}

function factorOf({ kind }: Compared, { text, at }: Word, side: string): number | RuleProblem {
  if (!/^\d+(?:\.\d+)?$/.test(text)) {
    const percent = /^\d+(?:\.\d+)?%$/.test(text) ? exactly(Number.parseFloat(text) / 100) : 0
    const [usual, fits] = kind === 'availability' ? [0.999, percent >= 0.5 && percent <= 1] : [1.25, percent >= 1]
    return {
      at,
      what: `${shown(text)} is not a factor`,
      remedy: `write a number without a unit: ${fits ? percent : usual} * ${side}`,
    }
  }
  const factor = Number(text)
  if (kind === 'availability') {
    if (factor > 1)
      return { at, what: `${text} * ${side} would take back a version that is as good`, remedy: 'write at most 1' }
    if (factor < 0.5)
      return {
        at,
        what: `${text} * ${side} would let half of all requests fail`,
        remedy: 'write a factor from 0.5 to 1, like 0.999',
      }
  } else {
    if (factor < 1)
      return { at, what: `${text} * ${side} would take back a version that is as good`, remedy: 'write at least 1' }
    if (factor > 100)
      return {
        at,
        what: `${text} * ${side} is hardly ever crossed`,
        remedy: 'write a factor from 1 to 100, or an absolute bound',
      }
  }
  return factor
}

function tooMuch(more: Word, side: string, text: string): RuleProblem {
  if (more.text === 'for')
    return {
      at: more.at,
      what: `a comparison with ${side} has no window: it is right however often one looks`,
      remedy: `remove ${text.slice(more.at - 1).trim()}`,
    }
  return more.text === '*'
    ? { at: more.at, what: `the factor stands before ${side}`, remedy: `write it like 1.25 * ${side}` }
    : { at: more.at, what: `${shown(more.text)} is too much`, remedy: `one comparison: ${example}` }
}
