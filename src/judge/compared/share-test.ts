import type { Millis } from '../../core/time.ts'
import { type Betting, type EProcess, startWealth, updated, worseThan } from './e-process.ts'
import { type Terms, usualBets } from './terms.ts'

/** Evidence that requests go elsewhere than they were sent. Begun anew whenever the weight changes. */
export interface ShareEvidence {
  /** From 0 to 1. */
  readonly weight: number
  /** Since when it is that. */
  readonly began: Millis
  /** Counted, not judged yet. */
  readonly open: Told
  /** When the last batch was closed. */
  readonly closed: Millis
  readonly tooMany: EProcess
  readonly tooFew: EProcess
}

/** Requests of both sides; `null`: nothing was told of that side, which is not the same as none. */
export interface Told {
  readonly fresh: number | null
  readonly stable: number | null
}

/** How sure one has to be, however often one looks. */
const alpha = 1e-3
const nothing: Told = { fresh: null, stable: null }

export const startShare = (weight: number, began: Millis): ShareEvidence => ({
  weight,
  began,
  open: nothing,
  closed: began,
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

/** What is told right after a change was counted before it: so long nothing is held against the weight. */
export const isSettling = ({ began, closed }: ShareEvidence, { batch }: Pick<Terms, 'batch'>): boolean =>
  closed < began + 2 * batch

/**
 * Adds the requests of a poll, and judges the batch once it is as long as a scrape and both sides are in it: pods are
 * scraped at moments of their own, so a poll may hold those of one side alone. `part`: that part of the stable pods is
 * read. The counts stay as they are, and what they are held to is moved: made up counts would know too much.
 */
export function shareLearnt(
  before: ShareEvidence,
  told: Told,
  { at, batch, part = 1 }: { readonly at: Millis; readonly batch: Millis; readonly part?: number | undefined },
): ShareEvidence {
  if (isSettling(before, { batch })) return { ...before, closed: at }
  const open = { fresh: added(before.open.fresh, told.fresh), stable: added(before.open.stable, told.stable) }
  const took = at - before.closed
  const { fresh, stable } = open
  if (took < batch || fresh === null || stable === null || fresh + stable < 1) return { ...before, open }
  const { tooMany, tooFew, weight } = before
  const of = (evidence: EProcess, own: number, most: number): EProcess =>
    // At half of all or more nothing is too many; where all is sent, nothing is too few.
    most >= 1 || most <= 0
      ? evidence
      : updated(
          evidence,
          {
            batch: { newRequests: fresh + stable, newBad: own, stableRequests: 0, stableBad: 0 },
            took,
            stable: most,
            changed: false,
          },
          heldTo(most),
        )
  return {
    ...before,
    open: nothing,
    closed: at,
    tooMany: of(tooMany, fresh, among(2 * weight, (1 - 2 * weight) * part)),
    tooFew: of(tooFew, stable, among((1 - weight / 2) * part, weight / 2)),
  }
}

const among = (own: number, others: number): number => own / (own + others)

const added = (sum: number | null, more: number | null): number | null =>
  sum === null || more === null ? (sum ?? more) : sum + more

/** More than twice the weight, or less than half of it, beyond doubt; `null`: nothing speaks against it. */
export function misrouted({ tooMany, tooFew }: ShareEvidence): 'too-many' | 'too-few' | null {
  if (tooMany.most >= 1 / alpha) return 'too-many'
  return tooFew.most >= 1 / alpha ? 'too-few' : null
}
