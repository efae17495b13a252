import { span } from '../time.ts'
import type { Verdict } from '../verdict.ts'
import type { Counts } from './counts.ts'
import { isShared, type Trouble } from './environment.ts'
import type { Limits } from './rule.ts'
import { isConfirmed, type Raised } from './signals.ts'
import { oneLine } from './said.ts'
import type { WorstPod } from './worst.ts'

/** All that a verdict rests on. */
export interface Case {
  /** Without the pods that the environment took. */
  readonly raised: readonly Raised[]
  readonly counts: Counts
  readonly limits: Limits
  readonly trouble: Trouble | null
  /** Why the environment's pods are gone, for people. */
  readonly tally: string
  readonly worst: WorstPod | null
  /** For how long nothing was heard from the cluster; `null` when it answers. */
  readonly silent: number | null
}

/**
 * Fail, when enough pods are bad and nothing but the release explains it; inconclusive, when the environment does; pass
 * only when every pod that should be there is available and nothing is suspected.
 */
export function judge(facts: Case): Verdict {
  return failed(facts) ?? disturbed(facts) ?? waiting(facts) ?? passed(facts)
}

/** `pod web-7c9f-abcde: container app cannot be configured: …, for more than 10 s`. */
export function signText({ pod, sign, rule, signal }: Raised): string {
  const object = pod ? `pod ${pod.metadata.name}` : (sign.object ?? rule.id)
  const long = signal.confirm > 0 && isConfirmed(signal) ? `, for more than ${span(signal.confirm)}` : ''
  return `${oneLine(`${object}: ${sign.because}`)}${long}`
}

const podsIn = (raised: readonly Raised[]): number => new Set(raised.map(({ pod }) => pod?.metadata.uid)).size

/**
 * bad ≥ max(1, allowedBad); or every pod, where fewer are wanted than may be bad. What is wrong with the release as a
 * whole needs no second.
 */
const isTooMuch = (confirmed: readonly Raised[], { limits, counts }: Case): boolean =>
  confirmed.some(({ pod }) => pod === null) ||
  podsIn(confirmed) >= Math.max(1, Math.min(limits.allowedBad, counts.wanted))

function failed(facts: Case): Verdict | null {
  const { raised, counts, trouble, worst } = facts
  const confirmed = raised.filter(({ signal }) => isConfirmed(signal))
  const [first] = confirmed
  if (!first || !isTooMuch(confirmed, facts)) return null
  const bad = counts.bad > 0 ? `; ${counts.bad} of ${counts.wanted} new pods bad` : ''
  const evidence = [...(first.sign.evidence ?? []), ...(worst?.bundle ?? [])].map((line) => oneLine(line))
  const sure = confirmed.filter(({ rule }) => rule.blames === 'release')
  if (isShared(trouble, counts.bad / counts.wanted) && !isTooMuch(sure, facts)) {
    const because = `the environment, not the release: ${trouble.because}; ${signText(first)}${bad}`
    return { answer: 'inconclusive', because, evidence: [...trouble.evidence, ...evidence] }
  }
  return { answer: 'fail', because: `${signText(first)}${bad}`, evidence }
}

function disturbed({ counts, tally }: Case): Verdict | null {
  if (counts.foreign * 2 <= counts.wanted) return null
  return {
    answer: 'inconclusive',
    because: `the environment took ${counts.foreign} of ${counts.wanted} new pods (${tally}): too few are left to judge`,
  }
}

function waiting({ raised, counts, silent, worst }: Case): Verdict | null {
  const pending = (because: string): Verdict => ({ answer: 'pending', because, evidence: worst?.bundle ?? [] })
  if (silent !== null) return pending(`nothing was heard from the cluster for ${span(silent)}`)
  const suspect = raised.find(({ signal }) => !isConfirmed(signal))
  if (suspect) {
    const { first, last, confirm } = suspect.signal
    return pending(`${signText(suspect)} (for ${span(last - first)}, bad after ${span(confirm)})`)
  }
  const enough = counts.available > 0 && counts.available + counts.bad + counts.excused >= counts.wanted
  return enough ? null : pending(`${counts.available} of ${counts.wanted} new pods available`)
}

function passed({ counts, limits, tally }: Case): Verdict {
  const bad = counts.bad > 0 ? `, ${counts.bad} bad` : ''
  const foreign = counts.foreign > 0 ? `, ${counts.foreign} taken by the environment (${tally})` : ''
  const ready = limits.minReady > 0 ? ` (Ready for ${span(limits.minReady)})` : ''
  return {
    answer: 'pass',
    because: `${counts.available} of ${counts.wanted} new pods available${ready}${bad}${foreign}`,
  }
}
