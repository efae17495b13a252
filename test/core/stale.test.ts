import { describe, expect, it } from 'vitest'
import { staleness } from '../../src/core/stale.ts'
import type { View } from '../../src/core/view.ts'
import { planOf, worldOf } from '../support/plans.ts'
import { edited, live, put, ref, setOf, unitIn, without } from './support/cast.ts'

const unit = unitIn()
const world = worldOf({}, 'web')
const after = (change: (view: View) => View): string[] => staleness(unit, change(world))

describe('a plan', () => {
  it('is fresh while nothing has moved that it changes', () => {
    expect(after((view) => view)).toEqual([])
    expect(after((view) => edited(view, ref('Deployment'), '/spec/replicas', 30))).toEqual([])
    expect(after((view) => edited(view, ref('Deployment'), '/metadata/labels', { team: 'x' }))).toEqual([])
  })

  it('is stale when a field holds another value than it saw', () => {
    expect(after((view) => edited(view, ref('Deployment'), '/spec/paused', true))).toEqual([
      'deployment/web /spec/paused is true; the plan saw absent',
    ])
    expect(after((view) => edited(view, ref('Service'), '/spec/selector', { app: 'api' }))).toEqual([
      'service/web /spec/selector is {"app":"api"}; the plan saw {"app":"web"}',
    ])
  })

  it('never shows a long value: a template may hold anything', () => {
    const containers = [{ name: 'app', image: 'x', env: [{ name: 'PASSWORD', value: 'hunter2'.repeat(20) }] }]
    const text = after((view) => edited(view, ref('Deployment'), '/spec/template/spec/containers', containers))
    expect(text).toEqual(['deployment/web /spec/template is another value; the plan saw another value'])
  })

  it('is stale when an object that it changes is gone', () => {
    expect(after((view) => without(view, ref('HTTPRoute')))).toContain('httproute/web is gone')
  })

  it('is stale when the rule of a route is not the one that it saw', () => {
    const moved = after((view) => edited(view, ref('HTTPRoute'), '/spec/rules/0/matches', [{ path: { value: '/x' } }]))
    expect(moved).toEqual(['httproute/web /spec/rules/0/matches is [{"path":{"value":"/x"}}]; the plan saw absent'])
  })

  it('is stale when another set has pods than the one that was stable', () => {
    const deployment = live(world, ref('Deployment'))
    const owned = { ...deployment, metadata: { ...deployment.metadata, uid: 'uid-web' } }
    expect(after((view) => put(view, owned, setOf('other', 1)))).toEqual([
      'replicaset web-other has pods now; the plan saw only web-7c9f6d5b8',
    ])
  })

  it('compares with what it saw first, not with what it writes on its way', () => {
    const moved = after((view) => edited(view, ref('Deployment'), '/spec/paused', false))
    expect(moved).toEqual(['deployment/web /spec/paused is false; the plan saw absent'])
  })

  it('is fresh for every strategy just after planning', () => {
    for (const strategy of ['canary', 'blue-green', 'rolling'] as const)
      for (const one of planOf({ strategy }).waves.flatMap(({ units }) => units))
        expect(staleness(one, world)).toEqual([])
  })
})
