import type { Millis } from '../../core/time.ts'
import type { Counts } from '../counters.ts'

/** A bound whose slower requests are compared. */
export interface SlowBound {
  readonly bound: Millis
  /** Its part of the evidence about latency. */
  readonly weight: number
  /** What a tolerated slowdown does to the share of slower requests: so many times as much. */
  readonly slope: number
  /** And so much more, of all requests: where a slowdown of several times is tolerated. */
  readonly margin: number
}

const fewest = 0.002
const most = 0.5
const [main, beside] = [0.5, 0.25]

/**
 * The bounds to compare at: that whose share of slower requests is nearest to that beyond the quantile, and its neighbours
 * (a uniform slowdown shows at the near one, a slow tail at the far one). Chosen from what stable did before the release,
 * for a choice that sees the data it is used on proves nothing. Empty: every request lies in one bucket, or none is there.
 */
export function slowBounds(
  buckets: Counts['buckets'],
  { quantile, slowdown }: { readonly quantile: number; readonly slowdown: number },
): readonly SlowBound[] {
  const tails = tailsOf(buckets)
  const near = chosenFrom(tails, quantile).map(({ bound, weight }) => ({
    bound,
    weight,
    slope: slopeAt(tails, bound, slowdown),
    margin: 0,
  }))
  return slowdown > small && near.some(({ slope }) => slope === steepest)
    ? farBounds(tails, { quantile, slowdown })
    : near
}

/** A slowdown of more than this is somebody's own wish, and is tolerated whatever it does to a bound. */
const small = 0.25

/**
 * Of a slowdown of several times: bounds that so few exceed now that after it as many would as lie beyond the quantile.
 * What would exceed them then is tolerated.
 */
function farBounds(
  tails: readonly Tail[],
  { quantile, slowdown }: { readonly quantile: number; readonly slowdown: number },
): readonly SlowBound[] {
  const slowed = tails.map(({ bound }) => ({ bound, tail: tailAt(tails, bound / (1 + slowdown)) }))
  return chosenFrom(slowed, quantile).map(({ bound, tail, weight }) => {
    const now = tails.find((one) => one.bound === bound)?.tail ?? 0
    return { bound, weight, slope: flattest, margin: Math.max(0, tail - flattest * now) }
  })
}

/** The bound whose tail is nearest to that beyond the quantile, and its neighbours. */
function chosenFrom(tails: readonly Tail[], quantile: number): readonly (Tail & { readonly weight: number })[] {
  const usable = ({ tail }: Tail): boolean => tail >= fewest && tail <= most
  const distance = ({ tail }: Tail): number => Math.abs(Math.log(tail / (1 - quantile)))
  const [nearest] = tails.filter(usable).toSorted((a, b) => distance(a) - distance(b))
  if (!nearest) return []
  const at = tails.indexOf(nearest)
  const neighbours = [tails[at - 1], tails[at + 1]].filter((one) => one !== undefined).filter(usable)
  const chosen = [{ ...nearest, weight: main }, ...neighbours.map((one) => ({ ...one, weight: beside }))]
  const all = chosen.reduce((sum, { weight }) => sum + weight, 0)
  return chosen.map((one) => ({ ...one, weight: one.weight / all }))
}

interface Tail {
  readonly bound: Millis
  readonly tail: number
}

function tailsOf(buckets: Counts['buckets']): readonly Tail[] {
  const all = buckets.get(Number.POSITIVE_INFINITY) ?? 0
  if (all <= 0) return []
  return [...buckets]
    .filter(([le]) => Number.isFinite(le))
    .sort(([a], [b]) => a - b)
    .map(([bound, within]) => ({ bound, tail: 1 - within / all }))
}

const [flattest, steepest] = [1.05, 3]

function slopeAt(tails: readonly Tail[], bound: Millis, slowdown: number): number {
  const steepness = steepnessAt(tails, bound)
  return steepness === null ? flattest : Math.min(steepest, Math.max(flattest, (1 + slowdown) ** steepness))
}

/** The share of requests that took longer than that, by the line between the bounds around it, both axes logarithmic. */
function tailAt(tails: readonly Tail[], time: Millis): number {
  const above = tails.findIndex(({ bound }) => bound >= time)
  const [low, high] = [tails[above - 1], tails[above]]
  if (!high) return 0
  if (high.bound === time) return high.tail
  if (!low) return 1
  if (high.tail <= 0) return low.tail
  const part = Math.log(time / low.bound) / Math.log(high.bound / low.bound)
  return low.tail * (high.tail / low.tail) ** part
}

/** Of the line through a bound and the one before it (beyond the first: the one after it), both axes logarithmic. */
function steepnessAt(tails: readonly Tail[], bound: Millis): number | null {
  const at = tails.findIndex((one) => one.bound === bound)
  const [here, other] = [tails[at], tails[at - 1] ?? tails[at + 1]]
  if (!here || !other || here.tail <= 0 || other.tail <= 0) return null
  return -Math.log(here.tail / other.tail) / Math.log(here.bound / other.bound)
}

/** The share of requests beyond a bound, were all of them so many times as slow; `null`: the buckets don't say it. */
export function slowedTail(buckets: Counts['buckets'], bound: Millis, factor: number): number | null {
  const tails = tailsOf(buckets)
  const here = tails.find((one) => one.bound === bound)
  const steepness = steepnessAt(tails, bound)
  return here && steepness !== null ? Math.min(1, here.tail * factor ** steepness) : null
}
