import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolved, surgeOf, unavailableOf } from '../../src/core/percent.ts'

describe('percentages of replicas', () => {
  it.each([
    [25, 10, 3, 2],
    [25, 4, 1, 1],
    [5, 10, 1, 0],
    [1, 3, 1, 0],
    [50, 3, 2, 1],
    [100, 7, 7, 7],
    [0, 7, 0, 0],
    [33, 0, 0, 0],
  ])(
    '%i %% of %i are %i when it is a surge, %i when they may be unavailable',
    (percent, replicas, surge, unavailable) => {
      expect([surgeOf(percent, replicas), unavailableOf(percent, replicas)]).toEqual([surge, unavailable])
    },
  )

  it('never promise more capacity than they ask for: surge is at least what may be unavailable', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(5000), (percent, replicas) => {
        expect(surgeOf(percent, replicas)).toBeGreaterThanOrEqual(unavailableOf(percent, replicas))
        expect(surgeOf(percent, replicas) - unavailableOf(percent, replicas)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('grow with the replicas: an autoscaler keeps both sets in proportion', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(1000), (percent, replicas) => {
        expect(surgeOf(percent, replicas + 1)).toBeGreaterThanOrEqual(surgeOf(percent, replicas))
      }),
    )
  })
})

describe('maxSurge and maxUnavailable', () => {
  it('are pods or a percentage, and a quarter where nobody says', () => {
    expect(resolved(3, 10, 'up')).toBe(3)
    expect(resolved('30%', 11, 'up')).toBe(4)
    expect(resolved('30%', 11, 'down')).toBe(3)
    expect(resolved(undefined, 10, 'up')).toBe(3)
    expect(resolved(undefined, 10, 'down')).toBe(2)
  })
})
