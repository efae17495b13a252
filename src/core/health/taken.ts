import type { Pod } from '../objects.ts'
import type { Millis } from '../time.ts'
import type { Memory } from './memory.ts'
import type { Context, Limits, Rule } from './rule.ts'

/** A new pod that the environment took or spoilt: not the release's fault, but counted. */
export interface Taken {
  readonly pod: Pod
  readonly rule: string
  readonly because: string
  readonly evidence: readonly string[]
}

/** The first rule that says so, for each pod that is there. */
export function takenFrom(rules: readonly Rule[], pods: readonly Pod[], context: Context): readonly Taken[] {
  const foreign = rules.filter((rule) => rule.of === 'foreign')
  return pods.flatMap((pod) => {
    for (const rule of foreign) {
      const sign = rule.match(pod, context)
      if (sign) return [{ pod, rule: rule.id, because: sign.because, evidence: sign.evidence ?? [] }]
    }
    return []
  })
}

/**
 * The tally of such pods. They vanish and are replaced, so it is kept by uid; each counts for as long as a stage may
 * take, for what happened hours ago says nothing about this one.
 */
export function tally(
  known: Memory['foreign'],
  taken: readonly Taken[],
  { deadline }: Limits,
  at: Millis,
): Memory['foreign'] {
  const kept = Object.entries(known).filter(([, one]) => at - one.at <= deadline)
  const now = taken.map(({ pod, rule }) => [pod.metadata.uid ?? pod.metadata.name, { reason: rule, at }] as const)
  return Object.fromEntries([...kept, ...now])
}

/** `node-lost 1, taken-away 3`: those of the tally, and those that are excused only as long as they are so. */
export function tallyText(foreign: Memory['foreign'], spoilt: readonly Taken[]): string {
  const reasons = [...Object.values(foreign).map(({ reason }) => reason), ...spoilt.map(({ rule }) => rule)]
  return [...new Set(reasons)]
    .sort()
    .map((reason) => `${reason} ${reasons.filter((one) => one === reason).length}`)
    .join(', ')
}
