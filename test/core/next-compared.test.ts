import { describe, expect, it } from 'vitest'
import { compared, type Compared } from '../../src/core/comparing.ts'
import type { Evidence } from '../../src/core/evidence.ts'
import { hour, minute, second, type Millis } from '../../src/core/time.ts'
import type { Verdict } from '../../src/judge/compared/judge.ts'
import { noHistory } from '../../src/judge/history.ts'
import { comparedPlan, historyOf as countedOf, increment } from '../support/measured.ts'
import { comes as comesOf, type Sight } from './support/decided.ts'
import { type History, historyOf } from './support/history.ts'

const soak = 5 * minute
const canary = { bare: true, options: { weights: [25, 50], soak: '5m', bake: '5m' } }

/** Soaking at 25 %. */
const storyOf = (policy: Partial<Evidence> = {}): History => {
  const plan = comparedPlan(canary)
  const waves = plan.waves.map((wave) => ({
    ...wave,
    units: wave.units.map((one) => ({ ...one, evidence: { ...(one.evidence as Evidence), ...policy } })),
  }))
  const last = waves[0]?.units[0]?.stages.find(({ id }) => id === 'weight-25')?.steps.at(-1)
  return historyOf({ ...plan, waves }).upTo(last?.id ?? '')
}
const story = storyOf()
const began = story.state.last - story.state.opened
const deadline = story.unit.stages.find(({ id }) => id === 'weight-25')?.deadline ?? 0

/** As the judge would stand there with this verdict. */
function judgedAs(answer: Verdict['answer'] | null, by: Verdict['by'] = 'evidence', at: History = story): Compared {
  const now = at.state.last + second
  const before = { baseline: null, batch: second }
  const started = compared(null, {
    unit: at.unit,
    run: at.state,
    before,
    known: null,
    history: { ...noHistory, heard: now },
    now,
  })
  if (!started) throw new Error('nothing is compared')
  const verdict = answer && { answer, by, at: second, stream: 'errors' }
  return { ...started, judge: { ...started.judge, verdict } }
}

const comes = (verdict: Compared | undefined, after: Millis, sight: Sight = {}, at: History = story): string[] =>
  comesOf(at, { after: began + after, ...(verdict && { compared: verdict }), ...sight })

describe('a stage that is compared with stable', () => {
  it('waits for its soak', () => {
    expect(comes(judgedAs(null), minute)).toEqual(['wait: soak 5 min'])
  })

  it('passes when the judge says so, and says what it saw', () => {
    expect(comes(judgedAs('pass', 'powered'), soak)).toEqual([
      expect.stringMatching(
        /^judged weight-25 pass: looks well for 5 min · errors: no request of the canary was counted/,
      ),
    ])
  })

  it('is not over before the soak is, whatever the judge says', () => {
    expect(comes(judgedAs('pass', 'powered'), soak - 1)).toEqual(['wait: soak 5 min'])
  })

  it('goes on early where the judge may', () => {
    expect(comes(judgedAs('advance', 'early'), minute)).toEqual([
      expect.stringMatching(/^judged weight-25 pass: looks well for 1 min /),
    ])
  })

  it('goes back at once, in the middle of the soak and whatever else is going on', () => {
    const why = expect.stringMatching(/errors: no request .*; chance of a false alarm below 1 in 100/)
    expect(comes(judgedAs('rollback'), second)).toHaveLength(2)
    expect(comes(judgedAs('rollback'), second)[1]).toEqual(why)
    expect(comes(judgedAs('rollback'), second, { health: 'pending' })[1]).toMatch(/^turned .* back \(failed\)/)
  })

  it('pauses when stable crosses the same bound: that is no matter of the release', () => {
    const found = judgedAs('inconclusive', 'shared')
    const streams = found.judge.streams.map((one) => ({
      ...one,
      stream: { ...one.stream, back: { ratio: 0, margin: 0.02 } },
      all: { newRequests: 100, newBad: 9, stableRequests: 1000, stableBad: 30 },
    }))
    const [line] = comes({ ...found, judge: { ...found.judge, streams } }, second)
    expect(line).toMatch(
      /^paused .*\(environment\): environment, not release: canary fails 9 % .* allowed 2 %, and stable has 3 %/,
    )
  })

  it('goes on when a human says so who has seen that', () => {
    const resumed = story.later(minute).fact({ type: 'resumed', units: ['web@us-east-1'], by: 'anna' })
    expect(comes(judgedAs('rollback'), 2 * minute, {}, resumed)).toEqual(['wait: soak 5 min'])
  })

  it('gives the judge a poll more to say it', () => {
    expect(comes(judgedAs(null), soak)[0]).toMatch(/^wait: errors: .*; not decided yet/)
    expect(comes(judgedAs(null), soak + minute)[0]).toMatch(/^wait: inconclusive: errors/)
  })

  it('waits until the judge’s soak is over, which stood still for polls that failed', () => {
    const open = (blind: Millis, after: Millis): string | undefined => {
      const at = judgedAs(null)
      const stage = { ...at.judge.stage, blind }
      return comes({ ...at, judge: { ...at.judge, stage } }, after)[0]
    }
    const waits = expect.stringMatching(/^wait: errors: .*; not decided yet/) as string
    const over = expect.stringMatching(/^(wait|paused .* \(inconclusive\)): inconclusive: errors/) as string
    expect([open(2 * minute, soak + 3 * minute - 1), open(2 * minute, soak + 3 * minute)]).toEqual([waits, over])
    // No longer than a stage may last.
    expect([open(hour, soak + deadline - 1), open(hour, soak + deadline)]).toEqual([waits, over])
  })

  it.each([undefined, judgedAs('pass', 'powered', storyOf().later(minute))])(
    'passes on no verdict of its own soak: %#',
    (other) => {
      const elsewhere = other && { ...other, stage: { id: 'weight-25', since: 1 } }
      expect(comes(elsewhere, soak)).toEqual(['wait: not compared with stable yet'])
      expect(comes(elsewhere, soak + minute)).toEqual(['wait: inconclusive: not compared with stable yet'])
    },
  )
})

