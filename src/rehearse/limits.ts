import type { Rule } from '../core/evidence.ts'
import type { Unit } from '../core/plan.ts'
import { boundOf } from '../judge/weigh.ts'
import type { Fault } from './faults.ts'
import type { Load } from './load.ts'
import type { EndingWord } from './rehearsal.ts'

/** What a plan says of a version that is bad in this way and was released all the same. */
export interface Missed {
  readonly word: Extract<EndingWord, 'within limits' | 'not found'>
  readonly because: string
}

/** Why nothing found it: nobody looks, it is allowed, or it began too late to be weighed. */
export function missedBy({ evidence }: Unit, load: Load, { figures }: Fault): Missed {
  if (!figures) return { word: 'not found', because: 'it began when nothing of the release was left to go back' }
  if (!evidence?.source) return { word: 'not found', because: 'nothing measures requests' }
  const [usual, bad] = [load, figures(load)]
  const moved = bad.failing === usual.failing ? 'latency' : 'errors'
  const rules = [...evidence.triggers, ...evidence.objectives].filter((rule) => watches(rule) === moved)
  if (rules.length === 0) return { word: 'not found', because: `no trigger and no objective is about ${moved}` }
  const broken = rules.filter((rule) => isBroken(rule, bad))
  return broken.length === 0
    ? { word: 'within limits', because: `the plan allows it: ${rules.map(({ text }) => text).join(', ')}` }
    : { word: 'not found', because: `the release was over before ${broken[0]?.text} could be weighed` }
}

/** Which of the requests' figures a rule is about. */
function watches({ figure }: Rule): 'errors' | 'latency' | null {
  if (figure.kind === 'latency') return 'latency'
  return figure.kind === 'error-rate' || figure.kind === 'availability' || figure.kind === 'burn-rate' ? 'errors' : null
}

/** Whether these figures, had for as long as it takes, are on the wrong side of it. */
function isBroken(rule: Rule, { failing, p95 }: Pick<Load, 'failing' | 'p95'>): boolean {
  // Other quantiles lie elsewhere; the 95th stands for all of them.
  if (rule.figure.kind === 'latency') return p95 > rule.value
  return failing > boundOf(rule) + 1e-9
}
