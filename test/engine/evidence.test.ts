import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { Entry } from '../../src/core/journal.ts'
import { quick } from '../../src/core/metrics.ts'
import { minute, second } from '../../src/core/time.ts'
import { all } from '../../src/core/view.ts'
import { namespace, type Wish } from './manifests.ts'
import { paused, settled, turned } from './moments.ts'
import { leftBehind } from './restored.ts'
import { given, readyPods, type Scenario, type Story } from './scenario.ts'

const canary: Wish = { strategy: 'canary', options: { weights: [25], soak: '2m', bake: '1m' } }
const strategies: readonly Wish[] = [
  canary,
  { strategy: 'canary', router: 'replicas', options: { weights: [25], soak: '2m', bake: '1m' } },
  { strategy: 'blue-green', options: { bake: '5m' } },
  { strategy: 'blue-green', router: 'selector', options: { bake: '5m' } },
  { strategy: 'rolling', options: { batches: ['25%'], soak: '2m', bake: '1m' } },
]
const onErrors = { when: ['error-rate > 1% for 5m'] }

const atOf = ({ entries }: Story, fits: (entry: Entry) => boolean): number => entries.find(fits)?.at ?? Number.NaN
const whyOf = ({ entries }: Story): string =>
  entries.flatMap((one) => (one.type === 'turned' ? [one.why] : []))[0] ?? ''

/** Everything of the namespace answers like this from now on. */
const everybody =
  (fault: string): Parameters<Scenario['when']>[1] =>
  ({ cluster }) => {
    for (const { metadata } of all(cluster.see(namespace), 'Pod'))
      cluster.acts.annotate({ kind: 'Pod', namespace, name: metadata.name }, { 'sim/fault': fault })
  }

describe('a version that fails requests', () => {
  it.each(strategies)('all of them, goes back within three polls although its trigger says 5 min: %o', async (wish) => {
    const story = await given({ ...wish, version: 'v2-err100', rollback: onErrors }).runs()
    expect([story.exit, whyOf(story)]).toEqual([
      exitCodes.takenBack,
      expect.stringMatching(/^new pods: errors 100 % of \d+ /),
    ])
    expect(leftBehind(story.before, story.after)).toEqual([])
    const reached = atOf(
      story,
      ({ type, ...entry }) =>
        type === 'settled' && /route-|batch-25|service-web|sets-/.test('step' in entry ? entry.step : ''),
    )
    expect(atOf(story, turned) - reached).toBeLessThan(3 * quick)
  })

  it('goes back as soon where the clock of the driver’s machine is set back meanwhile', async () => {
    const story = await given({ ...canary, version: 'v2-err100', rollback: onErrors })
      .when(settled('weight-25.route-25'), ({ jump }) => jump(-60 * minute))
      .runs()
    expect([story.exit, whyOf(story)]).toEqual([
      exitCodes.takenBack,
      expect.stringMatching(/^new pods: errors 100 % of \d+ /),
    ])
    expect(atOf(story, turned) - atOf(story, settled('weight-25.route-25'))).toBeLessThan(3 * quick)
  })

  it('goes back from its first weight although the soak seems to be over, since the clock was set ahead', async () => {
    const story = await given({ ...canary, version: 'v2-err5', rollback: onErrors })
      .when(settled('weight-25.route-25'), ({ jump }) => jump(60 * minute))
      .runs()
    expect([story.exit, whyOf(story)]).toEqual([exitCodes.takenBack, expect.stringMatching(/errors (4.\d|5) % of/)])
    expect([story.gaps, story.lines.filter((line) => line.includes('weight-100'))]).toEqual([1, []])
  })

  it.each(strategies)('5 % of them, goes back: %o', async (wish) => {
    const story = await given({ ...wish, version: 'v2-err5', rollback: onErrors }).runs()
    expect([story.exit, whyOf(story)]).toEqual([exitCodes.takenBack, expect.stringMatching(/errors (4.\d|5) % of/)])
    expect(leftBehind(story.before, story.after)).toEqual([])
  })

  it.each(strategies)('1 % of them, as the old one does, is released: %o', async (wish) => {
    const rollback = { when: ['error-rate > 2% for 1m'], promised: 0.98 }
    const story = await given({ ...wish, from: 'v1-err1', version: 'v2-err1', rollback }).runs()
    expect(story.exit).toBe(exitCodes.done)
  })

  it('is told from an environment in which the old one fails, too: the run pauses with the weight held', async () => {
    const story = await given({ ...canary, rollback: onErrors })
      .when(settled('weight-25.route-25'), everybody('err50'))
      .runs()
    expect(story.exit).toBe(exitCodes.paused)
    expect(story.lines.at(-1)).toMatch(/paused .*environment, not release: new pods: errors .*; stable errors/)
  })
})