describe('an inconclusive comparison', () => {
  const open = judgedAs('inconclusive', 'no-data')

  it('is held for as long again, then a human is asked', () => {
    expect(comes(open, 2 * soak - 1)).toEqual([
      expect.stringMatching(/^wait: inconclusive: errors: no data on the canary/),
    ])
    expect(comes(open, 2 * soak)).toEqual([expect.stringMatching(/^paused .*\(inconclusive\): inconclusive: errors/)])
  })

  it('is asked at once, or taken back, where that is wished', () => {
    const of = (onInconclusive: Evidence['onInconclusive']): string[] => {
      const at = storyOf({ onInconclusive })
      return comes(judgedAs('inconclusive', 'no-data', at), soak, {}, at)
    }
    expect(of('pause')[0]).toMatch(/^paused .*\(inconclusive\)/)
    expect(of('undo')[0]).toMatch(/^turned .* back \(no-verdict\): inconclusive/)
  })

  it('may still become a pass', () => {
    expect(comes(judgedAs('pass', 'powered'), soak + minute)[0]).toMatch(/^judged weight-25 pass/)
  })

  it('is gone past when a human says so, and nobody claims that it was good', () => {
    const promoted = story.fact({ type: 'asked', verb: 'promote', stage: 'weight-25', by: 'anna' })
    expect(comes(open, minute, {}, promoted)).toEqual([
      'judged weight-25 pass: looks well for 1 min · weight accepted, not proved (share seen 0 %)',
    ])
  })

  it('says of a share far below the weight what it may mean', () => {
    const now = story.state.last + minute
    const counted = countedOf([
      increment(now, 'new', { requests: 5, bad: 0 }),
      increment(now, 'stable', { requests: 995, bad: 0 }),
    ])
    expect(comes(judgedAs('advance', 'early'), minute, { counted })[0]).toMatch(
      / · weight accepted, not proved \(share seen 0\.5 %, less than half: callers bypass the route, or requests hang\)$/,
    )
  })

  it('never lets a human promote what is worse than stable', () => {
    const promoted = story.fact({ type: 'asked', verb: 'promote', stage: 'weight-25', by: 'anna' })
    expect(comes(judgedAs('rollback'), minute, {}, promoted)[1]).toMatch(/^turned .* back \(failed\)/)
  })
})

describe('which stages are compared', () => {
  const gatesOf = (wish: Parameters<typeof comparedPlan>[0]): readonly string[] =>
    (comparedPlan(wish).waves[0]?.units[0]?.stages ?? []).flatMap(({ id, gates }) =>
      gates.flatMap((gate) => (gate.kind === 'compared' ? [`${id}${gate.last ? ' last' : ''}`] : [])),
    )

  it.each([
    ['canary, while both versions have requests', canary, ['weight-25', 'weight-50 last']],
    [
      'blue-green with weights',
      { strategy: 'blue-green', options: { weights: [10, 100], soak: '1m' } },
      ['weight-10 last'],
    ],
    ['not blue-green that cuts over', { strategy: 'blue-green' }, []],
    ['not what is not watched', { options: { weights: [25, 50], soak: '0s' } }, []],
    [
      'not rolling, whose requests nobody weighs',
      { strategy: 'rolling', options: { batches: ['50%'], soak: '1m' } },
      [],
    ],
    ['not an emergency', { ...canary, emergency: true }, []],
  ] as const)('%s', (_, wish, stages) => {
    expect(gatesOf(wish as Parameters<typeof comparedPlan>[0])).toEqual(stages)
  })
})
