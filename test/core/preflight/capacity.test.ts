import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../src/core/objects.ts'
import { canary, complaint, given, node, nodes, object, statefulSet, service, told, type World } from './world.ts'

const quota = (hard: object, used: object = {}, spec: object = {}): KubeObject =>
  object('ResourceQuota', 'compute', { spec: { hard, ...spec }, status: { hard, used } })
const limits = (...list: object[]): KubeObject => object('LimitRange', 'bounds', { spec: { limits: list } })
const half: World = { also: [quota({ 'requests.cpu': '3200m' }, { 'requests.cpu': '2' })] }

describe('a quota', () => {
  it('that is too small is refused with the numbers', () => {
    expect(complaint(canary(half), 'quota-short')).toMatchObject({
      level: 'refuse',
      what: 'needs 4 more pods x 500m = 2000m cpu, quota compute has 1200m left of 3200m (requests.cpu)',
      remedy: expect.stringContaining('by 800m') as string,
    })
  })

  it('that holds the surge is not told', () => expect(told(given(half))).toEqual([]))
  it('counts what grows in every pod that is replaced', () => {
    const newTemplate = { '/spec/containers/0/resources/requests/cpu': '900m' }
    expect(complaint(given({ ...half, newTemplate }), 'quota-short').what).toMatch(
      /^needs 1 more pod x 900m \+ 3 pods x 400m more than now = 2100m cpu, /,
    )
  })

  it.each([
    ['pods', { pods: '5' }, { pods: '4' }, 'needs 4 more pods, quota compute has 1 left of 5 (pods)'],
    [
      'count/pods',
      { 'count/pods': '4' },
      { 'count/pods': '4' },
      'needs 4 more pods, quota compute has 0 left of 4 (count/pods)',
    ],
    ['cpu', { cpu: '2' }, { cpu: '2' }, 'needs 4 more pods x 500m = 2000m cpu, quota compute has 0m left of 2 (cpu)'],
    [
      'memory',
      { 'requests.memory': '1Gi' },
      { 'requests.memory': '1Gi' },
      'needs 4 more pods x 256Mi = 1Gi memory, quota compute has 0 left of 1Gi (requests.memory)',
    ],
    [
      'services',
      { services: '1' },
      { services: '1' },
      'needs 1 more service, quota compute has 0 left of 1 (services)',
    ],
  ])('of %s', (_key, hard, used, what) => {
    expect(complaint(canary({ also: [quota(hard, used)] }), 'quota-short').what).toBe(what)
  })

  it('of another scope does not count these pods', () =>
    expect(told(canary({ also: [quota({ pods: '4' }, { pods: '4' }, { scopes: ['BestEffort'] })] }))).toEqual([]))
  it('of a priority class counts only its pods', () => {
    const high = {
      scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] },
    }
    const also = [quota({ pods: '4' }, { pods: '4' }, high)]
    expect(told(canary({ also }))).toEqual([])
    expect(told(canary({ also, template: { '/spec/priorityClassName': 'high' } }))).toEqual(['refuse quota-short'])
  })
  it('of an unknown scope is said not to be checked', () =>
    expect(told(canary({ also: [quota({ pods: '4' }, { pods: '4' }, { scopes: ['New'] })] }))).toEqual([
      'not-checked quota-scope',
    ]))

  it('demands that pods say what they want', () => {
    const also = [quota({ 'limits.memory': '10Gi' })]
    expect(told(given({ also }))).toEqual(['refuse quota-demands'])
    expect(told(given({ also: [...also, limits({ type: 'Container', default: { memory: '1Gi' } })] }))).toEqual([])
  })

  it('is only a warning with --emergency, and counts the surge of the workload itself', () => {
    const also = [quota({ pods: '4' }, { pods: '4' })]
    expect(complaint(canary({ also, emergency: true }), 'quota-short')).toMatchObject({
      level: 'warn',
      what: expect.stringContaining('needs 1 more pod,') as string,
    })
  })
  it('needs no more pods where they are replaced in place', () => {
    const also = [quota({ pods: '3' }, { pods: '3' })]
    const workload = { kind: 'StatefulSet', namespace: 'shop', name: 'web' } as const
    expect(told(given({ objects: [statefulSet(), service()], workload, also }))).toEqual([])
  })
})

describe('a LimitRange', () => {
  it.each([
    [
      'max of a container',
      { type: 'Container', max: { cpu: '400m' } },
      'container app has requests.cpu 500m, LimitRange bounds allows at most 400m for each Container',
    ],
    [
      'min of a container',
      { type: 'Container', min: { memory: '1Gi' } },
      'container app has requests.memory 256Mi, LimitRange bounds allows at least 1Gi for each Container',
    ],
    [
      'max of a pod',
      { type: 'Pod', max: { cpu: '400m' } },
      'a pod of deployment web has requests.cpu 500m, LimitRange bounds allows at most 400m for each Pod',
    ],
  ])('refuses beyond the %s', (_what, limit, what) => {
    expect(complaint(given({ also: [limits(limit)] }), 'limit-range').what).toBe(what)
  })
  it('within bounds is not told', () =>
    expect(told(given({ also: [limits({ type: 'Container', max: { cpu: '500m' }, min: { cpu: '500m' } })] }))).toEqual(
      [],
    ))
})

