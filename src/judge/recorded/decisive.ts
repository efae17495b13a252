import type { Judged, JudgedStage } from './judge-recording.ts'
import { isDivided } from './recording.ts'

/** A stage in which nothing of the new version, or nothing of stable, was counted compares nothing. */
const isCompared = ({ state, weight }: JudgedStage): boolean => {
  const [first] = state.streams
  return isDivided({ weight }) && first !== undefined && first.stage.newRequests > 0 && first.stage.stableRequests > 0
}

/** A stage of a run begins at the weight of the one before, and is compared at its own. */
const isOnItsWay = ({ name, weight }: JudgedStage, later: readonly JudgedStage[]): boolean =>
  name !== null && later.some((other) => other.name === name && (other.weight ?? 0) > (weight ?? 0))

/**
 * The stage that the answer for a whole recording is about: the one that goes back, else the first that is not decided,
 * else the last. Stages that compare nothing decide nothing, unless there are no others: no data is never a pass.
 */
export function decisive({ stages }: Pick<Judged, 'stages'>): JudgedStage | null {
  const compared = stages.filter((stage, at) => isCompared(stage) && !isOnItsWay(stage, stages.slice(at + 1)))
  const counting = compared.length > 0 ? compared : stages
  return (
    stages.find(({ state }) => state.verdict?.answer === 'rollback') ??
    counting.find(({ state }) => state.verdict === null || state.verdict.answer === 'inconclusive') ??
    counting.at(-1) ??
    null
  )
}
