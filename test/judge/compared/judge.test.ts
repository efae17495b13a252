import { beforeEach, describe, expect, it } from 'vitest'
import { hour, minute, second } from '../../../src/core/time.ts'
import { checkpoint, restored } from '../../../src/judge/compared/checkpoint.ts'
import {
  alarm,
  alwaysValidP,
  evidence,
  falseAlarm,
  type JudgeState,
  judged,
  stageBegan,
  stageEnded,
  startJudge,
  timeToFind,
} from '../../../src/judge/compared/judge.ts'
import { timeToDetect } from '../../../src/judge/compared/design.ts'
import { streamsOf } from '../../../src/judge/compared/streams.ts'
import { enough, usualTerms } from '../../../src/judge/compared/terms.ts'
import { counts, every, good, paced, pollOf, quiet, shown, started, usualTails } from './builders.ts'

const half = 30 * minute
const verdictAt = ({ verdict }: JudgeState) => verdict && [verdict.answer, verdict.by, verdict.stream]
const streamsIn = (state: JudgeState) => state.streams.map(({ stream }) => stream)

describe('a version that is worse than tolerated', () => {
  it('goes back in the second batch when it fails everything: no single batch decides', () => {
    const [first, second] = [every, 2 * every].map((until) => shown(started(), { ...good, rps: 1000, fresh: 1 }, until))
    expect(first?.verdict).toBeNull()
    expect(verdictAt(second!)).toEqual(['rollback', 'evidence', 'errors'])
    expect(second!.verdict?.at).toBe(2 * every)
  })

  it.each([
    [0.011, 3 * minute],
    [0.005, 10 * minute],
  ])('goes back at %d for 0.001 within %d ms', (fresh, until) => {
    expect(verdictAt(shown(started(), { ...good, fresh }, until))).toEqual(['rollback', 'evidence', 'errors'])
  })

  it('goes back for its latency, by the stream that says it loudest', () => {
    const slow = { fresh: [0.6, 0.3, 0.012] as const, stable: usualTails }
    const state = shown(started({ latency: true }), { ...good, rps: 200, slow }, half)
    expect(verdictAt(state)).toEqual(['rollback', 'evidence', 'latency 250 ms'])
    expect(state.verdict?.at).toBeGreaterThan(minute)
  })

  it('is found although its fault begins late', () => {
    const calm = shown(started(), good, 20 * minute)
    expect(calm.verdict).toBeNull()
    expect(shown(calm, { ...good, fresh: 0.02 }, half).verdict?.answer).toBe('rollback')
  })

  it('goes back for good: nothing that follows changes it', () => {
    const back = shown(started(), { ...good, rps: 1000, fresh: 1 }, minute)
    const later = shown({ ...back, verdict: back.verdict }, good, half)
    expect(judged(back, { at: half, batches: {} }).verdict).toEqual(back.verdict)
    expect(later.verdict).toEqual(back.verdict)
    expect(stageBegan(back, { at: half, soak: half, last: true }).verdict).toEqual(back.verdict)
  })
})