describe('a version that is slow', () => {
  it.each(strategies)('goes back: %o', async (wish) => {
    const rollback = { when: ['latency.p95 > 250ms for 1m'] }
    const story = await given({ ...wish, from: 'v1-lat100', version: 'v2-lat300', rollback }).runs()
    expect([story.exit, whyOf(story)]).toEqual([exitCodes.takenBack, expect.stringMatching(/^new pods: p95 \d+ ms of/)])
  })
})

describe('figures that can not be had', () => {
  const away =
    (span: number | null): Parameters<Scenario['when']>[1] =>
    ({ metrics, sim }) => {
      metrics.fail('connection refused')
      if (span !== null) void sim.clock.sleep(span, new AbortController().signal).then(() => metrics.fail(null))
    }
  const measured: Wish = { ...canary, rollback: { ...onErrors, promised: 0.99 } }
  const passedAt = (story: Story): number =>
    atOf(story, (entry) => entry.type === 'judged' && entry.stage === 'weight-25') -
    atOf(story, settled('weight-25.route-25'))

  it('hold the weight, and after five minutes the run pauses', async () => {
    const story = await given(measured).when(settled('weight-25.route-25'), away(null)).runs()
    expect([story.exit, story.lines.at(-1)]).toEqual([
      exitCodes.paused,
      expect.stringMatching(/paused .*no figures: connection refused, for 5 min/),
    ])
    expect(story.lines.filter((line) => line.includes('settled') && line.includes('weight-100'))).toEqual([])
  })

  it('take the release back without a verdict, if that is wished', async () => {
    const undo: Wish = { ...measured, policy: { onProviderDown: 'undo' } }
    const story = await given(undo).when(settled('weight-25.route-25'), away(null)).runs()
    expect(story.exit).toBe(exitCodes.takenBackWithoutVerdict)
    expect(leftBehind(story.before, story.after)).toEqual([])
  })

  it('for two minutes only make the soak as much longer', async () => {
    const [whole, broken] = await Promise.all([
      given(measured).runs(),
      given(measured)
        .when(settled('weight-25.route-25'), away(2 * minute))
        .runs(),
    ])
    expect([whole.exit, broken.exit]).toEqual([exitCodes.done, exitCodes.done])
    expect(broken.lines.filter((line) => line.includes(' provider ')).map((line) => line.includes('true'))).toEqual([
      false,
      true,
    ])
    expect(passedAt(broken) - passedAt(whole)).toBeGreaterThan(90 * second)
  })

  it('let no first weight be raised', async () => {
    const story = await given(measured)
      .at(({ metrics }) => metrics.fail('no such host'))
      .runs()
    expect(story.exit).toBe(exitCodes.paused)
    expect(story.lines.filter((line) => line.includes('route-25'))).toEqual([])
  })
})

describe('no requests', () => {
  const promised: Wish = { ...canary, rollback: { promised: 0.99 } }

  it('for the new pods while the old ones have some, take the release back without a verdict', async () => {
    const story = await given({ ...promised, rates: { users: 0 } }).runs()
    expect([story.exit, whyOf(story)]).toEqual([
      exitCodes.takenBackWithoutVerdict,
      expect.stringMatching(/the new pods got no request in 2 min.*about \d+ were expected at 25 %/),
    ])
  })

  it('for anybody are no pass: held for two soaks, then paused', async () => {
    const story = await given({ ...promised, rates: { users: 0, inside: 0 } }).runs()
    expect([story.exit, story.lines.at(-1)]).toEqual([
      exitCodes.paused,
      expect.stringMatching(/paused .*inconclusive: no requests were counted, 0 of 300 requests/),
    ])
  })

  it('for anybody go on when a human says so, at once', async () => {
    const story = await given({ ...promised, rates: { users: 0, inside: 0 } })
      .when(paused('inconclusive'), ({ ask }) => ask({ verb: 'promote', by: 'anna' }))
      .runs()
    // The next stage asks anew.
    const pauses = story.lines.filter((line) => line.includes('inconclusive'))
    expect([story.exit, pauses.length]).toEqual([exitCodes.paused, 2])
    expect(story.lines.filter((line) => line.includes('judged') && line.includes('weight-25'))).toHaveLength(1)
  })

  it('for anybody take the release back, if that is wished', async () => {
    const wish: Wish = {
      ...promised,
      policy: { onInconclusive: 'undo' },
      rates: { users: 0, inside: 0 },
    }
    const story = await given(wish).runs()
    expect(story.exit).toBe(exitCodes.takenBackWithoutVerdict)
    expect(readyPods(story.after)).toEqual(readyPods(story.before))
  })
})

describe('a weight', () => {
  it('is proved by the share of requests that the new pods counted', async () => {
    const story = await given({ ...canary, rates: { inside: 0 }, rollback: onErrors }).runs()
    expect(story.lines.filter((line) => line.includes('judged') && line.includes('weight-25'))).toEqual([
      expect.stringMatching(/share seen 2[45](\.\d)? %/),
    ])
  })
})
