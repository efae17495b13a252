import { describe, expect, it } from 'vitest'
import {
  type Betting,
  noWorseThan,
  startWealth,
  updated,
  wealth,
  worseThan,
} from '../../../src/judge/compared/e-process.ts'
import { type Batch, boundary, logEValue } from '../../../src/judge/compared/e-value.ts'
import { guessed, learnt } from '../../../src/judge/compared/stable-rate.ts'
import { stageEndP } from '../../../src/judge/compared/stage-end.ts'
import { minute, second } from '../../../src/core/time.ts'
import vectors from './vectors.json' with { type: 'json' }

/** Reference values of another implementation; relative tolerance 1e-6. */
const near = (value: number, reference: number): void => {
  expect(Math.abs(value - reference)).toBeLessThanOrEqual(1e-6 * Math.abs(reference))
}

const batchOf = ({ nc, bc = 0, ns, bs = 0 }: { nc: number; bc?: number; ns: number; bs?: number }): Batch => ({
  newRequests: nc,
  newBad: bc,
  stableRequests: ns,
  stableBad: bs,
})

describe('reference values', () => {
  it.each(vectors.project)('the nearest point of the null boundary: %o', ({ qc, qs, r, a, x, ...counts }) => {
    near(boundary(batchOf(counts), { fresh: qc, stable: qs }, { ratio: r, margin: a }), x)
  })

  it.each(vectors.logE)('the e-value of one batch: %o', ({ qc, qs, r, a, lnS, ...counts }) => {
    near(logEValue(batchOf(counts), { fresh: qc, stable: qs }, { ratio: r, margin: a }), lnS)
  })

  it.each(vectors.finalP)('the test at the end of a stage: %o', ({ r, a, phi, p, ...counts }) => {
    near(stageEndP(batchOf(counts), { ratio: r, margin: a }, phi), p)
  })

  it.each(vectors.eprocess)('wealth, batch by batch: $name', ({ alpha, phi, secondsPerBatch, history, batches }) => {
    const back: Betting = {
      alternatives: worseThan,
      tolerance: { ratio: 1.25, margin: 0.0001 },
      first: 0.5,
      restart: 10 * minute,
      cap: 1 / alpha,
      overdispersion: phi,
    }
    const on: Betting = {
      alternatives: noWorseThan,
      tolerance: { ratio: 1.5, margin: 0.005 },
      first: 1,
      restart: 10 * minute,
      cap: Number.POSITIVE_INFINITY,
      overdispersion: phi,
    }
    let [rate, up, down] = [history, startWealth(back), startWealth(on)]
    for (const { qs, rollbackWealth, advanceWealth, ...counts } of batches) {
      const stable = guessed(rate)
      const took = secondsPerBatch * second
      const closed = { batch: batchOf(counts), took, stable, changed: 'stageChangeBefore' in counts }
      up = updated(up, closed, back)
      down = updated(down, closed, on)
      near(stable, qs)
      near(wealth(up), rollbackWealth)
      near(wealth(down), advanceWealth)
      rate = learnt(rate, { requests: counts.ns, bad: counts.bs }, took)
    }
  })
})
