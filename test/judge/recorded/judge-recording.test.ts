import { describe, expect, it } from 'vitest'
import type { Rule } from '../../../src/core/evidence.ts'
import { minute, second, type Millis } from '../../../src/core/time.ts'
import { answerOf } from '../../../src/judge/compared/answer.ts'
import { type Terms, usualTerms } from '../../../src/judge/compared/terms.ts'
import { type HeldTo, judgeRecording } from '../../../src/judge/recorded/judge-recording.ts'
import { openRecording } from '../../../src/judge/recorded/recording.ts'
import { surveyOf } from '../../../src/judge/recorded/survey.ts'
import { good, recorded, text } from './builders.ts'

async function* piece(all: string): AsyncGenerator<string> {
  yield all
}

const half = 30 * minute
const judgedOf = async (lines: readonly unknown[], soak: Millis | null = null, terms: Partial<Terms> = {}) =>
  judgeRecording(await openRecording('x', piece(text(lines))), { terms: { ...usualTerms, ...terms }, soak })
const answer = async (...of: Parameters<typeof judgedOf>) => answerOf((await judgedOf(...of)).state)

describe('the judge, shown a recording', () => {
  it('takes a broken version back in the second batch', async () => {
    const lines = recorded({ ...good, rps: 1000, fresh: 1 }, minute)
    expect(await answer(lines)).toMatchObject({ verdict: 'rollback', metric: 'errors', t: 10 })
  })

  it('says nothing of what comes after a rollback', async () => {
    const { trail } = await judgedOf(recorded({ ...good, rps: 1000, fresh: 1 }, minute))
    expect(trail.map(({ at, alarm }) => [at / second, alarm === 1])).toEqual([
      [5, false],
      [10, true],
    ])
    expect(trail[1]?.e).toBeGreaterThan(133)
  })

  it('passes a good one at the end of the recording, where that ends a stage', async () => {
    expect(await answer(recorded(good, half, { end: 'stage' }))).toMatchObject({ verdict: 'pass', t: 1800 })
    expect(await answer(recorded(good, half))).toMatchObject({ verdict: 'inconclusive', t: 1800 })
    expect(await answer(recorded(good, minute, { end: 'stage' }))).toMatchObject({ verdict: 'inconclusive' })
  })

  it('passes a good one at the end of a soak that is given, and not at the recording’s end then', async () => {
    expect(await answer(recorded(good, half, { end: 'stage' }), 20 * minute)).toMatchObject({
      verdict: 'pass',
      t: 1200,
    })
    expect(await answer(recorded(good, half, { end: 'stage' }), 40 * minute)).toMatchObject({ verdict: 'inconclusive' })
  })

  it('advances early where that is asked for', async () => {
    const lines = recorded({ ...good, rps: 1000 }, half, { end: 'stage' })
    expect(await answer(lines, null, { early: true })).toMatchObject({ verdict: 'advance' })
  })

  it('compares latency where the baseline has it', async () => {
    const slow = { fresh: [0.6, 0.3, 0.1], stable: [0.3, 0.06, 0.012] } as const
    const lines = recorded({ ...good, slow }, half)
    expect(await answer(lines)).toMatchObject({ verdict: 'rollback', metric: 'latency' })
  })

  it('goes on with the next stage of a run', async () => {
    const lines = recorded(good, half).map((line, at) => ({
      ...(line as object),
      ...(at > 0 && { weight: at > 240 ? 0.5 : 0.05 }),
    }))
    const { state, trail } = await judgedOf(lines, 15 * minute)
    // The first stage passed after 15 minutes; what came until the weight rose belongs to none.
    expect(trail.some(({ at }) => at > 15 * minute && at <= 20 * minute)).toBe(false)
    expect(state.stage).toMatchObject({ began: 20 * minute, blind: 0 })
    expect(state.verdict).toBeNull()
  })

  it('takes another name for another stage', async () => {
    const lines = recorded(good, half).map((line, at) => ({
      ...(line as object),
      ...(at > 0 && { stage: at > 240 ? 'b' : 'a' }),
    }))
    expect((await judgedOf(lines, 15 * minute)).state.stage.began).toBe(20 * minute)
  })

  it('goes on looking at a stage that is held', async () => {
    const lines = recorded({ ...good, rps: 20 }, half)
    expect(await answer(lines, 2 * minute)).toMatchObject({ verdict: 'pass' })
    expect((await judgedOf(lines, 2 * minute)).state.verdict?.at).toBeGreaterThan(5 * minute)
  })

  it('takes counters at the very beginning for where they begin', async () => {
    const lines = recorded(good, half, { end: 'stage' }) as { canary?: { requests: number; bad: number } }[]
    const [header, ...rest] = lines
    const start = { t: 0, canary: { requests: 5000, bad: 5000 }, stable: { requests: 0, bad: 0 } }
    const later = rest.map(({ canary, ...line }) => ({
      ...line,
      canary: { requests: (canary?.requests ?? 0) + 5000, bad: (canary?.bad ?? 0) + 5000 },
    }))
    const { state } = await judgedOf([{ ...header, baseline: undefined }, start, ...later])
    expect(state.streams[0]?.all).toMatchObject({ newRequests: 9000, newBad: 9 })
  })

  it('has no data while the source is away, and the soak waits', async () => {
    const lines = recorded(good, half).map((line, at) =>
      at > 60 && at <= 120 ? { ...(line as object), down: 'connection refused' } : line,
    )
    const { state } = await judgedOf(lines, 20 * minute)
    expect(state.verdict).toMatchObject({ answer: 'pass', at: 25 * minute })
  })

  it('waits for a batch as long as a scrape', async () => {
    const { state } = await judgedOf(recorded({ ...good, rps: 1000, fresh: 1 }, minute, { scrape: 15 }))
    expect(state.verdict?.at).toBe(30 * second)
  })

  it('waits for one as long as the run did, which said so with what stable did before', async () => {
    const [header, ...lines] = recorded({ ...good, rps: 1000, fresh: 1 }, minute) as readonly [
      { readonly baseline: object },
      ...object[],
    ]
    const before = { baseline: { ...header.baseline, scrape: 15 }, t: 0, unit: 'web' }
    const run = [{ v: 1, run: 'r1', plan: 'x', began: 0 }, before, ...lines.map((line) => ({ ...line, weight: 0.05 }))]
    const opened = () => openRecording('x', piece(text(run)))
    const { baseline } = await surveyOf(await opened())
    const { state } = await judgeRecording({ ...(await opened()), baseline }, { terms: usualTerms })
    expect([state.terms.batch, state.verdict?.at]).toEqual([15 * second, 30 * second])
  })

  it('says what can’t be compared', async () => {
    const notes = async (header: object) => (await judgedOf(recorded(good, minute, { ...header }))).notes
    expect(await notes({})).toEqual([])
    expect(await notes({ baseline: undefined })).toEqual(['overdispersion: no pods to tell it from, taken as 1'])
    const baseline = { seconds: 600, requests: 10, bad: 0, phi: 1, buckets: { '0.1': 10, '+Inf': 10 } }
    expect(await notes({ baseline })).toEqual(['latency: the requests of stable before the release lie in one bucket'])
    // As recordings of earlier versions have it.
    const buckets = { '0.1': 42_000, '0.25': 56_400, '+Inf': 60_000 }
    expect(await notes({ baseline: { seconds: 600, requests: 60_000, bad: 60, phi: 1, buckets } })).toEqual([
      'overdispersion of latency: too little to tell it from, taken as that of errors',
    ])
  })

  it('says at most twenty things that are no data', async () => {
    const disagreeing = { '0.1': 9, '+Inf': 3 }
    const lines = recorded(good, half).map((line) =>
      'v' in (line as object) ? line : { ...(line as object), canary: { requests: 9, bad: 0, buckets: disagreeing } },
    )
    const { notes } = await judgedOf(lines)
    expect(notes).toHaveLength(20)
    expect(notes[0]).toBe('line 2, canary: no data on latency: the buckets disagree')
  })

  it('sees requests that went elsewhere', async () => {
    const route = async (weight: number) => (await judgedOf(recorded(good, half, { weight }))).route
    expect(await Promise.all([0.05, 0.01, 0.5].map(route))).toEqual([null, 'too-many', 'too-few'])
  })
})

