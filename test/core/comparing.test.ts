import { describe, expect, it } from 'vitest'
import { comparedRead, comparedWritten } from '../../src/core/comparing-kept.ts'
import { type BeforeRelease, compared, type Compared, isMisrouted } from '../../src/core/comparing.ts'
import type { Comparison } from '../../src/core/evidence.ts'
import type { Unit } from '../../src/core/plan.ts'
import type { RunState } from '../../src/core/state.ts'
import { minute, second, type Millis } from '../../src/core/time.ts'
import { falseAlarm } from '../../src/judge/compared/judge.ts'
import type { Baseline } from '../../src/judge/compared/streams.ts'
import type { History } from '../../src/judge/history.ts'
import { tale, type Tale } from '../report/tale.ts'
import { comparedPlan, every, historyOf, type Pace, paced, usually } from '../support/measured.ts'

const web = 'web@us-east-1'
const options = { weights: [25, 50], soak: '5m', bake: '5m' }
const plan = comparedPlan({ options })
const unit = plan.waves[0]?.units[0] as Unit
/** Requests reach the new pods from here on. */
const at25 = tale(plan).open().upTo(web, 'weight-25')
const at50 = at25.after(5 * minute).upTo(web, 'weight-50')
const known: BeforeRelease = {
  baseline: { over: 10 * minute, counts: { requests: 60_000, bad: 60, buckets: new Map() }, overdispersion: 1 },
  batch: 2 * second,
}

type Paces = Readonly<Record<'new' | 'stable', Pace>>
const good: Paces = { new: { requests: 500, bad: 1 }, stable: { requests: 1500, bad: 3 } }
const broken: Paces = { ...good, new: { requests: 500, bad: 500 } }

interface Watch {
  readonly from?: Compared | null
  readonly paces?: Paces
  readonly before?: BeforeRelease | null
  readonly on?: Unit
  readonly down?: string
}

/** Polled at every interval of a span, from where a tale is now. */
function watched(story: Tale | RunState, span: Millis, wish: Watch = {}): Compared | null {
  const { from = null, paces = good, before = known, on = unit, down } = wish
  const run = 'state' in story ? story.state : story
  const start = run.last
  let [state, history]: [Compared | null, History | null] = [from, null]
  for (let now = Math.ceil((start + 1) / every) * every; now <= start + span; now += every) {
    const more = down === undefined ? {} : { down: { since: start, polls: 9, why: down } }
    const after: History = historyOf(paced(paces, start + 1, now), more)
    const increments: History['increments'] = [
      ...(history?.increments ?? []),
      ...after.increments.slice(history?.increments.length ?? 0),
    ]
    const next: History = { ...after, increments: down === undefined ? increments : [], heard: now }
    state = compared(state, { unit: on, run, before, known: history, history: next, now })
    history = next
  }
  return state
}

const verdictOf = (state: Compared | null): unknown =>
  state?.judge.verdict && [state.judge.verdict.answer, state.judge.verdict.by]

/** The same plan with other terms, at 25 %. */
function under(comparison: Partial<Comparison>): { readonly on: Unit; readonly story: Tale } {
  const other = comparedPlan({ options }, comparison)
  return { on: other.waves[0]?.units[0] as Unit, story: tale(other).open().upTo(web, 'weight-25') }
}

