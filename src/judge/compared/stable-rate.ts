import { type Millis, minute } from '../../core/time.ts'

/** What stable's rate of failures is guessed to be, from what it counted before; old counts fade. */
export interface StableRate {
  readonly requests: number
  readonly bad: number
}

const halfLife: Millis = 10 * minute
/** Half a failure among so many requests stands for what is not known yet. */
const prior = { bad: 0.5, requests: 0.5 / 0.002 }

/** A wrong guess costs time, never validity. */
export const guessed = ({ requests, bad }: StableRate): number =>
  Math.min(0.9, Math.max(1e-6, (bad + prior.bad) / (requests + prior.requests)))

/** After the batch was judged: the guess must not know what it is used on. */
export function learnt(rate: StableRate, counted: StableRate, elapsed: Millis): StableRate {
  const kept = 2 ** (-elapsed / halfLife)
  return { requests: rate.requests * kept + counted.requests, bad: rate.bad * kept + counted.bad }
}