describe('the stages of a recording', () => {
  /** As `recorded`, in stages that begin after so long. */
  const staged = (pace: typeof good, until: Millis, began: readonly (readonly [Millis, object])[]) =>
    recorded(pace, until).map((line) => {
      const { t } = line as { readonly t?: number }
      const own = began.findLast(([from]) => t !== undefined && t * second > from)
      return { ...(line as object), ...own?.[1] }
    })
  const stagesOf = async (...of: Parameters<typeof judgedOf>) =>
    (await judgedOf(...of)).stages.map(({ name, weight, from, to, state }) => [
      name,
      weight,
      from / minute,
      to / minute,
      state.verdict?.answer,
    ])
  const two = [
    [0, { stage: 'a' }],
    [20 * minute, { stage: 'b' }],
  ] as const

  it('are kept as they stood at their ends, and tested there', async () => {
    expect(await stagesOf(staged(good, half, two))).toEqual([
      ['a', 0.05, 0, 20, 'pass'],
      ['b', 0.05, 20, 30, undefined],
    ])
  })

  it('are tested at the end of their soak alone where that is given', async () => {
    expect(await stagesOf(staged(good, half, two), 25 * minute)).toEqual([
      ['a', 0.05, 0, 20, undefined],
      ['b', 0.05, 20, 30, undefined],
    ])
  })

  it('are not tested where one side gets all requests', async () => {
    const lines = staged(good, half, [
      [0, { stage: 'a', weight: 0 }],
      [10 * minute, { stage: 'a', weight: 0.05 }],
      [20 * minute, { stage: 'b', weight: 1 }],
    ])
    expect(await stagesOf(lines)).toMatchObject([
      ['a', 0, 0, 10, undefined],
      ['a', 0.05, 10, 20, 'pass'],
      ['b', 1, 20, 30, undefined],
    ])
  })

  it('end with the one that goes back', async () => {
    const lines = staged({ ...good, rps: 1000, fresh: 1 }, 2 * minute, [
      [0, { stage: 'a' }],
      [minute, { stage: 'b' }],
      [1.5 * minute, { stage: 'c' }],
    ])
    expect(await stagesOf(lines)).toEqual([['a', 0.05, 0, 1, 'rollback']])
  })
})

