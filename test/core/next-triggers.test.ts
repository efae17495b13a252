import { describe, expect, it } from 'vitest'
import { second, type Millis } from '../../src/core/time.ts'
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
