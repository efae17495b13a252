import { describe, expect, it } from 'vitest'
import type { Unit } from '../../../src/core/plan.ts'
import { minute, second } from '../../../src/core/time.ts'
import { type Chart, chartsOf } from '../../../src/report/run-page/charts.ts'
import { every, measuredPlan, paced, rules } from '../../support/measured.ts'
import { planOf } from '../../support/plans.ts'
import { sampled, type Sampled } from '../../support/sampled.ts'

const began = Date.UTC(2026, 0, 2, 12, 4, 0)
const pace = { new: { requests: 10, bad: 1, within: 250 }, stable: { requests: 30, bad: 0, within: 100 } }
const usual: Sampled = {
  unit: 'web@us-east-1',
  began,
  until: began + minute,
  increments: paced(pace, began + every, began + minute),
}

const unitOf = (plan = measuredPlan([rules.errors, rules.slow])): Unit => {
  const [unit] = plan.waves.flatMap(({ units }) => units)
  if (!unit) throw new Error('no unit')
  return unit
}
const drawn = (wish: Partial<Sampled> = {}, unit = unitOf()) => chartsOf(unit, sampled({ ...usual, ...wish }))
const chart = (id: Chart['id'], ...from: Parameters<typeof drawn>): Chart => {
  const found = drawn(...from)?.charts.find((one) => one.id === id)
  if (!found) throw new Error(`no chart ${id}`)
  return found
}
const valuesOf = ({ lines }: Chart, name: string) => lines.find((line) => line.name === name)?.values

describe('the charts of a unit', () => {
  it('have one time axis, in seconds', () => {
    expect(drawn()?.times).toEqual(Array.from({ length: 7 }, (_, index) => (began + index * every) / second))
  })

  it.each([
    ['errors', 'new', [null, 10, 10, 10, 10, 10, 10]],
    ['errors', 'stable', [null, 0, 0, 0, 0, 0, 0]],
    ['latency', 'stable p95', [null, 95, 95, 95, 95, 95, 95]],
    ['weight', 'weight', [25, 25, 25, 25, 25, 25, 25]],
    ['weight', 'share seen', [null, 25, 25, 25, 25, 25, 25]],
    ['pods', 'new', [3, 3, 3, 3, 3, 3, 3]],
  ] as const)('%s: %s', (id, name, values) => {
    expect(valuesOf(chart(id), name)).toEqual(values)
  })

  it('hold a value that was not counted again for a while, and then know nothing', () => {
    const increments = paced(pace, began + every, began + every)
    expect(valuesOf(chart('errors', { increments }), 'new')).toEqual([null, 10, 10, 10, 10, null, null])
  })

  it('have a gap where the source was down', () => {
    const down = (at: number): boolean => at === began + 3 * every
    expect(valuesOf(chart('errors', { down }), 'new')).toEqual([null, 10, 10, null, 10, 10, 10])
  })

  it('show limits that are near, and say of others that they are beyond', () => {
    expect(chart('errors').limits).toEqual([{ name: 'limit 1 %', value: 1 }])
    const { limits, top } = chart('latency')
    expect(limits).toEqual([{ name: 'limit p95 500 ms', value: 500 }])
    expect(top).toBeGreaterThan(500)
    const fast = paced({ new: { requests: 10, bad: 0, within: 100 } }, began + every, began + minute)
    const far = unitOf(measuredPlan([{ ...rules.slow, value: 60_000 }]))
    expect(chart('latency', { increments: fast }, far).top).toBeLessThan(60_000)
  })

  it('have at most 600 points, and lose no request', () => {
    const long = {
      until: began + 5000 * every,
      increments: paced({ new: { requests: 10, bad: 0 } }, began + every, began + 5000 * every),
    }
    const found = drawn(long)
    expect(found?.times.length).toBeLessThanOrEqual(600)
    expect(new Set(found?.charts[1]?.lines[0]?.values)).toEqual(new Set([0]))
  })

  it('say why there is nothing to be drawn', () => {
    const bare = unitOf(planOf())
    expect(chart('errors', { increments: [] }, bare).empty).toContain('judged by their health alone')
    expect(chart('errors', { increments: [] }).empty).toBe('No requests were counted.')
    expect(chart('pods', { increments: [] }).empty).toBeNull()
  })

  it('are none without samples', () => {
    expect(drawn({ until: began })).toBeNull()
  })
})
