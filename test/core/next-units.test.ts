import { describe, expect, it } from 'vitest'
import type { Fact } from '../../src/core/journal.ts'
import type { Unit, Wave } from '../../src/core/plan.ts'
import { edited, ref } from './support/cast.ts'
import { comes, decided } from './support/decided.ts'
import { type History, historyOf } from './support/history.ts'
import type { View } from '../../src/core/view.ts'
import { smallPlan, stage, step } from './support/small.ts'

const clusters = ['one', 'two', 'three']
const stages = [stage('work', [step('a')]), stage('drain', [step('b', { undo: 'never' })], { otherwise: 'pause' })]
const web = (cluster: string): string => `web@${cluster}`

const wave =
  (more: Partial<Wave>) =>
  (units: readonly Unit[]): Wave[] => [{ id: 'all', parallel: 3, onFailure: 'all', units, ...more }]
const each =
  (more: Partial<Wave> = {}) =>
  (units: readonly Unit[]): Wave[] =>
    units.map((unit) => ({ id: unit.id, parallel: 1, onFailure: 'all', units: [unit], ...more }))

// All clusters of these tests look alike, and as if every step had been written.
const writtenBefore = (view: View): View =>
  ['/spec/a', '/spec/b'].reduce((seen, path) => edited(seen, ref('Service'), path, 'on'), view)

const three = (waves = wave({})): History => historyOf(smallPlan(stages, { clusters, waves })).see(writtenBefore)
const sends = (history: History) => decided(history).sends.map(({ unit, step }) => `${unit} ${step}`)

const acted = (cluster: string, id: string): Fact[] => {
  const place = { unit: web(cluster), step: id, way: 'forward' } as const
  return [
    { type: 'intended', ...place, body: 'b' },
    { type: 'sent', ...place, receipt: {} },
    { type: 'settled', ...place },
  ]
}
const passed = (cluster: string, id: string): Fact => ({
  type: 'judged',
  unit: web(cluster),
  stage: id,
  answer: 'pass',
  because: 'ready',
})
/** At the stage from which there is no way back. */
const proven = (cluster: string): Fact[] => [...acted(cluster, 'a'), passed(cluster, 'work')]
const turned = (cluster: string): Fact => ({
  type: 'turned',
  units: [web(cluster)],
  to: 'back',
  why: 'crashes',
  cause: 'failed',
})
const ended = (cluster: string): Fact => ({ type: 'ended', unit: web(cluster), outcome: 'done', because: 'serves' })

describe('units of a wave', () => {
  it('run side by side', () => {
    expect(sends(three())).toEqual(['web@one a', 'web@two a', 'web@three a'])
  })

  it('run at most so many at a time', () => {
    expect(sends(three(wave({ parallel: 2 })))).toEqual(['web@one a', 'web@two a'])
  })

  it('make room for the next when they have ended', () => {
    const history = three(wave({ parallel: 1, onFailure: 'unit' })).fact(...proven('one'), ended('one'))
    expect(sends(history)).toEqual(['web@two a'])
  })

  it('make room for the next when they wait for it', () => {
    expect(sends(three(wave({ parallel: 1 })).fact(...proven('one')))).toEqual(['web@two a'])
  })

  it('hold their room while they are at work', () => {
    expect(sends(three(wave({ parallel: 1 })).fact(...acted('one', 'a')))).toEqual([])
  })
})

describe('the point of no return', () => {
  it('is not passed before all have come so far', () => {
    const history = three().fact(...proven('one'), ...proven('two'))
    expect(sends(history)).toEqual(['web@three a'])
    expect([...decided(history).waiting]).toEqual([
      ['web@one', 'the other clusters to come this far'],
      ['web@two', 'the other clusters to come this far'],
    ])
  })

  it('is passed by all when the last has come', () => {
    const history = three().fact(...proven('one'), ...proven('two'), ...proven('three'))
    expect(sends(history)).toEqual(['web@one b', 'web@two b', 'web@three b'])
  })

  it('keeps nobody who is past it from going on', () => {
    const history = three().fact(...proven('one'), ...proven('two'), ...proven('three'), ...acted('one', 'b'))
    expect(decided(history).facts).toEqual([expect.objectContaining({ stage: 'drain', answer: 'pass' })])
  })

  it('is passed alone where a failure takes back only its own unit', () => {
    expect(sends(three(wave({ onFailure: 'unit' })).fact(...proven('one')))).toContain('web@one b')
  })

  it('is not passed beside one that goes back', () => {
    const history = three(wave({ onFailure: 'wave' })).fact(...proven('one'), ...proven('two'), turned('three'))
    expect(comes(history)[0]).toBe('turned web@one,web@two back (failed): crashes')
  })
})

describe('a unit that goes back', () => {
  it('takes its wave with it', () => {
    const history = three(wave({ onFailure: 'wave' })).fact(...acted('one', 'a'), turned('two'))
    expect(comes(history)).toEqual(['turned web@one,web@three back (failed): crashes'])
  })

  it('goes alone where that was asked for', () => {
    const history = three(wave({ onFailure: 'unit' })).fact(turned('two'))
    expect(sends(history)).toEqual(['web@one a', 'web@three a'])
  })

  it('takes later waves with it: they never begin', () => {
    const history = three(each({ onFailure: 'wave' })).fact(turned('one'))
    expect(comes(history)).toEqual(['turned web@two,web@three back (failed): crashes'])
  })

  it('leaves earlier waves where its failure is its wave’s', () => {
    const history = three(each({ onFailure: 'wave' })).fact(...acted('one', 'a'), turned('two'))
    expect(comes(history)).toEqual(['turned web@three back (failed): crashes'])
  })

  it('takes everything with it where it stands for all', () => {
    const history = three(each()).fact(...acted('one', 'a'), turned('two'))
    expect(comes(history)).toEqual(['turned web@one,web@three back (failed): crashes'])
  })

  it('leaves those that are past their way back', () => {
    const past = [...proven('one'), ...acted('one', 'b')]
    expect(comes(three().fact(...past, turned('two')))).toEqual(['turned web@three back (failed): crashes'])
  })

  it('leaves those that have ended', () => {
    expect(comes(three().fact(...proven('one'), ended('one'), turned('two')))).toEqual([
      'turned web@three back (failed): crashes',
    ])
  })
})

describe('waves', () => {
  it('run one after the other', () => {
    expect(sends(three(each()))).toEqual(['web@one a'])
    expect(sends(three(each()).fact(...proven('one'), ended('one')))).toEqual(['web@two a'])
  })
})
