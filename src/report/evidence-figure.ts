import { type Compared, comparedGate } from '../core/comparing.ts'
import { type Plan, type Stage, type Unit, unitsOf } from '../core/plan.ts'
import { evidence } from '../judge/compared/judge.ts'
import { enough } from '../judge/compared/terms.ts'

/** How far the evidence against the new version has come, or why there is none, for a line below the figures. */
export type EvidenceFigure =
  | {
      /** `1.3` */
      readonly seen: string
      /** So much takes the version back: `133`. */
      readonly enough: string
      /** It did. */
      readonly isEnough: boolean
      /** After each poll, from 0 to 1. */
      readonly trail: readonly number[]
    }
  | { readonly none: string }

export interface Comparable {
  readonly unit: Unit
  readonly stage: Stage
  readonly compared: Compared | undefined
}

/** `null`: of this stage nobody would ask. */
export function evidenceFigure({ unit, stage, compared }: Comparable): EvidenceFigure | null {
  const { weight = 0, soak } = stage
  if (!unit.evidence?.comparison || weight === 0) return null
  if (!compared) return comparedGate(stage) ? { none: 'not compared yet' } : null
  const { judge, trail } = compared
  // What is held against a bound needs no stable beside it.
  if (weight >= 100 && judge.streams.every(({ stream }) => stream.back.ratio > 0))
    return soak > 0 ? { none: 'not compared: stable gets no requests' } : null
  if (judge.streams.every(({ all }) => all.newRequests === 0)) return { none: 'no data yet' }
  const most = enough(judge.terms)
  return {
    seen: short(Math.min(evidence(judge), most)),
    enough: String(Math.round(most)),
    isEnough: judge.verdict?.answer === 'rollback',
    trail,
  }
}

const short = (evidence: number): string => (evidence < 9.95 ? evidence.toFixed(1) : String(Math.round(evidence)))

/** What the comparison of each unit goes without, and why, for a person to be told once. */
export const goesWithout = (
  plan: Plan,
  comparisons: ReadonlyMap<string, Compared> = new Map(),
): readonly { readonly unit: string; readonly text: string }[] =>
  unitsOf(plan).flatMap(({ id }) =>
    (comparisons.get(id)?.missing ?? []).map((one) => ({
      unit: id,
      text: `the comparison with stable goes without ${one}`,
    })),
  )
