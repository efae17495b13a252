import { describe, expect, it } from 'vitest'
import { minute } from '../../../src/core/time.ts'
import { answerOf, oneIn, ratioText, rateText, verdictText } from '../../../src/judge/compared/answer.ts'
import { judged, stageBegan, startJudge } from '../../../src/judge/compared/judge.ts'
import { streamsOf } from '../../../src/judge/compared/streams.ts'
import { usualTerms } from '../../../src/judge/compared/terms.ts'
import { counts, good, pollOf, quiet, shown, started, usualTails } from './builders.ts'

const half = 30 * minute

describe('the verdict for a human', () => {
  it.each([
    [
      'a version that goes back',
      () => shown(started(), { ...good, rps: 1000, fresh: 0.021 }, half),
      'canary fails 2 % of requests, stable 0.095 % (ratio 3–130, 99 %); chance of a false alarm below 1 in 100',
    ],
    [
      'one whose evidence was lost before',
      () => shown(started({ lost: 2 }), { ...good, rps: 1000, fresh: 1 }, half),
      'canary fails 100 % of requests, stable 0.095 % (ratio above 270, 99 %); chance of a false alarm below 1 in 33 (the evidence was lost 2 times, the bound counts each beginning)',
    ],
    [
      'a slow one',
      () =>
        shown(
          started({ latency: true }),
          { ...good, rps: 200, slow: { fresh: [0.6, 0.3, 0.012], stable: usualTails } },
          half,
        ),
      'canary is slower than 250 ms in 30 % of requests, stable 6 % (ratio 2–10, 99 %); chance of a false alarm below 1 in 100',
    ],
    [
      'a good one',
      () => shown(started(), good, half),
      'canary fails 0.1 % of requests, stable 0.1 % (ratio 0.2–3, 99 %); 0.37 % or more would have been found in 80 % of cases',
    ],
    [
      'a good one that goes on early',
      () => shown(started({ terms: { early: true } }), { ...good, rps: 1000 }, half),
      'canary fails 0.1 % of requests, stable 0.1 % (ratio 0.06–5, 99 %); no worse than a stage may be, wrong with a chance below 1 in 20',
    ],
    [
      'one that too little was seen of',
      () => shown(started({ soak: 10 * minute }), { ...good, rps: 1, weight: 0.5, stable: 0.01, fresh: 0.01 }, half),
      'canary fails 1 % of requests, stable 1 % (ratio 0.04–22, 99 %); too little to decide (300 requests of the canary, 300 of stable): it needs about 1 h 22 min more at this traffic',
    ],
    [
      'one that gets no requests',
      () => shown(started({ soak: 10 * minute }), { ...good, weight: 0 }, half),
      'errors: no request of the canary was counted in 10 min, and 60000 of stable',
    ],
    [
      'one that nobody asks, as nobody asks stable',
      () => shown(started({ soak: 10 * minute }), { ...good, rps: 0 }, half),
      'errors: no data on the canary in 10 min',
    ],
    [
      'one at its beginning',
      () => started(),
      'errors: no request of the canary was counted; not decided yet (0 requests of the canary, 0 of stable)',
    ],
  ])('of %s', (_, made, said) => {
    expect(verdictText(made())).toBe(said)
  })

  it('of a bound of the user’s own names the bound', () => {
    const own = {
      tolerance: { ratio: 0, margin: 0.01 },
      advance: { ratio: 0, margin: 0.01 },
      seed: { requests: 0, bad: 0 },
    }
    const { streams } = streamsOf(usualTerms, {
      baseline: quiet,
      latency: false,
      others: [{ ...own, name: 'checkout' }],
    })
    let state = startJudge(usualTerms, streams, { at: 0, soak: half, last: true })
    const batch = { newRequests: 50, newBad: 50, stableRequests: 0, stableBad: 0 }
    for (const at of [5000, 10_000, 15_000]) state = judged(state, { at, batches: { checkout: batch } })
    expect(verdictText(state)).toBe('checkout: canary 100 % bad, allowed 1 %; chance of a false alarm below 1 in 100')
  })

  it('says where there is nothing to compare with', () => {
    const state = started()
    const alone = judged(
      state,
      pollOf(
        state.streams.map(({ stream }) => stream),
        { at: 5000, fresh: counts(10, 1), stable: counts(0, 0) },
      ),
    )
    expect(verdictText(alone)).toContain(
      'canary fails 10 % of requests, stable had none to compare with; not decided yet',
    )
  })

  it('counts one loss as one', () => {
    const state = shown(started({ lost: 1 }), { ...good, rps: 1000, fresh: 1 }, half)
    expect(verdictText(state)).toMatch(/1 in 50 \(the evidence was lost once, the bound counts each beginning\)$/)
  })

  it('of a soak tells the time that figures came in', () => {
    const before = shown(started({ soak: 10 * minute }), { ...good, weight: 0 }, 5 * minute)
    const next = stageBegan(judged(before, { at: 6 * minute, batches: null }), {
      at: 6 * minute,
      soak: minute,
      last: true,
    })
    const away = judged(next, { at: 8 * minute, batches: null })
    expect(verdictText(shown(away, { ...good, weight: 0 }, 12 * minute))).toMatch(
      /^errors: no request of the canary was counted in 1 min,/,
    )
  })

  it('has the confidence of its terms', () => {
    const state = shown(started({ terms: { alpha: 0.05 } }), { ...good, rps: 1000, fresh: 1 }, half)
    expect(verdictText(state)).toMatch(/, 95 %\); chance of a false alarm below 1 in 20$/)
  })
})

describe('the answer for programs', () => {
  it('is of the verdict', () => {
    const state = shown(started(), { ...good, rps: 1000, fresh: 1 }, half)
    const { e, alwaysValidP, ratio, because, ...rest } = answerOf(state)
    expect(rest).toEqual({ verdict: 'rollback', t: 10, metric: 'errors' })
    expect(because).toBe(verdictText(state))
    expect(e).toBeGreaterThan(1 / 0.0075)
    expect(alwaysValidP).toBeCloseTo(1 / e, 12)
    expect(ratio).toEqual([272.3, 500])
  })

  it('is inconclusive while nothing is decided', () => {
    expect(answerOf({ ...started(), at: 7000 })).toMatchObject({
      verdict: 'inconclusive',
      t: 7,
      e: 1,
      alwaysValidP: 1,
      ratio: [0.02, 500],
    })
  })

  it('needs something that is compared', () => {
    expect(() => answerOf({ ...started(), streams: [] })).toThrow(RangeError)
  })
})

describe('words', () => {
  const open = (low: boolean, high: boolean) => ratioText({ low: 0.0216, high: 38.4, open: { low, high } })
  it('for a ratio', () => {
    expect([open(false, false), open(true, false), open(false, true), open(true, true)]).toEqual([
      'ratio 0.02–38',
      'ratio below 38',
      'ratio above 0.02',
      'ratio not known yet',
    ])
    expect(ratioText({ low: 10, high: 12.4, open: { low: false, high: false } })).toBe('ratio 10–12')
    expect(ratioText({ low: 9.4, high: 384, open: { low: false, high: false } })).toBe('ratio 9–380')
  })

  it('for a chance', () => {
    expect([0.01, 0.02, 0.03, 1, 2].map(oneIn)).toEqual(['1 in 100', '1 in 50', '1 in 33', '1 in 1', '1 in 1'])
  })

  it('for a rate', () => {
    expect([rateText(21, 1000, 0.01), rateText(0, 0, 0.01)]).toEqual(['2.1 % (0.75–4.5 %)', 'no requests'])
  })
})
