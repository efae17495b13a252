import type { Judged, JudgedStage } from './judge-recording.ts'

/** A stage in which nothing of the new version, or nothing of stable, was counted compares nothing. */
const isCompared = ({ state }: JudgedStage): boolean => {
  const [first] = state.streams
  return first !== undefined && first.stage.newRequests > 0 && first.stage.stableRequests > 0
}

/**
 * The stage that the answer for a whole recording is about: the one that goes back, else the first that is not decided,
 * else the last. Stages that compare nothing decide nothing, unless there are no others: no data is never a pass.
 */
export function decisive({ stages }: Pick<Judged, 'stages'>): JudgedStage | null {
  const compared = stages.filter(isCompared)
  const counting = compared.length > 0 ? compared : stages
  return (
    stages.find(({ state }) => state.verdict?.answer === 'rollback') ??
    counting.find(({ state }) => state.verdict === null || state.verdict.answer === 'inconclusive') ??
    counting.at(-1) ??
    null
  )
}
