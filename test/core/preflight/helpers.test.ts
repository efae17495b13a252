import { describe, expect, it } from 'vitest'
import type { Ref } from '../../../src/core/kinds.ts'
import { autoscalerOf } from '../../../src/core/preflight/autoscaler.ts'
import { budgetsOf } from '../../../src/core/preflight/budgets.ts'
import { pinsOf } from '../../../src/core/preflight/pins.ts'
import { stableOf } from '../../../src/core/preflight/stable.ts'
import {
  canary,
  complaint,
  deployment,
  given,
  healthy,
  labels,
  object,
  pod,
  replicaSet,
  service,
  told,
  viewOf,
} from './world.ts'

const names = (refs: readonly Ref[]): string[] => refs.map(({ name }) => name)
const web: Ref = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const api = [deployment(1, 'api'), replicaSet('a', 1, 1, 'api'), pod(9, { owner: 'api', hash: 'a' })]

describe('the pins', () => {
  it('are all Services that select the pods, but those left out', () => {
    const view = viewOf([
      service('web'),
      service('web-internal', { selector: { tier: 'front' } }),
      service('metrics'),
      service('other', { selector: { app: 'web', tier: 'back' } }),
      service('elsewhere', { type: 'ExternalName' }),
      service('by-hand', { selector: {} }),
    ])
    expect(names(pinsOf(view, labels, ['metrics']))).toEqual(['web', 'web-internal'])
  })

  it('switch callers that bypass the router at the finish, which is told', () => {
    const world = { also: [service('web-internal')] }
    expect(complaint(canary(world), 'service-bypass')).toMatchObject({
      level: 'warn',
      what: 'callers inside the cluster through service web, web-internal switch at the finish, all at once',
    })
    expect(told(given(world))).toEqual([])
  })
})

const budget = (name: string, selector: object | null, status: object = { disruptionsAllowed: 1 }) =>
  object('PodDisruptionBudget', name, { spec: selector ? { selector } : {}, status })
const own = { matchLabels: { app: 'web' } }

describe('the budgets', () => {
  it('are those that match the pods; an empty selector matches all, a missing one none', () => {
    const view = viewOf([
      ...healthy,
      budget('web', own),
      budget('all', {}),
      budget('none', null),
      budget('api', { matchLabels: { app: 'api' } }),
    ])
    expect(names(budgetsOf(view, labels))).toEqual(['all', 'web'])
  })

  it('are not those that guard other pods as well: pinned they would leave them unguarded', () => {
    const also = [...api, budget('all', {})]
    const view = viewOf([...healthy, ...also])
    expect(names(budgetsOf(view, labels))).toEqual([])
    expect(names(budgetsOf(view, { ...labels, tier: 'next' }))).toEqual([])
    expect(
      told(
        canary({
          also,
          excludedPins: [],
          set: { 'Service/web': { '/spec/selector/pod': 'x' } },
          template: { '/metadata/labels/pod': 'x' },
        }),
      ),
    ).toContain('warn budget-shared')
  })

  it('that allow no eviction are told', () => {
    const none = { disruptionsAllowed: 0, currentHealthy: 4, desiredHealthy: 4 }
    expect(complaint(given({ also: [budget('web', own, none)] }), 'budget-allows-none')).toMatchObject({
      level: 'warn',
      what: 'pdb web allows no eviction: 4 pods are healthy, 4 have to be',
    })
  })
  it('must not be two', () =>
    expect(told(given({ also: [budget('a', own), budget('b', own)] }))).toEqual(['warn budgets-several']))
  it('that were left pinned are told', () =>
    expect(told(given({ also: [budget('web', { matchLabels: { app: 'web', 'pod-template-hash': 'x' } })] }))).toEqual([
      'warn budget-pin-left',
    ]))
})

const hpa = (name: string, metrics: readonly object[] = [], metadata: object = {}, kind = 'Deployment') =>
  object('HorizontalPodAutoscaler', name, { metadata, spec: { scaleTargetRef: { kind, name: 'web' }, metrics } })
const external = (type: string) => ({ type: 'External', external: { metric: { name: 'queue' }, target: { type } } })

describe('the autoscaler', () => {
  it('is the one that scales this workload, of this kind', () => {
    expect(autoscalerOf(viewOf([hpa('web')]), web)?.name).toBe('web')
    expect(autoscalerOf(viewOf([hpa('web', [], {}, 'StatefulSet')]), web)).toBeNull()
  })
  it('by a total is refused above a quarter of surge, else told', () => {
    const also = [hpa('web', [external('Value')])]
    expect(told(given({ also, peakPercent: 25 }))).toEqual(['warn hpa-total-target'])
    expect(told(given({ also, peakPercent: 50 }))).toEqual(['refuse hpa-total-target'])
    expect(told(canary({ also }))).toEqual(['refuse hpa-total-target'])
    expect(told(canary({ also: [hpa('web', [external('AverageValue')])] }))).toEqual([])
  })
  it('of an operator is told', () => {
    const metadata = { ownerReferences: [{ kind: 'ScaledObject', name: 'web', uid: 'u', controller: true }] }
    expect(told(canary({ also: [hpa('keda-hpa-web', [], metadata)] }))).toEqual(['warn hpa-owned'])
  })
  it('must not be two', () => expect(told(given({ also: [hpa('a'), hpa('b')] }))).toEqual(['warn hpa-several']))
})

describe('stable', () => {
  it('is the one set that has pods', () => {
    const stable = stableOf(viewOf(healthy), deployment())
    expect(stable).toMatchObject({ hash: 'old', set: { metadata: { name: 'web-old' } } })
  })
  it('is not known while another set was asked for pods and can make none', () => {
    const stuck = replicaSet('new', 1, 0)
    const view = viewOf([...healthy, { ...stuck, status: { replicas: 0 } }])
    expect(stableOf(view, deployment())).toMatchObject({ code: 'two-live-sets' })
  })
  it('is not known without its hash', () => {
    const { labels: _, ...metadata } = replicaSet('old', 4).metadata
    const view = viewOf([...healthy.filter(({ kind }) => kind !== 'ReplicaSet'), { ...replicaSet('old', 4), metadata }])
    expect(stableOf(view, deployment())).toMatchObject({ code: 'stable-unknown' })
  })
  it('that is not ready names its pods and the way out', () => {
    const view = viewOf([deployment(), replicaSet('old', 4, 3), pod(0), pod(1), pod(2), pod(3, { ready: false })])
    expect(stableOf(view, deployment())).toMatchObject({
      code: 'stable-unhealthy',
      what: '3 of 4 pods of deployment web are ready: not web-old-3',
      remedy: expect.stringContaining('--emergency') as string,
    })
  })
})
