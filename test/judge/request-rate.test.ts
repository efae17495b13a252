import { describe, expect, it } from 'vitest'
import type { Counted, Series } from '../../src/core/metrics.ts'
import { second } from '../../src/core/time.ts'
import { requestRate } from '../../src/judge/request-rate.ts'

const series = (
  pod: string,
  samples: readonly (readonly [number, number])[],
  counted: Counted = 'requests',
): Series => ({
  pod,
  id: `${pod}/${JSON.stringify(counted)}`,
  counted,
  samples: samples.map(([at, value]) => [at * second, value]),
})

describe('the rate of requests', () => {
  it.each<[string, readonly Series[], number, number]>([
    [
      'is summed over pods that are read at moments of their own',
      [
        series('a', [
          [0, 0],
          [10, 100],
        ]),
        series('b', [
          [5, 50],
          [25, 450],
        ]),
      ],
      30,
      500,
    ],
    ['joins readings of a source that keeps no samples', [series('a', [[0, 100]]), series('a', [[2, 110]])], 5, 10],
    [
      'counts a process that started again from zero',
      [
        series('a', [
          [0, 1000],
          [10, 20],
        ]),
      ],
      2,
      20,
    ],
    [
      'counts requests that failed, and no errors or buckets besides',
      [
        series(
          'a',
          [
            [0, 0],
            [10, 10],
          ],
          'both',
        ),
        series(
          'a',
          [
            [0, 0],
            [10, 99],
          ],
          'errors',
        ),
        series(
          'a',
          [
            [0, 0],
            [10, 99],
          ],
          { le: 250 },
        ),
      ],
      1,
      10,
    ],
    [
      'is zero where nothing was asked',
      [
        series('a', [
          [0, 7],
          [10, 7],
        ]),
      ],
      0,
      0,
    ],
  ])('%s', (_, all, rps, requests) => {
    expect(requestRate(all)).toEqual({ rps, requests })
  })

  it('is not known by one sample of each series', () => {
    expect(requestRate([series('a', [[0, 7]]), series('b', [[0, 7]])])).toBeNull()
  })
})
