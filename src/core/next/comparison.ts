import { verdictText } from '../../judge/compared/answer.ts'
import { type Compared, comparedGate } from '../comparing.ts'
import { isAlarm } from '../../judge/compared/judge.ts'
import type { Stage } from '../plan.ts'
import { minute, type Millis } from '../time.ts'
import type { UnitCase } from './world.ts'

/** A poll may be so late: until then nobody says that the soak ended without a verdict. */
const oneMorePoll: Millis = minute

/** What the judge says of a stage whose soak began then. */
export interface Comparison {
  /** `early`: as good as stable before the soak is over. `waits`: not asked since it was over. */
  readonly answer: 'clear' | 'early' | 'open' | 'waits'
  readonly because: string
}

/** `null`: nothing is compared in this stage. */
export function comparisonOf(
  { world: { compared }, now }: Pick<UnitCase, 'world' | 'now'>,
  stage: Stage,
  { began, soaked }: { readonly began: Millis; readonly soaked: Millis },
): Comparison | null {
  if (!comparedGate(stage)) return null
  const until = (end: Millis): Comparison['answer'] => (now < end + oneMorePoll ? 'waits' : 'open')
  if (compared?.stage?.id !== stage.id || compared.stage.since !== began)
    return { answer: until(soaked), because: 'not compared with stable yet' }
  const because = verdictText(compared.judge)
  switch (compared.judge.verdict?.answer) {
    case 'pass':
      return { answer: 'clear', because }
    case 'advance':
      return { answer: 'early', because }
    case 'inconclusive':
      return { answer: 'open', because }
    default: {
      // No longer than the stage may last: a source may fail at every other poll for ever.
      const latest = soaked + stage.deadline - oneMorePoll
      return { answer: until(Math.max(soaked, Math.min(soakOf(compared), latest))), because }
    }
  }
}

/** When the judge's soak is over: it stands still for each poll that fails, that of the gates for what was journalled. */
const soakOf = ({ began, judge: { stage } }: Compared): Millis => began + stage.began + stage.soak + stage.blind

/**
 * Why the new version is to go back, at whichever stage; `null`: no reason. `shared`: it crosses a bound that stable
 * crosses, too, and is no worse than that.
 */
export function worseThanStable({
  state,
  world: { compared },
}: Pick<UnitCase, 'state' | 'world'>): { readonly because: string; readonly shared: boolean } | null {
  const verdict = compared?.judge.verdict
  if (!compared || !verdict || !isAlarm(verdict)) return null
  // A human has looked at it since; the next poll begins anew.
  if (state.resumed > compared.began + verdict.at) return null
  return { because: verdictText(compared.judge), shared: verdict.by === 'shared' }
}
