import parse from 'parse-duration'
import { type Figure, type Rule, widestWindow } from '../core/evidence.ts'
import { shown } from '../core/shown.ts'
import { hour, minute, second, type Millis } from '../core/time.ts'
import { type ComparedRule, isCompared, parseCompared } from './compared-rule.ts'
import { exactly } from './exactly.ts'
import {
  directionOf,
  endOf,
  figureOf,
  normalized,
  type RuleContext,
  type RuleProblem,
  type Word,
  wordsOf,
} from './rule-words.ts'

const defaultWindow: Millis = minute
const example = 'error-rate > 1% for 5m'

/**
 * `metric (>|>=|<|<=) value [for duration]`, one comparison and nothing else: windows and sample floors are the judge's,
 * and a larger language would hide them. Or, without a window, `metric (>|<) [factor *] stable`, or `baseline`.
 */
export function parseRule(text: string, context: RuleContext = {}): Rule | ComparedRule | RuleProblem {
  const words = wordsOf(text)
  const [metric, op, ...rest] = words
  if (!metric) return { at: 1, what: 'the trigger is empty', remedy: `write it like ${example}` }
  const figure = figureOf(metric, context)
  if ('what' in figure) return figure
  if (!op || !/^(?:>|>=|<|<=)$/.test(op.text))
    return {
      at: (op ?? endOf(text)).at,
      what: `after ${metric.text} a comparison is missing`,
      remedy: `write >, >=, < or <=, like ${example}`,
    }
  const wrongWay = directionOf(figure, op)
  if (wrongWay) return wrongWay
  if (isCompared(rest)) return parseCompared(text, figure, words)
  const value = valueOf(figure, rest[0], text)
  if ('what' in value) return value
  const over = windowOf(figure, rest.slice(1), text)
  if (typeof over !== 'number') return over
  const rule: Rule = { text: normalized(text), figure, op: op.text as Rule['op'], value: value.value, over }
  return unreachable(rule, rest[0] ?? endOf(text)) ?? rule
}

/** `is: "> 1000"` of a named query. */
export function parseQueryRule(name: string, is: string, over: Millis): Rule | RuleProblem {
  const [op, value, more] = wordsOf(is)
  if (!op || !/^(?:>|>=|<|<=)$/.test(op.text))
    return { at: op?.at ?? 1, what: `${shown(is)} does not begin with a comparison`, remedy: 'write it like "> 1000"' }
  if (isCompared([value, more].filter((word) => word !== undefined)))
    return {
      at: value?.at ?? 1,
      what: "a query can't be compared with another version",
      remedy: 'write a number, like "> 1000"; compared are error-rate, availability and latency.p50 to p999',
    }
  if (!value || !/^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value.text))
    return {
      at: value?.at ?? is.length + 1,
      what: 'after the comparison a number is missing',
      remedy: 'write it like "> 1000"',
    }
  if (more)
    return {
      at: more.at,
      what: `${shown(more.text)} is too much`,
      remedy: 'write it like "> 1000", and for: beside it',
    }
  return {
    text: `${name} ${op.text} ${value.text}`,
    figure: { kind: 'query', name },
    op: op.text as Rule['op'],
    value: Number(value.text),
    over,
  }
}

function valueOf({ kind }: Figure, word: Word | undefined, text: string): { readonly value: number } | RuleProblem {
  const at = (word ?? endOf(text)).at
  if (!word) return { at, what: 'the value is missing', remedy: `write it like ${example}` }
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(.*)$/.exec(word.text) ?? []
  if (number === undefined)
    return { at, what: `${shown(word.text)} is not a value`, remedy: `write it like ${example}` }
  const plain = Number(number)
  switch (kind) {
    case 'error-rate':
    case 'availability':
      if (unit !== '%')
        return {
          at,
          what: `${shown(word.text)} has no unit that ${kind} knows`,
          remedy: `write a percentage: ${number}%`,
        }
      return plain > 0 && plain < 100
        ? { value: plain / 100 }
        : { at, what: `${shown(word.text)} can never be crossed`, remedy: 'write a percentage between 0 and 100' }
    case 'latency': {
      const ms = /^(?:ms|s|m)$/.test(unit) ? parse(word.text) : null
      return ms === null
        ? { at, what: `${shown(word.text)} has no unit that latency knows`, remedy: `write ${number}ms or ${number}s` }
        : { value: ms }
    }
    default:
      return unit === '' || (unit === 'x' && kind === 'burn-rate')
        ? { value: plain }
        : { at, what: `${shown(word.text)} has a unit, ${kind} has none`, remedy: `write ${number}` }
  }
}

/** Where every request fails, a burn rate is as high as it can be. */
function unreachable({ figure, op, value }: Rule, { text, at }: Word): RuleProblem | null {
  if (figure.kind !== 'burn-rate') return null
  const highest = exactly(1 / (1 - figure.objective))
  if (op === '>' ? value < highest : value <= highest) return null
  return {
    at,
    what: `${shown(text)} can never be crossed`,
    remedy: `write ${op === '>' ? 'less than' : 'at most'} ${Math.floor(highest * 100) / 100}: with an availability of ${exactly(figure.objective * 100)} %, that is when every request fails`,
  }
}

function windowOf({ kind }: Figure, [word, length, more]: readonly Word[], text: string): Millis | RuleProblem {
  if (!word) return kind === 'restarts' ? 0 : defaultWindow
  if (kind === 'restarts')
    return {
      at: word.at,
      what: 'restarts are counted since the new pods were made',
      remedy: `remove ${text.slice(word.at - 1).trim()}`,
    }
  if (word.text !== 'for')
    return {
      at: word.at,
      what: `${shown(word.text)} is not expected here`,
      remedy: `only "for" and a duration may follow: ${example}`,
    }
  const ms = length && /^(?=\d)(?:\d+h)?(?:\d+m)?(?:\d+s)?$/.test(length.text) ? (parse(length.text) ?? 0) : 0
  if (ms < second || ms > widestWindow)
    return {
      at: (length ?? endOf(text)).at,
      what: `after "for" a duration from 1s to ${widestWindow / hour}h is missing`,
      remedy: `write it like ${example}`,
    }
  if (more)
    return { at: more.at, what: `${shown(more.text)} is too much`, remedy: `one comparison and one window: ${example}` }
  return ms
}
