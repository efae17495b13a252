import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { minute, second } from '../../src/core/time.ts'
import { all } from '../../src/core/view.ts'
import { namespace, type Wish } from './manifests.ts'
import { paused, settled } from './moments.ts'
import { leftBehind } from './restored.ts'
import { given, type Stage, type Story } from './scenario.ts'

const canary: Wish = { strategy: 'canary', options: { weights: [25], soak: '5m', bake: '1m' } }
/** Where both versions have requests. */
const strategies: readonly Wish[] = [
  canary,
  { strategy: 'canary', router: 'replicas', options: { weights: [25], soak: '5m', bake: '1m' } },
  { strategy: 'blue-green', options: { weights: [25, 100], soak: '5m', bake: '1m' } },
]
const judge = {}
/** Everything of the namespace answers like this from now on. */
function fail(cluster: Stage['cluster'], fault: string): void {
  for (const { metadata } of all(cluster.see(namespace), 'Pod'))
    cluster.acts.annotate({ kind: 'Pod', namespace, name: metadata.name }, { 'sim/fault': fault })
}
const whyOf = ({ entries }: Story): string =>
  entries.flatMap((one) => (one.type === 'turned' ? [one.why] : []))[0] ?? ''
const passedBecause = ({ entries }: Story, stage: string): string =>
  entries.flatMap((one) => (one.type === 'judged' && one.stage === stage ? [one.because] : []))[0] ?? ''
const turnedAfter = ({ entries }: Story, step: RegExp): number =>
  (entries.find(({ type }) => type === 'turned')?.at ?? Number.NaN) -
  (entries.find((one) => one.type === 'settled' && step.test(one.step))?.at ?? Number.NaN)

describe('without a trigger, a version is compared with stable', () => {
  it.each(strategies)('and goes back within seconds when it fails everything: %o', async (wish) => {
    const story = await given({ ...wish, version: 'v2-err100', rollback: { judge } }).runs()
    expect([story.exit, whyOf(story)]).toEqual([
      exitCodes.takenBack,
      expect.stringMatching(/^canary fails 100 % of requests, stable 0 % .* chance of a false alarm below 1 in 100$/),
    ])
    expect(turnedAfter(story, /route-|sets-/)).toBeLessThan(20 * second)
    expect(leftBehind(story.before, story.after)).toEqual([])
  })

  it.each(strategies)('and goes back when it fails 2 % more: %o', async (wish) => {
    const story = await given({ ...wish, from: 'v1-err1', version: 'v2-err3', rollback: { judge } }).runs()
    expect([story.exit, whyOf(story)]).toEqual([
      exitCodes.takenBack,
      expect.stringMatching(/^canary fails (2.9|3) % of requests, stable (1|0.9\d) % /),
    ])
    expect(leftBehind(story.before, story.after)).toEqual([])
  })

  it.each(strategies)('and is released when it fails as stable does: %o', async (wish) => {
    const story = await given({ ...wish, from: 'v1-err1', version: 'v2-err1', rollback: { judge } }).runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(passedBecause(story, 'weight-25')).toMatch(
      /canary fails (1|0.9\d) % of requests, stable (1|0.9\d) % \(.*\); \d+(\.\d+)? % or more would have been found in 80 % of cases/,
    )
  })

  it.each(strategies)('and goes back when it is slower: %o', async (wish) => {
    const story = await given({ ...wish, from: 'v1-lat80', version: 'v2-lat240', rollback: { judge } }).runs()
    expect([story.exit, whyOf(story)]).toEqual([
      exitCodes.takenBack,
      expect.stringMatching(/^canary is slower than \d+ ms in \d+(\.\d+)? % of requests, stable /),
    ])
  })

  it('and is nobody’s fault when both begin to fail at once', async () => {
    const story = await given({ ...canary, from: 'v1-err20', version: 'v2-err20', rollback: { judge } }).runs()
    expect(story.exit).toBe(exitCodes.done)
  })

  it('and a human is asked where too few requests come', async () => {
    const few = { ...canary, rates: { users: 0.2, inside: 0 }, rollback: { judge } }
    const story = await given(few).runs()
    expect([story.exit, story.lines.at(-1)]).toEqual([
      exitCodes.paused,
      expect.stringMatching(/paused .*inconclusive: canary .*too little to decide .*: it needs about /),
    ])
  })

  it('not where it is not wished', async () => {
    const story = await given({ ...canary, version: 'v2-err3', rollback: { judge: false } }).runs()
    expect(story.exit).toBe(exitCodes.done)
  })
})

