import { describe, expect, it } from 'vitest'
import { faults } from '../../src/rehearse/faults.ts'
import { isSafe, type Outcome, type Rehearsal } from '../../src/rehearse/rehearsal.ts'
import { type Rehearsed, rehearsed } from './stage.ts'

const worlds: readonly Rehearsed[] = [
  { strategy: 'canary' },
  { strategy: 'canary', router: 'replicas' },
  { strategy: 'blue-green' },
  { strategy: 'blue-green', router: 'selector' },
  { strategy: 'rolling' },
  { strategy: 'rolling', stateful: true },
]
const measured: Rehearsed = {
  strategy: 'canary',
  options: { weights: [25], soak: '2m', bake: '1m' },
  rollback: { when: ['error-rate > 5% for 1m', 'latency.p95 > 250ms for 1m'] },
}

const words = ({ outcomes }: Rehearsal): readonly string[] => [...new Set(outcomes.map(({ ending }) => ending.word))]
const told = ({ fault, stage, ending }: Outcome): string => `${fault} at ${stage.id}: ${ending.word}`

describe('a plan with nothing wrong', () => {
  it.each(worlds)('is released on the copy, and no request is lost: %o', async (wish) => {
    const { good } = await rehearsed(wish, { faults: [] })
    expect([good.ending.word, good.ending.answer, good.failed]).toEqual(['released', 'safe', 0])
  })

  it('tells which stage began when, and how many requests the new pods got', async () => {
    const { good } = await rehearsed(measured, { faults: [] })
    const [unit] = good.units
    expect(unit?.stages.map(({ id }) => id)).toEqual([
      'prepare',
      'weight-25',
      'weight-100',
      'bake',
      'names',
      'drain',
      'close',
    ])
    expect(unit?.stages.every(({ from, to }, index, all) => from <= to && from === (all[index - 1]?.to ?? from))).toBe(
      true,
    )
    expect([...new Set(unit?.samples.map(({ toNew }) => toNew))]).toEqual([0, 0.25, 1])
    expect([good.peakPods, good.lowestReady, good.wanted]).toEqual([8, 4, 4])
  })

  it('of several clusters is told for each of them', async () => {
    const { good } = await rehearsed({ clusters: ['east', 'west'] }, { faults: [] })
    expect([good.ending.word, good.units.map(({ unit }) => unit)]).toEqual(['released', ['web@east', 'web@west']])
  })
})

