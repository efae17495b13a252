import type { Comparison } from '../core/evidence.ts'
import { says, shown } from '../core/shown.ts'
import type { ComparedRule } from './compared-rule.ts'
import { exactly } from './exactly.ts'
import { Judge, type JudgeEntry, termsOf } from './judge.ts'
import { comparedOf, type RollbackEntry } from './rollback.ts'

interface Said {
  readonly judge?: JudgeEntry | undefined
  readonly rollback?: RollbackEntry | undefined
  readonly metrics?: object | undefined
}

/** How a service is compared with its stable version: by default wherever its requests are counted. `null`: it is not. */
export function comparisonFor({ judge = Judge.parse({}), rollback, metrics }: Said): Comparison | null {
  if (!metrics || judge === false) return null
  const rules = comparedOf(rollback)
  const beside = rules.filter(({ against }) => against === 'stable')
  return {
    terms: beside.reduce(heldTo, termsOf(judge)),
    triggers: rules.map(({ text }) => text),
    bounds: rules
      .filter(({ against }) => against === 'baseline')
      .map(({ text, figure, factor }) => ({ text, figure, factor })),
  }
}

type Terms = Comparison['terms']

function heldTo(terms: Terms, { figure, factor }: ComparedRule): Terms {
  switch (figure.kind) {
    case 'error-rate':
      return { ...terms, tolerance: { ratio: factor, margin: terms.tolerance.margin } }
    case 'availability':
      // p(new) < f * p(stable) in failures: more than (1 - f) + f times those of stable.
      return { ...terms, tolerance: { ratio: factor, margin: exactly(1 - factor) } }
    case 'latency':
      return {
        ...terms,
        latency: { ...terms.latency, quantile: figure.quantile, slowdown: exactly(factor - 1) },
      }
  }
}

/** Triggers that can't be compared as the service has it, or that say the same thing twice. */
export function uncomparable({ judge, rollback }: Said): { readonly index: number; readonly message: string }[] {
  const places = (rollback?.when ?? []).flatMap((one, index) => (typeof one === 'string' ? [{ one, index }] : []))
  const rules = places.flatMap(({ one, index }) => {
    const [rule] = comparedOf({ when: [one] })
    return rule ? [{ rule, index }] : []
  })
  return rules.flatMap(({ rule, index }, at) => {
    const message =
      notCompared(rule, judge) ??
      again(
        rule,
        rules.slice(0, at).map((before) => before.rule),
      )
    return message === null ? [] : [{ index, message }]
  })
}

function notCompared({ text, figure, against }: ComparedRule, judge: JudgeEntry | undefined): string | null {
  if (judge === undefined) return null
  if (judge === false)
    return says(
      `${shown(text)} is a comparison, and judge: false compares nothing`,
      'remove judge: false, or write an absolute bound, like error-rate > 1% for 5m',
    )
  const { latency, weights } = judge
  if (against === 'stable' && figure.kind === 'latency' && (latency === false || weights.latency === 0))
    return says(
      `${shown(text)}, but latency is not compared`,
      latency === false
        ? 'remove latency: false from judge, or the trigger'
        : 'write a latency above 0 into judge.weights, or remove the trigger',
    )
  return against === 'baseline' && weights.other === 0
    ? says(
        `${shown(text)} has no part of the evidence`,
        'write an other above 0 into judge.weights, or remove the trigger',
      )
    : null
}

/** One bound for each metric beside stable: the judge could hold to only one of them. */
function again(rule: ComparedRule, before: readonly ComparedRule[]): string | null {
  const about = ({ figure }: ComparedRule): string => (figure.kind === 'latency' ? 'latency' : 'failed requests')
  const same = before.find(({ text }) => text === rule.text)
  if (same) return says(`${shown(rule.text)} is there twice`, 'remove one of them')
  const other = before.find(
    (one) => one.against === 'stable' && rule.against === 'stable' && about(one) === about(rule),
  )
  return other
    ? says(
        `${shown(other.text)} and ${shown(rule.text)} are both about ${about(rule)}, which is compared once`,
        'remove one of them',
      )
    : null
}
