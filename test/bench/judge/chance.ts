/** Seeded chance, so that a table can be printed again. */
export interface Chance {
  /** From 0 to 1, never 1. */
  readonly uniform: () => number
  /** So many events where `mean` are expected. */
  readonly poisson: (mean: number) => number
}

/** Mulberry32: 32 bits of state, good enough for tables to two digits. */
export function chance(seed: number): Chance {
  let state = seed | 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const few = (mean: number): number => {
    const limit = Math.exp(-mean)
    let [count, product] = [0, uniform()]
    for (; product > limit; count += 1) product *= uniform()
    return count
  }
  const poisson = (mean: number): number => {
    // Only ever of good requests, whose number nothing depends on, or of a flood of bad ones.
    if (mean > 200) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
    let [count, rest] = [0, mean]
    for (; rest > 20; rest -= 20) count += few(20)
    return count + few(rest)
  }
  return { uniform, poisson }
}