describe('a comparison with stable', () => {
  it('begins when the new pods may have requests', () => {
    const prepared = tale(plan).open().upTo(web, 'prepare')
    expect(watched(prepared, minute)).toBeNull()
    expect(watched(at25, minute)?.stage).toEqual({ id: 'weight-25', since: at25.state.last })
  })

  it('is made nowhere without terms', () => {
    const { comparison: _, ...evidence } = unit.evidence as NonNullable<Unit['evidence']>
    expect(watched(at25, minute, { on: { ...unit, evidence } })).toBeNull()
  })

  it('waits for what was known before', () => {
    expect(watched(at25, minute, { before: null })).toBeNull()
  })

  it('says nothing before the soak is over, and lets a version pass that is as good', () => {
    expect(verdictOf(watched(at25, 5 * minute - 2 * every))).toBeNull()
    expect(verdictOf(watched(at25, 5 * minute + every))).toEqual(['pass', 'powered'])
  })

  it('sends a version back in two polls that fails everything', () => {
    const state = watched(at25, 2 * every, { paces: broken })
    expect(verdictOf(state)).toEqual(['rollback', 'evidence'])
    expect(state?.trail.at(-1)).toBe(1)
  })

  it('finds too little where hardly anybody asks', () => {
    const paces: Paces = { new: { requests: 1, bad: 0 }, stable: { requests: 3, bad: 0 } }
    expect(verdictOf(watched(at25, 5 * minute + every, { paces }))).toEqual(['inconclusive', 'too-few'])
  })

  it('lets the soak stand still while the source is away', () => {
    const away = watched(at25, 5 * minute + every, { down: 'connection refused' })
    expect(verdictOf(away)).toBeNull()
    expect(away?.judge.stage.blind).toBeGreaterThan(4 * minute)
  })

  it('carries what it found into the next stage, whose soak is its own', () => {
    const first = watched(at25, 5 * minute)
    const second = watched(at50, every, { from: first })
    expect(second?.stage).toEqual({ id: 'weight-50', since: at50.state.last })
    expect(second?.judge.streams[0]?.all.newRequests).toBeGreaterThan(first?.judge.streams[0]?.all.newRequests ?? 0)
    expect(second?.judge.streams[0]?.stage.newRequests).toBe(500)
    expect(verdictOf(second)).toBeNull()
  })

  it('counts a test for each of its stages, and ends none early', () => {
    const state = watched(at25, every)
    expect([state?.judge.terms.stages, state?.judge.terms.batch, state?.judge.stage.early]).toEqual([
      2,
      2 * second,
      false,
    ])
  })

  it('ends a stage early where that is wished, and never the last one', () => {
    const { on, story } = under({ terms: { ...usually.terms, early: true } })
    expect(verdictOf(watched(story, 3 * minute, { on }))).toEqual(['advance', 'early'])
    const last = story.after(3 * minute).upTo(web, 'weight-50')
    expect(verdictOf(watched(last, 3 * minute, { on }))).toBeNull()
  })

  it('shows where requests go elsewhere than they were sent', () => {
    const paces: Paces = { new: good.stable, stable: good.new }
    expect(isMisrouted(watched(at25, minute, { paces }) as Compared)).toBe(true)
    expect(isMisrouted(watched(at25, minute) as Compared)).toBe(false)
  })
})

describe('what stable did before the release', () => {
  const within = { 100: 20_000, 250: 57_000, 500: 59_400, 1000: 60_000, Infinity: 60_000 }
  const buckets = new Map(Object.entries(within).map(([le, n]) => [Number(le), n]))
  const histogram = {
    ...known,
    baseline: { over: 10 * minute, counts: { requests: 60_000, bad: 60, buckets }, overdispersion: 1 },
  }
  const bound = { text: 'error-rate > 2 * baseline', figure: { kind: 'error-rate' }, factor: 2 } as const

  it('says at which latencies both are compared', () => {
    const names = watched(at25, every, { before: histogram })?.judge.streams.map(({ stream }) => stream.name)
    expect(names).toEqual(['errors', 'latency 250 ms', 'latency 500 ms'])
  })

  it('is made nowhere when nothing is left to compare, so no stage passes by it', () => {
    const weights = { errors: 0, latency: 0.3, other: 0.2 }
    const { on, story } = under({ terms: { ...usually.terms, weights } })
    expect(watched(story, every, { on })).toBeNull()
  })

  it('is missed aloud', () => {
    expect(watched(at25, every)?.missing).toEqual(['latency: no histogram of stable from before the release'])
    const { on, story } = under({ bounds: [bound] })
    expect(watched(story, every, { on, before: { ...known, baseline: null } })?.missing).toContain(
      'error-rate > 2 * baseline: nothing is known of stable from before the release',
    )
  })

  it('is a bound where a trigger says so, which both cross when stable fails just as much now', () => {
    const { on, story } = under({ bounds: [bound] })
    const paces: Paces = { new: { requests: 500, bad: 25 }, stable: { requests: 1500, bad: 75 } }
    const state = watched(story, minute, { on, paces })
    expect(verdictOf(state)).toEqual(['inconclusive', 'shared'])
    expect(state?.judge.verdict?.stream).toBe('error-rate > 2 * baseline')
  })
})

describe('latency', () => {
  const within = { 100: 57_000, 250: 59_400, 500: 60_000, Infinity: 60_000 }
  const buckets = new Map(Object.entries(within).map(([le, n]) => [Number(le), n]))
  const before = {
    ...known,
    baseline: { ...(known.baseline as Baseline), counts: { requests: 60_000, bad: 0, buckets } },
  }
  const idle: Paces = { new: { requests: 0, bad: 0 }, stable: { requests: 2000, bad: 0, within: 100 } }
  const cold: Paces = {
    new: { requests: 500, bad: 0, within: 500 },
    stable: { requests: 1500, bad: 0, within: 100 },
  }
  /** New pods took three minutes to start. */
  const started = watched(at25, 3 * minute, { paces: idle, before })
  const later = (after: Millis): RunState => ({ ...at25.state, last: at25.state.last + 3 * minute + after })
  const slowIn = (state: Compared | null): readonly unknown[] => [
    verdictOf(state),
    state?.judge.streams.flatMap(({ stream, all }) => (stream.metric === 'latency' ? [all.newRequests] : [])),
  ]

  it('is not compared before the new version has had requests for as long as it warms up', () => {
    const warm = watched(later(0), minute, { from: started, paces: cold, before })
    expect(slowIn(warm)).toEqual([null, [0, 0]])
    expect(slowIn(watched(later(minute), 2 * every, { from: warm, paces: cold, before }))).toEqual([null, [500, 500]])
  })

  it('warms up by the first request that the driver before saw, in a note of an earlier version by when it began', () => {
    const warm = watched(later(0), minute, { from: started, paces: cold, before }) as Compared
    expect(warm.first).toBe(Math.ceil((later(0).last + 1) / every) * every)
    expect(comparedRead(comparedWritten(warm))?.first).toBe(warm.first)
    expect(comparedRead(comparedWritten(started as Compared))?.first).toBeNull()
    const { first: _, ...earlier } = JSON.parse(comparedWritten(warm)) as Record<string, unknown>
    expect(comparedRead(JSON.stringify(earlier))?.first).toBe(warm.began)
  })
})

