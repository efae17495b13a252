import { DoctorResult } from './doctor.ts'
import { ErrorResult } from './error.ts'
import { Explained, Initialised } from './explain.ts'
import { JudgeDesign, JudgePast, JudgeResult } from './judge.ts'
import { PlanDocument } from './plan.ts'
import { RehearsalResult } from './rehearse.ts'
import { RunResult } from './run.ts'
import { AskResult, GcResult, LockList, ManualWay, RunList } from './runs.ts'

/** Every document that a program can get from `-o json`. */
export const documents = {
  run: RunResult,
  manual: ManualWay,
  list: RunList,
  gc: GcResult,
  lock: LockList,
  asked: AskResult,
  plan: PlanDocument,
  doctor: DoctorResult,
  explain: Explained,
  init: Initialised,
  rehearse: RehearsalResult,
  judge: JudgeResult,
  judgeDesign: JudgeDesign,
  judgePast: JudgePast,
  error: ErrorResult,
} as const
