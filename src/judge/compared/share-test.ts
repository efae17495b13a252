import type { Millis } from '../../core/time.ts'
import { type Betting, type EProcess, startWealth, updated, worseThan } from './e-process.ts'
import { usualBets } from './terms.ts'

/** Evidence that requests go elsewhere than they were sent. Begun anew whenever the weight changes. */
export interface ShareEvidence {
  /** From 0 to 1. */
  readonly weight: number
  readonly tooMany: EProcess
  readonly tooFew: EProcess
}

/** How sure one has to be, however often one looks. */
const alpha = 1e-3

export const startShare = (weight: number): ShareEvidence => ({
  weight,
  tooMany: startWealth({ alternatives: worseThan }),
  tooFew: startWealth({ alternatives: worseThan }),
})

/** A bound on the share of one side: held against it alone, as an absolute gate is. */
const heldTo = (margin: number): Betting => ({
  alternatives: worseThan,
  tolerance: { ratio: 0, margin },
  first: usualBets.first,
  restart: usualBets.restart,
  cap: 1 / alpha,
  overdispersion: 1,
})

/** Adds the requests of a poll. At half of all or more nothing is too many; where all is sent, nothing is too few. */
export function shareLearnt(
  before: ShareEvidence,
  { fresh, stable }: { readonly fresh: number; readonly stable: number },
  took: Millis,
): ShareEvidence {
  const all = fresh + stable
  if (all < 1) return before
  const { weight, tooMany, tooFew } = before
  const of = (evidence: EProcess, own: number, most: number): EProcess =>
    most >= 1 || most <= 0
      ? evidence
      : updated(
          evidence,
          {
            batch: { newRequests: all, newBad: own, stableRequests: 0, stableBad: 0 },
            took,
            stable: most,
            changed: false,
          },
          heldTo(most),
        )
  return { weight, tooMany: of(tooMany, fresh, 2 * weight), tooFew: of(tooFew, stable, 1 - weight / 2) }
}

/** More than twice the weight, or less than half of it, beyond doubt; `null`: nothing speaks against it. */
export function misrouted({ tooMany, tooFew }: ShareEvidence): 'too-many' | 'too-few' | null {
  if (tooMany.most >= 1 / alpha) return 'too-many'
  return tooFew.most >= 1 / alpha ? 'too-few' : null
}
