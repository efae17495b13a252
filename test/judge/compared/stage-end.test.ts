import { describe, expect, it } from 'vitest'
import { stageEndP } from '../../../src/judge/compared/stage-end.ts'

const p = (newBad: number, ratio: number, margin: number): number =>
  stageEndP({ newRequests: 100, newBad, stableRequests: 1000, stableBad: 10 }, { ratio, margin }, 1)

describe('the test at the end of a stage', () => {
  it('says nothing against a version that failed no more than tolerated, the margin counted', () => {
    // Stable fails 1.05 %, so that 3.3 % are tolerated.
    expect([2, 3, 4].map((bad) => p(bad, 1.25, 0.02) === 1)).toEqual([true, true, false])
    expect([2, 3, 4].map((bad) => p(bad, 0, 0.03) === 1)).toEqual([true, true, false])
  })

  it('says nothing where nothing was asked', () => {
    expect(stageEndP({ newRequests: 0, newBad: 0, stableRequests: 50, stableBad: 5 }, { ratio: 1, margin: 0 }, 1)).toBe(
      1,
    )
  })
})