describe('a version that is as good as stable', () => {
  it('passes at the end of a soak that could have found a bad one', () => {
    const state = shown(started(), good, half)
    expect([...verdictAt(state)!, state.verdict?.at]).toEqual(['pass', 'powered', 'errors', half])
  })

  it('may go on early where that is asked for, not before the shortest soak', () => {
    const early = started({ terms: { early: true } })
    expect(verdictAt(shown(early, { ...good, rps: 1000 }, half))).toEqual(['advance', 'early', 'errors'])
    expect(shown(early, { ...good, rps: 1000 }, half).verdict?.at).toBe(minute)
    expect(verdictAt(shown(started(), { ...good, rps: 1000 }, half))).toEqual(['pass', 'powered', 'errors'])
  })

  it('never goes on early in the last stage', () => {
    const last = started({ terms: { early: true }, last: true })
    expect(verdictAt(shown(last, { ...good, rps: 1000 }, half))?.[0]).toBe('pass')
  })

  it('does not go on early while something speaks against it', () => {
    const doubted = (e: number): JudgeState => {
      const state = started({ terms: { early: true } })
      const [one] = state.streams
      return { ...state, streams: [{ ...one!, back: { ...one!.back, cash: e } }] }
    }
    const poll = { ...good, rps: 10_000 }
    expect(shown(doubted(9), poll, minute).verdict?.answer).toBe('advance')
    expect(shown(doubted(40), poll, minute).verdict).toBeNull()
  })

  it.each([
    { errors: 20, latency: 20, against: 1, answer: 'advance' },
    { errors: 19.9, latency: 20, against: 1, answer: undefined },
    { errors: 20, latency: 19.9, against: 1, answer: undefined },
    { errors: 20, latency: 20, against: 9.9, answer: 'advance' },
    { errors: 20, latency: 20, against: 10, answer: undefined },
  ])('goes on early with $errors and $latency for it and $against against it: $answer', (wealths) => {
    const state = started({ terms: { early: true }, latency: true })
    const streams = state.streams.map((one) => ({
      ...one,
      on: { ...one.on!, cash: one.stream.metric === 'errors' ? wealths.errors : wealths.latency },
      back: { ...one.back, cash: wealths.against },
    }))
    expect(judged({ ...state, streams }, { at: minute, batches: {} }).verdict?.answer).toBe(wealths.answer)
  })

  it('goes on early only when every metric allows it', () => {
    const early = started({ terms: { early: true }, latency: true })
    const slow = { fresh: usualTails, stable: usualTails }
    const blind = shown(early, { ...good, rps: 1000 }, 10 * minute)
    expect(blind.verdict).toBeNull()
    expect(shown(early, { ...good, rps: 1000, slow }, 10 * minute).verdict?.answer).toBe('advance')
  })
})

describe('the end of a stage', () => {
  const few = { ...good, rps: 1, weight: 0.5 }
  const scarce = (bad: number) => {
    const state = started({ soak: 10 * minute, baseline: { ...quiet, counts: counts(600, 0) } })
    const poll = { at: 10 * minute, fresh: counts(300, bad), stable: counts(300, 0) }
    return judged(state, pollOf(streamsIn(state), poll))
  }

  it('finds by its own test what is too scarce for the evidence', () => {
    expect(evidence(scarce(12))).toBeLessThan(100)
    expect(verdictAt(scarce(12))).toEqual(['rollback', 'stage-end', 'errors'])
    expect(verdictAt(scarce(4))?.[0]).toBe('inconclusive')
  })

  it('shares its part of alpha among the stages that are planned', () => {
    const answers = [1, 40].map((stages) => {
      const before = started({ soak: minute, terms: { stages }, baseline: { ...quiet, counts: counts(600, 0) } })
      const poll = { at: minute, fresh: counts(300, 12), stable: counts(300, 0) }
      return judged(before, pollOf(streamsIn(before), poll)).verdict?.answer
    })
    expect(answers).toEqual(['rollback', 'inconclusive'])
  })

  it('is tested once, however long the stage is held', () => {
    const held = scarce(4)
    const more = { at: 10 * minute + 1, fresh: counts(0, 0), stable: counts(3000, 0) }
    expect(held.stage.tested).toBe(true)
    const later = judged(held, pollOf(streamsIn(held), more))
    expect(later.verdict).toMatchObject({ answer: 'inconclusive', by: 'too-few' })
  })

  it('is inconclusive where too little was seen, and passes when enough was', () => {
    const short = shown(started({ soak: 10 * minute }), few, 10 * minute)
    expect(verdictAt(short)).toEqual(['inconclusive', 'too-few', 'errors'])
    const long = { ...good, weight: 0.5 }
    let state = short
    for (const one of paced(long, 10 * minute, 40 * minute)) state = judged(state, pollOf(streamsIn(short), one))
    expect(verdictAt(state)).toEqual(['pass', 'powered', 'errors'])
  })

  it('is never a pass without data of a metric that is compared', () => {
    expect(verdictAt(shown(started({ latency: true }), good, half))).toEqual([
      'inconclusive',
      'no-data',
      'latency 250 ms',
    ])
    expect(verdictAt(shown(started(), { ...good, weight: 0 }, half))).toEqual(['inconclusive', 'no-data', 'errors'])
  })

  it('waits for as long as the source was away', () => {
    const before = shown(started({ soak: 10 * minute }), good, 5 * minute)
    const away = judged(before, { at: 8 * minute, batches: null })
    expect(away.stage.blind).toBe(3 * minute)
    expect(shown(away, good, 12 * minute).verdict).toBeNull()
    expect(shown(away, good, 13 * minute).verdict?.at).toBe(13 * minute)
  })

  it('needs the chance that is left for it, by the weight of the stream', () => {
    const answers = [false, true].flatMap((latency) =>
      [9, 11].map((bad) => {
        const before = started({ latency, soak: minute, baseline: { ...quiet, counts: { ...quiet.counts, bad: 0 } } })
        const poll = { at: minute, fresh: counts(300, bad), stable: counts(300, 0) }
        return judged(before, pollOf(streamsIn(before), poll)).verdict?.answer
      }),
    )
    expect(answers).toEqual(['inconclusive', 'rollback', 'inconclusive', 'inconclusive'])
  })

  it('stays what it was when it is over', () => {
    const over = shown(started(), good, half)
    expect(judged(over, { at: half + every, batches: {} }).verdict).toEqual(over.verdict)
    const wrong = pollOf(streamsIn(over), { at: half + every, fresh: counts(25, 25), stable: counts(475, 0) })
    const worse = judged(judged(over, wrong), { ...wrong, at: half + 2 * every })
    expect(worse.verdict?.answer).toBe('rollback')
  })

  it('comes when it is called, however long the source was away', () => {
    const first = shown(started({ soak: Number.MAX_SAFE_INTEGER }), good, 5 * minute)
    const next = stageBegan(first, { at: 5 * minute, soak: Number.MAX_SAFE_INTEGER, last: true })
    const away = judged(shown(next, good, 20 * minute), { at: 22 * minute, batches: null })
    expect(stageEnded(away)).toMatchObject({
      stage: { began: 5 * minute, soak: 15 * minute, blind: 2 * minute, tested: true },
      verdict: { answer: 'pass', at: 22 * minute },
    })
  })

  it('may be called', () => {
    const before = shown(started({ soak: Number.MAX_SAFE_INTEGER }), good, half)
    expect(before.verdict).toBeNull()
    expect(stageEnded(before).verdict).toMatchObject({ answer: 'pass', at: half })
  })
})