describe('faults against stages', () => {
  it.each(worlds)('of pods are all taken back before or after the old ones went: %o', async (wish) => {
    const all = await rehearsed(wish, { faults: ['never-ready'] })
    expect(all.outcomes.length).toBeGreaterThan(1)
    expect(words(all)).toEqual(['taken back'])
  })

  it.each(worlds)('that hit the tool or its API alone change no outcome, wherever they begin: %o', async (wish) => {
    const all = await rehearsed(wish, { faults: ['api-errors', 'api-away', 'killed'] })
    expect(all.outcomes.filter(({ ending }) => ending.word !== 'released').map(told)).toEqual([])
    expect(all.outcomes.every(({ failed }) => failed === 0)).toBe(true)
  })

  it('of a version that fails every request are found at each weight within seconds, and no old pod is touched', async () => {
    const { outcomes } = await rehearsed(measured, { faults: ['errors-100'] })
    expect(outcomes.map(told)).toEqual([
      'errors-100 at weight-25: taken back',
      'errors-100 at weight-100: taken back',
      'errors-100 at bake: taken back',
    ])
    for (const { safeAfter, failed, stableRestarts, lowestReady } of outcomes) {
      expect([stableRestarts, lowestReady]).toEqual([0, 4])
      expect(safeAfter).toBeLessThan(15_000)
      expect(failed).toBeGreaterThan(10)
    }
  })

  it('that a plan allows are released within its limits, and said to be', async () => {
    const { outcomes } = await rehearsed(measured, { faults: ['errors-1', 'latency-2'], stages: ['weight-25'] })
    expect(outcomes.map(({ ending }) => [ending.word, ending.answer, ending.because])).toEqual([
      ['within limits', 'safe', 'the plan allows it: error-rate > 5% for 1m'],
      ['within limits', 'safe', 'the plan allows it: latency.p95 > 250ms for 1m'],
    ])
  })

  it('of latency are found where twice the usual is too much', async () => {
    const slow = await rehearsed({ ...measured, load: { p95: 200 } }, { faults: ['latency-2'], stages: ['weight-25'] })
    expect(words(slow)).toEqual(['taken back'])
  })

  it('leave the weight where it is while nothing can be measured', async () => {
    const { outcomes } = await rehearsed(measured, { faults: ['provider-down'] })
    expect(outcomes.map(({ ending }) => [ending.word, ending.exit])).toEqual([
      ['paused', 5],
      ['paused', 5],
      ['paused', 5],
    ])
  })

  it('of another who writes to the workload are paused at once, at every stage until it is given back', async () => {
    const { outcomes } = await rehearsed(measured, { faults: ['drift'] })
    expect([...new Set(outcomes.map(({ ending }) => ending.word))]).toEqual(['paused'])
    expect(outcomes.every(({ safeAfter }) => (safeAfter ?? Number.NaN) < 1_000)).toBe(true)
  })

  it('of a quota begin where pods are made, and nowhere else', async () => {
    const { outcomes } = await rehearsed({ strategy: 'canary' }, { faults: ['quota'] })
    expect(outcomes.map(told)).toEqual([
      'quota at prepare: taken back',
      'quota at weight-50: taken back',
      'quota at weight-100: taken back',
    ])
  })

  it('that leave no room for the way back are not safe', async () => {
    const all = await rehearsed(
      { strategy: 'canary', router: 'replicas' },
      { faults: ['quota'], stages: ['weight-50'] },
    )
    expect([all.outcomes.map(({ ending }) => [ending.word, ending.exit]), isSafe(all)]).toEqual([
      [['human needed', 4]],
      false,
    ])
  })
})

describe('a plan that measures nothing', () => {
  it.each(worlds)('says that errors and slowness would not be found: %o', async (wish) => {
    const all = await rehearsed(wish, { faults: ['errors-100', 'errors-1', 'latency-2'] })
    expect(all.outcomes.length).toBeGreaterThan(0)
    expect(
      all.outcomes.filter(
        ({ ending }) => ending.word !== 'not found' || ending.because !== 'nothing measures requests',
      ),
    ).toEqual([])
    expect(isSafe(all)).toBe(false)
  })

  it('is not asked what it does when measuring fails', async () => {
    const { outcomes } = await rehearsed({ strategy: 'canary' }, { faults: ['provider-down'] })
    expect(outcomes).toEqual([])
  })
})

describe('a rehearsal', () => {
  it('of the same plan, world and seed is the same', async () => {
    const part = { faults: faults.map(({ name }) => name), stages: ['weight-25'] }
    const [first, again] = [await rehearsed(measured, part), await rehearsed(measured, part)]
    expect(again).toEqual(first)
  })

  it('with another seed has other delays, and the same outcomes', { timeout: 180_000 }, async () => {
    const [first, other] = [await rehearsed(measured, { seed: 1 }), await rehearsed(measured, { seed: 2 })]
    expect(other.good.took).not.toBe(first.good.took)
    expect(other.outcomes.map(told)).toEqual(first.outcomes.map(told))
  })

  it('says first what it takes for granted', async () => {
    const { assumed } = await rehearsed({ ...measured, load: { rate: 250 } }, { faults: [] })
    expect(assumed[0]).toBe(
      '250 requests a second (assumed), all by route web, evenly over time; 0 % of them fail today (assumed), and 95 % are answered within 100 ms (assumed)',
    )
  })

  it('asks a human for what the plan waits for', async () => {
    const { good, assumed } = await rehearsed({ options: { weights: [25, 'pause', 50] } }, { faults: [] })
    expect(good.ending.word).toBe('released')
    expect(assumed).toContain('whoever is waited for says promote at once')
  })
})
