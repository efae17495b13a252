import { describe, expect, it } from 'vitest'
import { strategies } from '../../strategies/index.ts'
import { planOf } from '../support/plans.ts'
import { routers } from '../../src/routers/index.ts'
import type { Router } from '../../src/core/router.ts'

/** Every strategy with every router that it can use. */
const pairs = strategies.flatMap((strategy) =>
  routers
    .filter(({ resolution }) => strategy.routing.includes(resolution))
    .map((router) => [strategy.name, router.name] as const),
)
const unitOf = (strategy: string, router: string) => {
  const [unit] = planOf({ strategy: strategy as 'canary', router: router as 'selector' }).waves.flatMap(
    ({ units }) => units,
  )
  if (!unit) throw new Error('no unit')
  return unit
}

describe.each(pairs)('%s by %s', (strategy, router) => {
  const unit = unitOf(strategy, router)
  const steps = unit.stages.flatMap((stage) => stage.steps)

  it('sends nobody to the new pods before they are Ready and the locks are on', () => {
    const first = steps.findIndex(({ id }) => id.startsWith('weight-'))
    const locks = ['prepare.pause', 'prepare.tag'].map((id) => steps.findIndex((step) => step.id === id))
    expect(locks.every((index) => index >= 0 && index < first)).toBe(true)
    expect(JSON.stringify(steps[first]?.action.guard ?? steps[first - 1]?.action.expect)).toContain('"track":"new"')
  })

  it('writes nothing that its way back does not bring back', () => {
    const back = new Set(
      unit.back.flatMap(({ action: { mutation } }) =>
        mutation.verb === 'change'
          ? mutation.changes.map(({ path }) => `${mutation.object.kind}/${mutation.object.name}${path}`)
          : [],
      ),
    )
    const written = steps
      .filter(({ undo }) => undo === 'back')
      .flatMap(({ action: { mutation } }) =>
        mutation.verb === 'change'
          ? mutation.changes.map(({ path }) => `${mutation.object.kind}/${mutation.object.name}${path}`)
          : [],
      )
      .filter((field) => !field.endsWith('deploy~1note'))
    expect(written.filter((field) => !back.has(field))).toEqual([])
  })

  it('leaves every object that it touched without its marks, both ways', () => {
    const objects = (list: readonly { action: (typeof steps)[number]['action'] }[], verb: string): Set<string> =>
      new Set(
        list.flatMap(({ action: { mutation } }) =>
          mutation.verb === verb && 'object' in mutation ? [`${mutation.object.kind}/${mutation.object.name}`] : [],
        ),
      )
    const changed = [...objects(steps, 'change')].sort()
    expect([...objects(steps, 'disown')].sort()).toEqual(changed)
    expect([...objects(unit.back, 'disown')].sort()).toEqual(changed)
    expect([...objects(steps, 'delete')].sort()).toEqual([...objects(steps, 'create')].sort())
    expect([...objects(unit.back, 'delete')].sort()).toEqual([...objects(steps, 'create')].sort())
  })

  it('never asks for a sum of no surge and nothing unavailable: the API server refuses both 0', () => {
    const strategies = steps
      .flatMap(({ action: { mutation } }) => (mutation.verb === 'change' ? mutation.changes : []))
      .filter(({ path }) => path === '/spec/strategy')
      .map(({ to }) => to as { rollingUpdate: { maxSurge: unknown; maxUnavailable: unknown } } | null)
    expect(
      strategies.filter((one) => one?.rollingUpdate.maxSurge === 0 && one.rollingUpdate.maxUnavailable === 0),
    ).toEqual([])
  })
})

describe('every router', () => {
  it.each(routers.map((router): [string, Router] => [router.name, router]))(
    '%s says in one line what it does',
    (_name, router) => {
      expect(router.summary).toMatch(/^[a-zA-Z].{10,90}$/)
    },
  )
})