describe('a new stage', () => {
  it('carries the evidence against the version on, and begins anew with the rest', () => {
    const before = shown(started({ terms: { early: true } }), { ...good, fresh: 0.004 }, minute - every)
    const after = stageBegan(before, { at: minute - every, soak: half, last: false })
    expect(evidence(after)).toBe(evidence(before))
    const [stream] = after.streams
    expect(stream).toMatchObject({ changed: true, stage: { newRequests: 0 }, on: { cash: 1, elapsed: 0 } })
    expect(stream!.all).toEqual(before.streams[0]!.all)
    expect(after.stage).toEqual({ began: minute - every, soak: half, blind: 0, early: true, tested: false })
  })

  it('bets a quarter of what is left at once: that is when faults begin', () => {
    const before = shown(started(), good, 10 * minute)
    const again = stageBegan(before, { at: 10 * minute, soak: half, last: true })
    const poll = pollOf(streamsIn(before), { at: 10 * minute + every, fresh: counts(25, 0), stable: counts(475, 0) })
    const cash = (state: JudgeState) => state.streams[0]!.back.cash
    expect(cash(judged(again, poll))).toBeCloseTo(0.75 * cash(before), 12)
    expect(cash(judged(before, poll))).toBeGreaterThan(0.99 * cash(before))
  })

  it('takes a pass back, for it was about the stage before', () => {
    expect(stageBegan(shown(started(), good, half), { at: half, soak: half, last: true }).verdict).toBeNull()
  })
})