describe('the nodes', () => {
  it('without room are a warning: an autoscaler may add some', () => {
    const small = nodes(4).map((_, index) => node(index, { cpu: '1', memory: '8Gi', pods: '110' }))
    expect(told(canary({ nodes: small }))).toEqual([])
    expect(complaint(canary({ nodes: small.slice(1) }), 'node-room')).toMatchObject({
      level: 'warn',
      what: 'needs room for 4 more pods of deployment web (each 500m cpu, 256Mi memory); 3 nodes that would take them have room for 3 at the most, short of cpu',
    })
  })

  it.each([
    ['cordoned', { unschedulable: true }, {}],
    ['tainted', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] }, {}],
    ['not selected', {}, { '/spec/nodeSelector': { disk: 'ssd' } }],
    [
      'excluded by affinity',
      {},
      {
        '/spec/affinity': {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['z0', 'z1'] }] }],
            },
          },
        },
      },
    ],
  ])('that are %s do not count', (_why, spec, template) => {
    const all = Array.from({ length: 9 }, (_, index) => node(index, undefined, spec))
    expect(told(given({ nodes: all, template }))).toEqual(['warn node-room'])
  })
  it('whose taint is tolerated count', () => {
    const tainted = [node(5, undefined, { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] })]
    const tolerations = [{ key: 'gpu', operator: 'Exists' }]
    expect(told(given({ nodes: tainted, template: { '/spec/tolerations': tolerations } }))).toEqual([])
  })
  it('that may not be seen are said not to be checked', () => {
    expect(told(given({ nodes: null }))).toEqual(['not-checked nodes'])
  })
})

const apart = (topologyKey: string, more: object = {}) => ({
  '/spec/affinity': {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey, labelSelector: { matchLabels: { app: 'web' } }, ...more },
      ],
    },
  },
})

describe('pods that stand alone', () => {
  const host = apart('kubernetes.io/hostname')

  it('on each node need spare nodes', () => {
    expect(told(canary({ nodes: nodes(8), template: host }))).toEqual([])
    expect(complaint(canary({ nodes: nodes(7), template: host }), 'no-spare-node')).toMatchObject({
      level: 'refuse',
      what: 'required anti-affinity over kubernetes.io/hostname: 4 new pods beside the old, each in a place of its own, and 3 of 7 are free',
      remedy: 'release at most 75 % at a time with the strategy rolling, or add nodes',
    })
  })
  it('in each zone need spare zones', () =>
    expect(told(given({ template: apart('zone') }))).toEqual(['refuse no-spare-node']))
  it('within their own set need none', () =>
    expect(
      told(
        given({
          nodes: nodes(4),
          template: apart('kubernetes.io/hostname', { matchLabelKeys: ['pod-template-hash'] }),
        }),
      ),
    ).toEqual([]))
  it('for a port of the node need spare nodes', () => {
    const ports = { '/spec/containers/0/ports': [{ name: 'http', containerPort: 8080, hostPort: 80 }] }
    const set = Object.fromEntries([0, 1, 2, 3].map((index) => [`Pod/web-old-${index}`, ports]))
    expect(told(given({ nodes: nodes(4), template: ports, set }))).toEqual(['refuse no-spare-node'])
    expect(told(given({ nodes: nodes(5), template: ports, set }))).toEqual([])
  })
  it('are told where nodes may not be seen', () =>
    expect(complaint(given({ nodes: null, template: host }), 'nodes').what).toContain('one per place'))
  it('spread over places are told to count their own set', () => {
    const constraint = { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'web' } } }
    const spread = (more: object) =>
      told(given({ template: { '/spec/topologySpreadConstraints': [{ ...constraint, ...more }] } }))
    expect(spread({})).toEqual(['warn spread-counts-both'])
    expect(spread({ matchLabelKeys: ['pod-template-hash'] })).toEqual([])
  })
})

describe('a claim', () => {
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
  const template = { '/spec/volumes': volumes }
  const claim = (mode: string): KubeObject => object('PersistentVolumeClaim', 'data', { spec: { accessModes: [mode] } })

  it('that one node holds is refused', () =>
    expect(told(given({ template, also: [claim('ReadWriteOnce')] }))).toEqual(['refuse volume-read-write-once']))
  it('that many nodes may mount is not told', () =>
    expect(told(given({ template, also: [claim('ReadWriteMany')] }))).toEqual([]))
  it('that is not seen is a warning', () => expect(told(given({ template }))).toEqual(['warn volume-read-write-once']))
  it('that is not seen and has pods on two nodes is shared', () => {
    const set = { 'Pod/web-old-0': template, 'Pod/web-old-1': template }
    expect(told(given({ template, set }))).toEqual([])
  })
})
