import { type ExitCode, exitCodes } from '../../core/errors.ts'
import type { Millis } from '../../core/time.ts'
import type { JudgeState } from '../../judge/compared/judge.ts'
import type { Decided } from '../../judge/policies/windows.ts'
import { decisive } from '../../judge/recorded/decisive.ts'
import type { Judged } from '../../judge/recorded/judge-recording.ts'
import type { SampleSource } from './source.ts'

/** All that is to be said of a recording. */
export interface Judgement {
  readonly source: SampleSource
  readonly unit: string | null
  readonly soak: Millis | null
  readonly judged: Judged
  readonly others: readonly Other[]
}

/** What another tool would have done. */
export interface Other extends Decided {
  readonly tool: 'flagger' | 'argo' | 'kayenta'
}

/** As the judge stood at the end of the stage that decides. */
export const decidedBy = ({ judged }: Pick<Judgement, 'judged'>): JudgeState => decisive(judged)?.state ?? judged.state

/** The same codes as a release that ends so: inconclusive pauses, and waits for a human. */
export function exitOf(judgement: Pick<Judgement, 'judged'>): ExitCode {
  const answer = decidedBy(judgement).verdict?.answer ?? 'inconclusive'
  if (answer === 'rollback') return exitCodes.takenBack
  return answer === 'inconclusive' ? exitCodes.paused : exitCodes.done
}
