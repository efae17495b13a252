import { describe, expect, it } from 'vitest'
import type { Rule } from '../../src/core/evidence.ts'
import type { Plan, Unit } from '../../src/core/plan.ts'
import { minute, second } from '../../src/core/time.ts'
import type { History } from '../../src/judge/history.ts'
import { isBeyond, limitText, stageFigures, summary } from '../../src/report/figures.ts'
import { sparkline } from '../../src/report/sparkline.ts'
import { historyOf, measuredPlan, paced, rules } from '../support/measured.ts'
import { type Tale, tale } from './tale.ts'

const web = 'web@us-east-1'
const both = { new: { requests: 100, bad: 1, within: 250 }, stable: { requests: 300, bad: 0, within: 100 } } as const

const unitOf = (plan: Plan): Unit => {
  const [unit] = plan.waves.flatMap(({ units }) => units)
  if (!unit) throw new Error('no unit')
  return unit
}

const figuresOf = (plan: Plan, told: Tale, history: History, stage = 'weight-25') => {
  const unit = unitOf(plan)
  const found = unit.stages.find(({ id }) => id === stage)
  if (!found) throw new Error(`no stage ${stage}`)
  return stageFigures({ unit, stage: found, run: told.state, history, now: told.now })
}

const soaking = (triggers: readonly Rule[]): readonly [Plan, Tale] => {
  const plan = measuredPlan(triggers)
  return [plan, tale(plan).open().upTo(web, 'weight-25')]
}

describe('the figures of a stage', () => {
  it('are those of the time since its steps settled, of new and of stable pods', () => {
    const [plan, told] = soaking([rules.errors])
    const now = told.after(2 * minute)
    const before = paced({ new: { requests: 100, bad: 100 } }, told.now - minute, told.now)
    const history = historyOf([...before, ...paced(both, told.now + second, now.now)])
    const figures = figuresOf(plan, now, history)
    expect(figures?.rows[0]).toMatchObject({ name: 'errors', fresh: 0.01, stable: 0 })
    expect(figures).toMatchObject({ share: 0.25, requests: 1200 })
  })

  it('of a stage that is over, stay as they were when it passed', () => {
    const [plan, told] = soaking([rules.errors])
    const passed = told.after(minute).pass(web, 'weight-25')
    const history = historyOf([
      ...paced(both, told.now + second, passed.now),
      ...paced({ new: { requests: 100, bad: 100 } }, passed.now + second, passed.now + minute),
    ])
    const figures = figuresOf(plan, passed.after(minute), history)
    expect(figures && summary(figures)).toEqual(['errors 1 % against 0 %', 'p95 243 against 95 ms', 'share seen 25 %'])
  })

  it.each([
    [[rules.errors], 'limit 1 %'],
    [[rules.errors, rules.available], 'limit 0.5 %'],
    [[rules.burning], 'limit 1.4 %'],
    [[rules.queue], ''],
  ])('have the nearest limit: %j', (triggers, limit) => {
    const [plan, told] = soaking(triggers)
    const quiet = { new: { requests: 100, bad: 0 } }
    const [errors] =
      figuresOf(plan, told.after(minute), historyOf(paced(quiet, told.now, told.now + minute)))?.rows ?? []
    expect(errors && limitText(errors)).toBe(limit)
  })

  it('say in words what is over its limit', () => {
    const [plan, told] = soaking([rules.slow])
    const slow = { new: { requests: 100, bad: 0, within: 1000 } }
    const rows = figuresOf(plan, told.after(minute), historyOf(paced(slow, told.now, told.now + minute)))?.rows ?? []
    expect(rows.map((row) => [row.name, isBeyond(row), limitText(row)])).toEqual([
      ['errors', false, ''],
      ['p95', true, 'over limit 500 ms'],
    ])
  })

  it('have one value for each poll, and none where polls were missed', () => {
    const [plan, told] = soaking([rules.errors])
    const now = told.after(2 * minute)
    const history = historyOf([
      ...paced({ new: { requests: 10, bad: 0 } }, told.now + second, told.now + 20 * second),
      ...paced({ new: { requests: 10, bad: 5 } }, told.now + 50 * second, now.now),
    ])
    expect(figuresOf(plan, now, history)?.rows[0]?.recent).toEqual([
      0,
      0,
      null,
      null,
      ...Array.from({ length: 8 }, () => 0.5),
    ])
  })

  it('of a source that has something new less often than it is asked, have no gaps', () => {
    const [plan, told] = soaking([rules.errors])
    const scrapes = [1, 2, 3, 4].map((minutes) => ({
      at: told.now + minutes * minute,
      track: 'new' as const,
      requests: 1,
      bad: 0,
      buckets: new Map<number, number>(),
    }))
    const rows = figuresOf(plan, told.after(5 * minute), historyOf(scrapes))?.rows
    expect(rows?.[0]?.recent).toEqual([0, 0, 0, 0])
  })

  it('take polls together that follow closely on one another, as they do after a weight was raised', () => {
    const [plan, told] = soaking([rules.errors])
    const polls = [2, 4, 6, 8, 10, 12, 14, 16].map((seconds, index) => ({
      at: told.now + seconds * second,
      track: 'new' as const,
      requests: 1,
      bad: index < 4 ? 0 : 1,
      buckets: new Map<number, number>(),
    }))
    expect(figuresOf(plan, told.after(20 * second), historyOf(polls))?.rows[0]?.recent).toEqual([0, 1])
  })

  it('have no value for a poll in which the new pods had no request', () => {
    const [plan, told] = soaking([rules.errors])
    const now = told.after(40 * second)
    const quiet = paced({ new: { requests: 0, bad: 0 } }, told.now + 20 * second, now.now)
    const history = historyOf([
      ...paced({ new: { requests: 10, bad: 0 } }, told.now + second, told.now + 19 * second),
      ...quiet,
    ])
    expect(figuresOf(plan, now, history)?.rows[0]?.recent.at(-1)).toBeNull()
  })

  it('are those of the queries, too', () => {
    const [plan, told] = soaking([rules.queue])
    const values = new Map([
      [
        'queue',
        [
          [told.now + second, 12.3456],
          [told.now + 2 * second, null],
        ],
      ],
    ] as const)
    const rows = figuresOf(plan, told.after(minute), historyOf([], { values }))?.rows
    expect(rows?.[1]).toMatchObject({ name: 'queue', fresh: null, recent: [12.3456, null], limit: { value: 1000 } })
  })

  it.each([
    ['before its steps have settled', 'weight-50', rules.errors],
    ['of a stage that has not begun', 'bake', rules.errors],
  ])('are none %s', (_, stage, rule) => {
    const [plan, told] = soaking([rule])
    expect(figuresOf(plan, told, historyOf([]), stage)).toBeNull()
  })

  it('are none where nothing is measured', () => {
    const [plan, told] = soaking([])
    const { evidence: _, ...unit } = unitOf(plan)
    const bare = { ...plan, waves: [{ ...plan.waves[0], units: [unit] }] } as Plan
    expect(figuresOf(bare, told, historyOf([]))).toBeNull()
  })
})

describe('a sparkline', () => {
  it.each([
    [[0, 0.5, 1], 1, '▁▅█'],
    [[0, null, 2], 1, '▁ █'],
    [[0, 0], 0, '▁▁'],
    [[], 1, ''],
  ])('of %j up to %d is %j', (values, top, text) => {
    expect(sparkline(values, top)).toBe(text)
  })
})
