import { describe, expect, it } from 'vitest'
import { hour, minute, second, type Millis } from '../../src/core/time.ts'
import { historyOf as countedOf, increment, measuredPlan, rules } from '../support/measured.ts'
import { comes } from './support/decided.ts'
import { type History, historyOf } from './support/history.ts'

const canary = { bare: true, options: { weights: [25, 50], soak: '5m', bake: '5m' } }
const plan = measuredPlan([rules.errors], canary)
const last = plan.waves[0]?.units[0]?.stages.find(({ id }) => id === 'weight-25')?.steps.at(-1)
const soaking = historyOf(plan).upTo(last?.id ?? '')

/** What comes of one poll, 10 s later: new pods were read at its end and fail 40 %, stable ones so much earlier. */
function polled({ stable, earlier, story = soaking }: { stable: number; earlier: Millis; story?: History }): string[] {
  const now = story.state.last + 10 * second
  const counted = countedOf(
    [
      increment(now - earlier, 'stable', { requests: 300, bad: 3 * stable }),
      increment(now, 'new', { requests: 100, bad: 40 }),
    ],
    { heard: now },
  )
  return comes(story, { after: now - story.state.opened, counted })
}

describe('a trigger that fires at the first requests', () => {
  it.each([0, 1, 15 * second])(
    'is the environment where stable pods, read %i ms before the new ones, fail, too',
    (earlier) => {
      expect(polled({ stable: 40, earlier })).toEqual([
        expect.stringMatching(
          /^paused .* \(environment\): environment, not release: new pods: errors 40 % of 100 requests so far; stable errors 40 %/,
        ),
      ])
    },
  )

  it.each([0, 1, 15 * second])(
    'is the release where stable pods, read %i ms before the new ones, do well',
    (earlier) => {
      expect(polled({ stable: 0, earlier })).toEqual([
        expect.stringMatching(
          /^judged weight-25 fail: new pods: errors 40 % of 100 requests so far; stable errors 0 %/,
        ),
        expect.stringMatching(/^turned .* back \(failed\)/),
      ])
    },
  )

  it('is the release, once somebody has gone on, whatever stable pods did before that', () => {
    const paused = { type: 'paused', units: [soaking.unit.id], cause: 'environment', why: 'a database' } as const
    const story = soaking
      .fact(paused)
      .later(second)
      .fact({ type: 'resumed', units: [soaking.unit.id], by: 'anna' })
    expect(polled({ stable: 40, earlier: 11 * second, story })).toEqual([
      expect.stringMatching(/^judged weight-25 fail: new pods: errors 40 % of 100 requests so far \(error-rate/),
      expect.stringMatching(/^turned .* back \(failed\)/),
    ])
  })
})

describe('where pods are scraped at moments of their own', () => {
  /** New pods were seen to fail a second before this; what is seen of stable after that is the test's to say. */
  const at = soaking.state.last + 30 * second
  const scraped = (stableTo: number, ...stable: readonly Millis[]) =>
    comes(soaking, {
      after: at - soaking.state.opened,
      counted: countedOf(
        [
          increment(at - 10 * second, 'stable', { requests: 300, bad: 0 }),
          increment(at - 10 * second, 'new', { requests: 100, bad: 0 }),
          increment(at - second, 'new', { requests: 30, bad: 20 }),
          ...stable.map((ago) => increment(at - ago, 'stable', { requests: 90, bad: 60 })),
        ],
        { heard: at, stableTo: at - stableTo },
      ),
    })

  it('what is seen of new pods waits until stable is known as far', () => {
    expect(scraped(2 * second)).not.toContainEqual(expect.stringContaining('new pods: errors'))
  })

  it('and is the environment where stable fails, too', () => {
    expect(scraped(0, 0)).toEqual([expect.stringMatching(/^paused .* \(environment\)/)])
  })

  it('and is the release where stable does well', () => {
    expect(scraped(0)).toContainEqual(expect.stringMatching(/^turned .* back \(failed\)/))
  })
})

it('a trigger of the longest window fires by all of it: requests that came before are forgotten, not when they began', () => {
  const long = measuredPlan([{ ...rules.errors, over: 6 * hour }], canary)
  const story = historyOf(long).upTo(last?.id ?? '')
  const after = 6 * hour + minute
  const now = story.state.opened + after
  // 1.5 % of a thousand: too few for a window that is not full.
  const counted = countedOf([increment(now - hour, 'new', { requests: 1000, bad: 15 })], { heard: now })
  const began = (at: Millis) => comes(story, { after, counted: { ...counted, first: { new: at, stable: null } } })
  expect(began(now - after)).toContainEqual(
    expect.stringMatching(/fail: new pods: errors 1\.5 % of 1000 requests in 6 h/),
  )
  expect(began(now - hour)).not.toContainEqual(expect.stringContaining('errors 1.5 %'))
})

it('a query is crossed at every poll of its window, however far apart polls are', () => {
  const asked = measuredPlan([{ ...rules.queue, over: 10 * minute }], canary)
  const plans = (every: Millis) => ({
    ...asked,
    waves: asked.waves.map((wave) => ({
      ...wave,
      units: wave.units.map(({ evidence, ...unit }) => ({
        ...unit,
        ...(evidence && { evidence: { ...evidence, source: evidence.source && { ...evidence.source, every } } }),
      })),
    })),
  })
  const fired = (every: Millis): readonly string[] => {
    const story = historyOf(plans(every)).upTo(last?.id ?? '')
    const now = story.state.opened + 20 * minute
    const values = new Map([['queue', [9, 6, 3, 0].map((ago) => [now - ago * minute, 1200] as const)]])
    return comes(story, { after: 20 * minute, counted: countedOf([], { heard: now, values }) })
  }
  expect(fired(3 * minute)).toContainEqual(expect.stringContaining('queue 1200 for 10 min'))
  expect(fired(10 * second)).not.toContainEqual(expect.stringContaining('queue 1200'))
})
