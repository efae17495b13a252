import { describe, expect, it } from 'vitest'
import type { Fact, PauseCause } from '../../src/core/journal.ts'
import { fold, type RunState, stateOf } from '../../src/core/state.ts'
import { answer, type Answered } from '../../src/engine/answer.ts'
import type { Ask } from '../../src/engine/asks.ts'
import { planOf } from '../support/plans.ts'

const plan = planOf({ clusters: ['a', 'b'] })
const stages = plan.waves.flatMap(({ units }) => units)[0]?.stages.map(({ id }) => id) ?? []

/** A unit that has come to this stage. */
const at = (unit: string, stage: string): readonly Fact[] =>
  stages
    .slice(0, stages.indexOf(stage))
    .map((passed) => ({ type: 'judged', unit, stage: passed, answer: 'pass', because: '' }))
const paused = (unit: string, cause: PauseCause): Fact => ({ type: 'paused', units: [unit], cause, why: cause })

const after = (...facts: readonly Fact[]): RunState =>
  fold(
    stateOf(plan),
    facts.map((fact, index) => ({ ...fact, seq: index + 1, at: (index + 1) * 1000, epoch: 1, prev: '' })),
  )
const asked = (run: RunState, ...asks: readonly Ask[]): Answered => answer(plan, run, asks)

const promote: Ask = { verb: 'promote', by: 'anna' }

describe('a yes', () => {
  const [first = '', second = '', third = ''] = stages

  it('to a stage is no yes of the units that come to it later', () => {
    const run = after(...at('web@a', second), ...at('web@b', first), paused('web@a', 'human'))
    expect(asked(run, promote).facts).toEqual([
      { type: 'asked', verb: 'promote', by: 'anna', stage: second, units: ['web@a'] },
      { type: 'resumed', units: ['web@a'], by: 'anna' },
    ])
  })

  it('is for all that stand at its stage', () => {
    const run = after(...at('web@a', second), ...at('web@b', second), paused('web@a', 'human'))
    expect(asked(run, promote).facts[0]).toMatchObject({ stage: second, units: ['web@a', 'web@b'] })
  })

  it('that names no stage is for the unit that is paused, whatever for', () => {
    const run = after(...at('web@a', third), ...at('web@b', second), paused('web@b', 'inconclusive'))
    expect(asked(run, promote).facts).toEqual([
      { type: 'asked', verb: 'promote', by: 'anna', stage: second, units: ['web@b'] },
      { type: 'resumed', units: ['web@b'], by: 'anna' },
    ])
  })

  it('that names no stage is for the unit that asks for it, before any other that is paused', () => {
    const run = after(...at('web@a', third), ...at('web@b', second), paused('web@a', 'drift'), paused('web@b', 'human'))
    expect(asked(run, promote).facts).toMatchObject([{ stage: second }, { units: ['web@b'] }])
  })
})

describe('what is asked in the same moment', () => {
  it('is answered one after the other: what was just taken back is not paused', () => {
    const run = after(...at('web@a', stages[1] ?? ''), ...at('web@b', stages[1] ?? ''))
    const { facts, answers } = asked(
      run,
      { verb: 'leave', by: 'SIGTERM', exit: 'terminated' },
      { verb: 'pause', by: 'ben', id: 'x1' },
    )
    expect(facts.map(({ type }) => type)).toEqual(['turned', 'warned'])
    expect(answers).toEqual([{ id: 'x1', refused: expect.stringContaining('the way back is not paused') }])
  })
})