/** Both sides at 200 requests in a second, 5 % of them to the canary, which all fail as often at a time. */
function burst(change: (t: number) => object, failing = { from: 200, to: 260 }, until = 600) {
  const sum = { canary: { requests: 0, bad: 0 }, stable: { requests: 0, bad: 0 } }
  const lines = Array.from({ length: until / 5 }, (_, at) => {
    const t = 5 * (at + 1)
    const share = t > failing.from && t <= failing.to ? 0.2 : 0
    sum.canary.requests += 50
    sum.canary.bad += 50 * share
    sum.stable.requests += 950
    sum.stable.bad += share > 0 ? 190 : Number(t % 10 === 0)
    return { t, ...structuredClone(sum), ...change(t) }
  })
  return [{ v: 1, weight: 0.05, poll: 5, end: 'stage' }, ...lines]
}
const between = (from: number, to: number, hidden: object) => (t: number) => (t > from && t < to ? hidden : {})

describe('what one side counts while the other has no data', () => {
  const counts = async (lines: readonly unknown[]) => {
    const { state, route } = await judgedOf(lines)
    return { answer: state.verdict?.answer, route, ...state.streams[0]?.stage }
  }
  const all = { newRequests: 6000, newBad: 120, stableRequests: 114_000, stableBad: 2334 }

  it.each([
    ['the canary', { canary: null }],
    ['stable', { stable: null }],
    ['both', { canary: null, stable: null }],
    ['a source that is down', { down: 'away' }],
  ])('waits for it: %s', async (_, hidden) => {
    expect(await counts(burst(between(200, 260, hidden)))).toEqual({ answer: 'pass', route: null, ...all })
  })

  it('is not compared where it never has data again', async () => {
    const { newBad, stableBad } = await counts(burst(between(200, 1000, { canary: null })))
    expect([newBad, stableBad]).toEqual([0, 20])
  })

  it('is not compared with what a process counted that began since', async () => {
    // Stable began again unseen at 250 s: its part of the burst is lost, and the canary's would stand alone.
    const again = (t: number) => ({ requests: 190 * (t - 250), bad: Math.max(0, Math.floor((t - 260) / 10)) })
    const lines = burst((t) => (t >= 265 ? { stable: again(t) } : between(200, 265, { stable: null })(t)))
    expect(await counts(lines)).toMatchObject({ answer: 'pass', newBad: 0 })
  })

  it('is not compared with a side that was not there yet', async () => {
    // The canary came up in a joint burst; before it nobody knows what it was.
    const lines = burst((t) => (t < 240 ? { canary: null } : {}), { from: 200, to: 240 })
    expect(await counts(lines)).toMatchObject({ newBad: 0, newRequests: 3600 })
  })

  it('is not compared over a change of the weight', async () => {
    const lines = burst((t) => ({ weight: t > 230 ? 0.5 : 0.05, ...between(200, 260, { canary: null })(t) }))
    const { state } = await judgedOf(lines)
    expect(state.streams[0]?.all).toMatchObject({ newBad: 0, stableBad: 20 + 34 })
    const still = await judgedOf(burst(between(200, 260, { canary: null })))
    expect(still.state.streams[0]?.all).toMatchObject({ newBad: 120 })
  })

  it('is of the stage in which one side gets nothing, and waits for nobody there', async () => {
    const lines = burst((t) => (t <= 300 ? { weight: 0, canary: null } : { weight: 0.05 }), { from: 0, to: 0 })
    const { state } = await judgedOf(lines)
    expect(state.streams[0]?.all.stableRequests).toBe(950 * 60)
  })

  it('says nothing of the route', async () => {
    const gaps = Array.from({ length: 10 }, (_, at) => 100 + 40 * at)
    const lines = burst((t) => (gaps.some((from) => t > from && t < from + 35) ? { stable: null } : {}), {
      from: 0,
      to: 0,
    })
    expect((await judgedOf(lines)).route).toBeNull()
  })
})

