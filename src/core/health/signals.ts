import type { Pod } from '../objects.ts'
import type { Millis } from '../time.ts'
import type { Memory, Signal } from './memory.ts'
import type { Context, PodRule, ReleaseRule, Rule, Sign } from './rule.ts'

/** A sign of trouble, whose it is, and how long it has been seen. */
export interface Raised {
  readonly rule: PodRule | ReleaseRule
  /** `null`: of the release as a whole. */
  readonly pod: Pod | null
  readonly sign: Sign
  readonly key: string
  readonly signal: Signal
}

/** Every sign that shows now, in the order of the rules, then of the pods. One that shows no more is forgotten. */
export function raise(rules: readonly Rule[], context: Context, at: Millis): readonly Raised[] {
  return rules.flatMap((rule) => {
    if (rule.of === 'foreign') return []
    if (rule.of === 'release') return one(rule, null, rule.match(context), context.memory, at)
    return context.pods.flatMap((pod) => one(rule, pod, rule.match(pod, context), context.memory, at))
  })
}

function one(
  rule: PodRule | ReleaseRule,
  pod: Pod | null,
  sign: Sign | null,
  memory: Memory,
  at: Millis,
): readonly Raised[] {
  if (!sign) return []
  const key = `${rule.id}/${pod ? (pod.metadata.uid ?? pod.metadata.name) : (sign.object ?? '')}`
  const first = memory.signals[key]?.first ?? at
  const last = Math.max(memory.signals[key]?.last ?? at, at)
  return [{ rule, pod, sign, key, signal: { first, last, confirm: sign.confirm ?? rule.confirm } }]
}

/** Seen on two observations at least `confirm` apart. */
export const isConfirmed = ({ first, last, confirm }: Signal): boolean => last - first >= confirm

export const signalsOf = (raised: readonly Raised[]): Record<string, Signal> =>
  Object.fromEntries(raised.map(({ key, signal }) => [key, signal]))