describe('another driver', () => {
  const half = watched(at25, 2 * minute) as Compared
  const attached = at25.after(2 * minute).fact({ type: 'attached', by: 'bob', host: 'laptop', pid: 2 })

  it('goes on where the one before it was, with what that had kept', () => {
    const kept = comparedRead(comparedWritten(half))
    expect(kept?.judge).toEqual(half.judge)
    expect(kept).toMatchObject({ began: half.began, stage: half.stage, missing: half.missing })
  })

  it('knows what stable did before as the one before it did', () => {
    const baseline = {
      ...(known.baseline as Baseline),
      slowOverdispersion: new Map([[250, 5.5]]),
      scrape: 15 * second,
    }
    expect(comparedRead(comparedWritten({ ...half, baseline }))?.baseline).toEqual(baseline)
  })

  it('reads a note of an earlier version, which knew less of that', () => {
    const note = comparedWritten(half)
    expect(note).not.toContain('scrape')
    expect(comparedRead(note)?.baseline).toMatchObject({
      ...known.baseline,
      slowOverdispersion: new Map(),
      scrape: null,
    })
  })

  it('holds requests against the weight anew: what was counted, and not judged yet, is in no batch', () => {
    const open = { fresh: 500, stable: 0 }
    const held = { ...half, share: half.share && { ...half.share, open } }
    const kept = comparedRead(comparedWritten(held))
    expect(kept?.share).toBeNull()
    const share = watched(attached, every, { from: kept })?.share
    expect(share).toMatchObject({ began: attached.state.last, open: { fresh: null, stable: null } })
    expect(share?.tooMany.elapsed).toBe(0)
  })

  it.each(['', '{}', '[1]', '{"v":1,"began":1,"stage":null,"missing":[],"judge":"{}"}', '{"v":2}'])(
    'begins anew from what is not a note: %s',
    (text) => {
      expect(comparedRead(text)).toBeNull()
    },
  )

  it('soaks anew, with the evidence that there is', () => {
    const state = watched(attached, every, { from: half })
    expect(state?.stage).toEqual({ id: 'weight-25', since: attached.state.last })
    expect(state?.judge.streams[0]?.all.newRequests).toBeGreaterThan(half.judge.streams[0]?.all.newRequests ?? 0)
  })

  it('makes no test at the end of a stage that was made already', () => {
    const paces: Paces = { new: { requests: 1, bad: 0 }, stable: { requests: 3, bad: 0 } }
    const tested = watched(at25, 5 * minute + every, { paces })
    expect(tested?.judge.stage.tested).toBe(true)
    expect(watched(attached, every, { from: tested })?.judge.stage.tested).toBe(true)
  })

  it('begins anew after a human has looked at what was found, and says that, too', () => {
    const found = watched(at25, 3 * every, { paces: broken }) as Compared
    expect(verdictOf(found)).toEqual(['rollback', 'evidence'])
    const resumed = at25.after(minute).fact({ type: 'resumed', units: [web], by: 'anna' })
    const state = watched(resumed, every, { from: found })
    expect(verdictOf(state)).toBeNull()
    expect([state?.judge.lost, state?.began, state?.judge.streams[0]?.all.newRequests]).toEqual([
      1,
      resumed.state.last,
      500,
    ])
  })

  it('says that the bound holds for each beginning, where what was known is lost', () => {
    const run = { ...attached.state, epoch: 3 }
    const state = watched(run, every)
    expect(state?.judge.lost).toBe(2)
    expect(falseAlarm((state as Compared).judge)).toBeCloseTo(0.03)
  })

  it('has lost nothing that began after it came', () => {
    const early = tale(plan)
      .open()
      .after(second)
      .fact({ type: 'attached', by: 'bob', host: 'laptop', pid: 2 })
      .upTo(web, 'weight-25')
    expect(watched({ ...early.state, epoch: 2 }, every)?.judge.lost).toBe(0)
  })
})