describe('polls', () => {
  let state: JudgeState
  let streams: ReturnType<typeof streamsIn>
  beforeEach(() => {
    state = started()
    streams = streamsIn(state)
  })
  const some = { at: every, fresh: counts(25, 0), stable: counts(475, 1) }

  it('whose clock goes backwards, or stands still, are not there', () => {
    const once = judged(state, pollOf(streams, some))
    expect(judged(once, pollOf(streams, some))).toBe(once)
    expect(judged(once, pollOf(streams, { ...some, at: every - 1 }))).toBe(once)
    expect(judged(once, pollOf(streams, { ...some, at: Number.NaN }))).toBe(once)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e16, -1])('that count %d count nothing', (bad) => {
    const after = judged(state, pollOf(streams, { ...some, fresh: counts(25, bad) }))
    expect(after.streams).toEqual(state.streams)
  })

  it('are put together until a batch is long enough and both sides are in it', () => {
    const one = judged(state, pollOf(streams, { at: 2 * second, fresh: counts(10, 0), stable: counts(190, 1) }))
    expect(one.streams[0]).toMatchObject({ closed: 0, open: { newRequests: 10, stableBad: 1 } })
    const alone = judged(one, pollOf(streams, { at: 10 * second, fresh: counts(0, 0), stable: counts(10, 0) }))
    expect(alone.streams[0]).toMatchObject({ closed: 10 * second, open: { newRequests: 0 } })
    const none = judged(state, pollOf(streams, { at: 10 * second, fresh: counts(0, 0), stable: counts(10, 0) }))
    expect(none.streams[0]).toMatchObject({ closed: 0, open: { stableRequests: 10 } })
    const least = { at: 10 * second, fresh: counts(1, 0), stable: counts(1, 0) }
    expect(judged(state, pollOf(streams, least)).streams[0]!.closed).toBe(10 * second)
    const noStable = judged(state, pollOf(streams, { at: 10 * second, fresh: counts(10, 0), stable: counts(0, 0) }))
    expect(noStable.streams[0]!.closed).toBe(0)
  })

  it('that saw a failure before its request wait for the request', () => {
    const early = judged(state, pollOf(streams, { at: every, fresh: counts(1, 2), stable: counts(100, 0) }))
    expect(early.streams[0]!.closed).toBe(0)
    const whole = judged(early, pollOf(streams, { at: 2 * every, fresh: counts(1, 0), stable: counts(0, 0) }))
    expect(whole.streams[0]!.closed).toBe(2 * every)
    const other = judged(state, pollOf(streams, { at: every, fresh: counts(10, 0), stable: counts(1, 2) }))
    expect(other.streams[0]!.closed).toBe(0)
  })

  it('give the same whether a batch comes in one piece or in five', () => {
    const whole = judged(state, pollOf(streams, { at: every, fresh: counts(25, 5), stable: counts(475, 5) }))
    let split = state
    for (const at of [1, 2, 3, 4, 5])
      split = judged(split, pollOf(streams, { at: at * second, fresh: counts(5, 1), stable: counts(95, 1) }))
    expect(split).toEqual(whole)
  })

  it('after a gap are one long batch', () => {
    const gap = judged(state, pollOf(streams, { at: 10 * minute, fresh: counts(3000, 3), stable: counts(57_000, 57) }))
    expect(gap.streams[0]).toMatchObject({
      closed: 10 * minute,
      back: { elapsed: 10 * minute },
      open: { newRequests: 0 },
    })
    expect(gap.verdict).toBeNull()
  })

  it('after a gap of hours are evidence all the same, and no single batch sends a version back', () => {
    const some = shown(started({ soak: 4 * hour }), good, minute)
    const { streams: all } = some
    const gap = { at: 3 * hour, fresh: counts(20_000, 20_000), stable: counts(380_000, 380) }
    const after = judged(
      some,
      pollOf(
        all.map(({ stream }) => stream),
        gap,
      ),
    )
    expect(after.verdict).toBeNull()
    expect(after.streams[0]?.back.cash).toBeGreaterThan(0)
    expect(restored(checkpoint(after))).toEqual({ state: after })
  })

  it('of latency count from the end of the warm-up, which begins with the first request of the new version', () => {
    const state = started({ latency: true })
    const requests = (first: number | null) => {
      const polls = paced({ ...good, slow: { fresh: usualTails, stable: usualTails } }, 0, 3 * minute)
      const after = polls.reduce((before, poll) => judged(before, { ...pollOf(streamsIn(state), poll), first }), state)
      return after.streams.map(({ all }) => Math.round(all.newRequests))
    }
    expect([requests(null), requests(minute), requests(0)]).toEqual([
      [900, 0, 0, 0],
      [900, 300, 300, 300],
      [900, 600, 600, 600],
    ])
  })

  it('of latency count from the end of the warm-up', () => {
    const slow = { fresh: usualTails, stable: usualTails }
    const warm = shown(started({ latency: true }), { ...good, slow }, minute)
    expect(warm.streams.map(({ all, closed }) => [all.newRequests, closed])).toEqual([
      [300, minute],
      [0, minute],
      [0, minute],
      [0, minute],
    ])
    const after = shown(warm, { ...good, slow }, minute + every)
    expect(after.streams[1]).toMatchObject({ all: { newRequests: 25 }, back: { elapsed: every } })
  })
})