describe('a minute in which everybody fails and new pods can not be read', () => {
  it('is held against neither side alone', async () => {
    const story = await given({ ...canary, version: 'v2', rollback: { judge } })
      .when(settled('weight-25.route-25'), ({ cluster, metrics, sim }) => {
        metrics.hide(({ track }) => track === 'new')
        fail(cluster, 'err20')
        void sim.clock.sleep(minute, new AbortController().signal).then(() => {
          metrics.hide(null)
          fail(cluster, 'err0')
        })
      })
      .runs()
    expect([story.exit, whyOf(story)]).toEqual([exitCodes.done, ''])
    expect(passedBecause(story, 'weight-25')).toMatch(/canary fails \d(\.\d+)? % of requests, stable \d(\.\d+)? %/)
  })
})

describe('a soak that may end early', () => {
  const early: Wish = {
    ...canary,
    from: 'v1-err1',
    version: 'v2-err1',
    options: { weights: [25, 50], soak: '10m', bake: '1m' },
    policy: { early: true },
    rollback: { judge },
  }

  it('ends once the version is as good as stable, but for the last one that is compared', async () => {
    const story = await given(early).runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(passedBecause(story, 'weight-25')).toMatch(/no worse than a stage may be, wrong with a chance below 1 in 20/)
    const lasted = (stage: string): number =>
      (story.entries.find((one) => one.type === 'judged' && one.stage === stage)?.at ?? Number.NaN) -
      (story.entries.find(settled(`${stage}.route-${stage.slice('weight-'.length)}`))?.at ?? Number.NaN)
    expect(lasted('weight-25')).toBeLessThan(5 * minute)
    expect(lasted('weight-50')).toBeGreaterThanOrEqual(10 * minute)
  })
})

describe('a trigger that means stable', () => {
  it('takes back a rolling release, whose requests nobody weighs', async () => {
    const wish: Wish = { strategy: 'rolling', options: { batches: ['25%'], soak: '3m', bake: '1m' }, from: 'v1-err1' }
    const rollback = { when: ['error-rate > 1.5 * stable'], judge }
    const story = await given({ ...wish, version: 'v2-err5', rollback }).runs()
    expect([story.exit, whyOf(story)]).toEqual([exitCodes.takenBack, expect.stringMatching(/^canary fails 5 % of/)])
  })

  it('tolerates what it says', async () => {
    const rollback = { when: ['error-rate > 4 * stable'], judge }
    const story = await given({ ...canary, from: 'v1-err1', version: 'v2-err3', rollback }).runs()
    expect(story.exit).toBe(exitCodes.done)
  })

  it('as it was before, takes back what has taken all requests over', async () => {
    const version = { from: 'v1-err1', version: 'v2-err5', rates: { inside: 0 } }
    const wish: Wish = { strategy: 'blue-green', options: { bake: '5m' }, ...version }
    const rollback = { when: ['error-rate > 2 * baseline'], judge }
    const story = await given({ ...wish, rollback }).runs()
    expect([story.exit, whyOf(story)]).toEqual([
      exitCodes.takenBack,
      expect.stringMatching(/^error-rate > 2 \* baseline: canary (4\.\d|5) % bad, allowed (1.9|2)(\.\d+)? %/),
    ])
  })

  it('as it was before, is told from an environment in which everybody fails: the run pauses, and goes on when told to', async () => {
    const fails = (fault: string) =>
      function everybody({ cluster }: Stage): void {
        fail(cluster, fault)
      }
    const rollback = { when: ['error-rate > 3 * baseline'], judge }
    const story = await given({ ...canary, from: 'v1-err1', version: 'v2-err1', rollback })
      .when(settled('weight-25.route-25'), fails('err20'))
      .when(paused('environment'), fails('err1'))
      .afterwards('resume')
      .runs()
    expect(story.lines.find((line) => line.includes('paused'))).toMatch(
      /environment, not release: error-rate > 3 \* baseline: canary \d+(\.\d+)? % bad, allowed [23](\.\d+)? %/,
    )
    expect(story.exits).toEqual([exitCodes.paused, exitCodes.done])
  })
})
