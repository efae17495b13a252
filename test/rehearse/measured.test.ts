import { expect, it } from 'vitest'
import type { Series } from '../../src/core/metrics.ts'
import { minute, second } from '../../src/core/time.ts'
import type { Clock, Metrics } from '../../src/ports.ts'
import { measuredLoads } from '../../src/rehearse/measured.ts'
import { given } from '../engine/scenario.ts'

it('the load is told from as many samples as Prometheus gives', async () => {
  const { plan, before } = await given({
    bare: true,
    strategy: 'canary',
    options: { weights: [50], soak: '0s', bake: '0s' },
    rollback: { when: ['error-rate > 1%'] },
  }).runs()
  const [now, many] = [10 * minute, 200_000]
  const clock: Clock = { now: () => now, elapsed: () => now, sleep: () => Promise.resolve() }
  const metrics: Metrics = {
    name: 'a source',
    every: second,
    read: (pods) => {
      const series = pods.slice(0, 1).map(
        ({ name }): Series => ({
          pod: name,
          id: name,
          counted: 'requests',
          samples: Array.from({ length: many + 1 }, (_, at) => [now - many + at, at] as const),
        }),
      )
      return Promise.resolve({ series, missing: [], values: new Map(), at: now })
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const loads = await measuredLoads({
    plan,
    views: new Map([['web@one', before]]),
    sources: new Map([['web@one', metrics]]),
    clock,
    signal: new AbortController().signal,
  })
  expect(loads.get('web@one')).toMatchObject({ rate: 1000, failing: 0 })
})