describe('what the evidence comes to', () => {
  it('is the average of the streams, by their weights', () => {
    const state = started({ latency: true })
    const [errors, ...others] = state.streams
    const loud = { ...state, streams: [{ ...errors!, back: { ...errors!.back, cash: 81 } }, ...others] }
    expect(evidence(loud)).toBeCloseTo((81 * 0.5 + 0.3) / 0.8, 9)
  })

  it('is a p that is valid at any time, and remembers the most', () => {
    expect(alwaysValidP({ most: 1 })).toBe(1)
    expect(alwaysValidP({ most: 50 })).toBeCloseTo(0.02, 12)
    const worse = shown(started(), { ...good, fresh: 0.02 }, 30 * second)
    const calm = shown(worse, { ...good, fresh: 0 }, 3 * minute)
    expect(calm.most).toBe(worse.most)
    expect(evidence(calm)).toBeLessThan(calm.most)
  })

  it('has a way to go that is told on a logarithmic scale', () => {
    const withCash = (cash: number): JudgeState => {
      const state = started()
      const [one] = state.streams
      return { ...state, streams: [{ ...one!, back: { ...one!.back, cash } }] }
    }
    expect(alarm(withCash(0.5))).toBe(0)
    expect(alarm(withCash(Math.sqrt(1 / 0.0075)))).toBeCloseTo(0.5, 9)
    expect(alarm(withCash(1e9))).toBe(1)
  })

  it('is bounded anew after each loss', () => {
    expect([0, 1, 2].map((lost) => falseAlarm(started({ lost })))).toEqual([0.01, 0.02, 0.03])
    expect(falseAlarm({ terms: usualTerms, lost: 200 })).toBe(1)
  })
})

describe('a bound of the user’s own', () => {
  const own = {
    name: 'errors under 1 %',
    tolerance: { ratio: 0, margin: 0.01 },
    advance: { ratio: 0, margin: 0.01 },
    seed: { requests: 0, bad: 0 },
  }
  const judge = (bad: number) => {
    const { streams } = streamsOf(usualTerms, { baseline: quiet, latency: false, others: [own] })
    let state = startJudge(usualTerms, streams, { at: 0, soak: half, last: true })
    for (let at = every; at <= 10 * minute && !state.verdict; at += every) {
      const batch = { newRequests: 50, newBad: bad, stableRequests: 0, stableBad: 0 }
      state = judged(state, { at, batches: { [own.name]: batch } })
    }
    return state
  }

  it('is the environment’s where stable crosses it, too, unless the new version is worse than that', () => {
    const verdicts = (fresh: number, stable: number) => {
      const { streams } = streamsOf(usualTerms, { baseline: quiet, latency: false, others: [own] })
      let state = startJudge(usualTerms, streams, { at: 0, soak: half, last: true })
      for (const one of paced({ rps: 1000, weight: 0.05, fresh, stable }, 0, half)) {
        state = judged(state, pollOf(streams, one))
        if (state.verdict) break
      }
      return verdictAt(state)
    }
    expect(verdicts(0.03, 0.03)).toEqual(['inconclusive', 'shared', own.name])
    expect(verdicts(0.2, 0.015)).toEqual(['rollback', 'evidence', 'errors'])
    expect(verdicts(0.025, 0.012)).toEqual(['rollback', 'evidence', 'errors'])
    expect(verdicts(0.03, 0.001)).toEqual(['rollback', 'evidence', expect.any(String)])
  })

  it('stays the environment’s while both cross it, also at the end of the soak', () => {
    const { streams } = streamsOf(usualTerms, { baseline: quiet, latency: false, others: [own] })
    let state = startJudge(usualTerms, streams, { at: 0, soak: 5 * minute, last: true })
    for (const one of paced({ rps: 1000, weight: 0.05, fresh: 0.03, stable: 0.03 }, 0, half))
      state = judged(state, pollOf(streams, one))
    expect(verdictAt(state)).toEqual(['inconclusive', 'shared', own.name])
    expect(state.verdict?.at).toBeLessThan(5 * minute)
  })

  it('is held without stable beside it', () => {
    expect(verdictAt(judge(3))).toEqual(['rollback', 'evidence', own.name])
    expect(judge(0).verdict).toBeNull()
  })
})

