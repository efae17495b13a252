import type { Millis } from '../core/time.ts'

/** How the pods that serve now fare, every day: what a rehearsal's requests are made from. */
export interface Load {
  /** Requests a second. */
  readonly rate: number
  /** Share of requests that fail, from 0 to 1. */
  readonly failing: number
  readonly p95: Millis
}

/** Where a load is from: what was measured, and what was assumed. */
export interface KnownLoad extends Load {
  readonly measured: { readonly [figure in keyof Load]: boolean }
}

/** What is assumed of a unit about which nothing was measured. */
const usualLoad: Load = { rate: 100, failing: 0, p95: 100 }

/** What was measured, else what was said, else the usual. */
export function loadFrom(measured: Partial<Load>, said: Partial<Load>): KnownLoad {
  const one = (figure: keyof Load): number => said[figure] ?? measured[figure] ?? usualLoad[figure]
  const is = (figure: keyof Load): boolean => said[figure] === undefined && measured[figure] !== undefined
  return {
    rate: one('rate'),
    failing: one('failing'),
    p95: one('p95'),
    measured: { rate: is('rate'), failing: is('failing'), p95: is('p95') },
  }
}