describe('bounds and promises of a recording', () => {
  const promise: Rule = {
    text: 'availability < 99.9%',
    figure: { kind: 'availability' },
    op: '<',
    value: 0.999,
    over: 0,
  }
  const heldTo = async (lines: readonly unknown[], held: Partial<HeldTo>) => {
    const recording = await openRecording('x', piece(text(lines)))
    return judgeRecording(recording, { terms: usualTerms, ...held })
  }
  const lines = (stable: object | null) => {
    const [header, ...rest] = recorded({ ...good, rps: 1000, fresh: 0.005 }, half, { end: 'stage' })
    return [header, ...rest.map((line) => ({ ...(line as object), ...stable }))]
  }

  it('are held to as the run held itself to them', async () => {
    const { state } = await heldTo(lines(null), { objectives: [promise] })
    expect(state.streams.map(({ stream }) => stream.name)).toContain(promise.text)
    expect(state.streams.reduce((sum, { stream }) => sum + stream.weight, 0)).toBeCloseTo(1, 12)
    expect(state.verdict?.answer).toBe('rollback')
  })

  it('are held to where stable has nothing, ever', async () => {
    const { state } = await heldTo(lines({ stable: null }), { objectives: [promise] })
    expect(state.verdict).toMatchObject({ answer: 'rollback', stream: promise.text })
  })

  it('know what stable counted while the canary could not be read', async () => {
    const { state } = await heldTo(burst(between(200, 260, { canary: null })), { objectives: [promise] })
    expect(state.streams.at(-1)?.all).toMatchObject({ newBad: 120, stableBad: 2334 })
  })
})

describe('the terms of a recording', () => {
  const streams = async (held: { readonly began?: Millis; readonly terms?: Partial<Terms> }) => {
    const recording = await openRecording('x', piece(text(recorded(good, minute))))
    const { state } = await judgeRecording(recording, { ...held, terms: { ...usualTerms, ...held.terms } })
    return [...new Set(state.streams.map(({ stream }) => `${stream.metric} from ${stream.from / minute} min`))]
  }

  it('let a version warm up from when it was to get requests', async () => {
    expect(await streams({})).toEqual(['errors from 0 min', 'latency from 1 min'])
    expect(await streams({ began: 5 * minute })).toEqual(['errors from 0 min', 'latency from 6 min'])
  })

  it('may leave latency out', async () => {
    const weights = { errors: 0.5, latency: 0, other: 0.2 }
    expect(await streams({ terms: { weights } })).toEqual(['errors from 0 min'])
  })
})

describe('the route of a recording', () => {
  /** Ten polls at a weight of 5 %, and four at 10 %, of which so many see the new version get all requests. */
  const changing = (wrong: number, weights: readonly [number?, number?] = [0.05, 0.1]) => {
    const sum = { canary: { requests: 0, bad: 0 }, stable: { requests: 0, bad: 0 } }
    const polls = Array.from({ length: 14 }, (_, at) => {
      const fresh = at < 10 ? 25 : at < 10 + wrong ? 500 : 50
      sum.canary.requests += fresh
      sum.stable.requests += 500 - fresh
      return { t: 5 * (at + 1), weight: weights[at < 10 ? 0 : 1], ...structuredClone(sum) }
    })
    return [{ v: 1, poll: 5 }, ...polls]
  }
  const route = async (lines: readonly unknown[]) => (await judgedOf(lines)).route

  it('is not held to what is told right after a change, for that was counted before it', async () => {
    expect(await Promise.all([0, 2, 4].map((wrong) => route(changing(wrong))))).toEqual([null, null, 'too-many'])
  })

  it('is not known where nobody says the weight', async () => {
    expect(await route(changing(4, []))).toBeNull()
  })

  it('is not held to a poll of one side', async () => {
    const lines = changing(0).map((line, at) => (at === 5 ? { ...line, stable: null } : line))
    expect(await route(lines)).toBeNull()
  })
})