describe('a judge', () => {
  it('has something to judge', () => {
    const empty = startJudge(usualTerms, [], { at: 0, soak: half, last: true })
    expect(() => judged(empty, { at: every, batches: {} })).toThrow(new RangeError('a judge without streams'))
  })
})

describe('bets of one’s own', () => {
  const bets = { first: 0.5, restart: 10 * minute, cap: 'auto', anytime: 0.75 } as const
  const oneBatch = (own: Partial<typeof bets> | { readonly cap: number }) =>
    shown(started({ terms: { bets: { ...bets, ...own } } }), { ...good, rps: 1000, fresh: 1 }, every)

  it('are the usual ones where they say the same', () => {
    expect(evidence(oneBatch({}))).toBe(evidence(shown(started(), { ...good, rps: 1000, fresh: 1 }, every)))
  })

  it('grow by no more than their cap, and never so much that one batch decides', () => {
    expect(evidence(oneBatch({ cap: 4 }))).toBeLessThanOrEqual(4)
    expect(oneBatch({ cap: 1e6 }).verdict).toBeNull()
  })

  it('go back at what they leave of alpha', () => {
    expect(enough({ alpha: 0.01 })).toBeCloseTo(1 / 0.0075, 9)
    expect(enough({ alpha: 0.01, bets: { ...bets, anytime: 0.5 } })).toBeCloseTo(200, 9)
  })
})

describe('how long a soak must be', () => {
  it('is told from the bound where there is one', () => {
    const tolerance = { ratio: 0, margin: 0.01 }
    const state = shown(started({ terms: { tolerance } }), good, half)
    const traffic = { rps: 100, weight: 0.05 }
    const needed = timeToDetect(traffic, { base: 0.01, worse: 0.03 }, { alpha: 0.01, tolerance })
    expect(timeToFind(state.streams[0]!, half, state)).toBeCloseTo(needed, 3)
  })

  it('is told from its part of alpha where other metrics have theirs', () => {
    const state = shown(started(), good, half)
    const [one] = state.streams
    const other = { ...one!, stream: { ...one!.stream, metric: 'other', weight: 0.6 } }
    const shared = { ...state, streams: [{ ...one!, stream: { ...one!.stream, weight: 0.4 } }, other] }
    const strict = { ...state, terms: { ...state.terms, alpha: 0.4 * state.terms.alpha } }
    expect(timeToFind(one!, half, shared)).toBeCloseTo(timeToFind(one!, half, strict), 6)
    expect(timeToFind(one!, half, shared)).toBeGreaterThan(timeToFind(one!, half, state))
  })

  it('comes from the traffic that was seen', () => {
    const state = shown(started(), good, half)
    const [one] = state.streams
    expect(timeToFind(one!, half, state)).toBeLessThan(5 * minute)
    expect(timeToFind(one!, 10 * half, state)).toBeGreaterThan(10 * minute)
    expect(timeToFind(started().streams[0]!, half, started())).toBe(Number.POSITIVE_INFINITY)
    expect(timeToFind(one!, 0, state)).toBe(Number.POSITIVE_INFINITY)
  })
})
