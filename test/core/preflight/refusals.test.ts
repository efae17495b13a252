import { describe, expect, it } from 'vitest'
import { preflight } from '../../../src/core/preflight/preflight.ts'
import {
  canary,
  deployment,
  given,
  healthy,
  object,
  pod,
  replicaSet,
  service,
  statefulSet,
  told,
  type World,
} from './world.ts'

describe('a healthy service', () => {
  it('is released in place without a word', () => expect(told(given())).toEqual([]))
  it('is released by canary without a word', () => expect(told(canary())).toEqual([]))
})

const web = 'Deployment/web'
const twoSets: World = {
  objects: [deployment(), replicaSet('old', 3), replicaSet('new', 1, 0), pod(0), pod(1), pod(2), service()],
}
const unhealthy: World = {
  objects: [deployment(), replicaSet('old', 4, 3), pod(0), pod(1), pod(2), pod(3, { ready: false }), service()],
}
const stateful = (edits: Readonly<Record<string, unknown>> = {}): World => ({
  objects: [statefulSet(edits), service()],
  workload: { kind: 'StatefulSet', namespace: 'shop', name: 'web' },
})

/** One row for each rule: the world in which it speaks in a rolling release, and all that is told then. */
const inPlace: readonly (readonly [law: string, world: World, told: readonly string[]])[] = [
  ['refuses a first release', { without: [web] }, ['refuse workload-missing']],
  ['refuses without the Service', { without: ['Service/web'] }, ['refuse service-missing']],
  ['refuses an image that no container has', { image: 'registry.test/api:v2' }, ['refuse container-missing']],
  [
    'refuses a template without containers',
    { newTemplate: { '/spec/containers': [] } },
    ['refuse container-missing', 'refuse service-port-missing'],
  ],
  [
    'refuses a DaemonSet',
    { also: [object('DaemonSet', 'web')], workload: { kind: 'DaemonSet', namespace: 'shop', name: 'web' } },
    ['refuse daemonset'],
  ],
  [
    'tells only of the open run while there is one',
    { set: { [web]: { '/metadata/annotations': { 'deploy/token': 'r1.2' }, '/spec/paused': true } } },
    ['refuse run-open'],
  ],
  [
    'finds an open run on the Service, too',
    { set: { 'Service/web': { '/metadata/annotations': { 'deploy/token': 'r1.2' } } } },
    ['refuse run-open'],
  ],
  [
    'finds an open run that has only begun',
    { also: [object('ConfigMap', 'deploy-undo-web', { metadata: { annotations: { 'deploy/token': 'r1.1' } } })] },
    ['refuse run-open'],
  ],
  ['refuses a paused workload', { set: { [web]: { '/spec/paused': true } } }, ['refuse paused']],
  [
    'refuses what an operator owns',
    { set: { [web]: { '/metadata/ownerReferences': [{ kind: 'App', name: 'web', uid: 'u', controller: true }] } } },
    ['refuse operator-owned'],
  ],
  ['refuses 0 replicas', { set: { [web]: { '/spec/replicas': 0 } } }, ['refuse no-replicas']],
  ['refuses two live sets', twoSets, ['refuse two-live-sets']],
  [
    'refuses while a template waits to be rolled out',
    { set: { [web]: { '/status/updatedReplicas': 0 } } },
    ['refuse roll-out-waiting'],
  ],
  ['refuses when stable is not healthy', unhealthy, ['refuse stable-unhealthy']],
  [
    'refuses when nothing serves',
    { objects: [deployment(), replicaSet('old', 0), service()] },
    ['refuse stable-missing'],
  ],
  [
    'refuses what the controller has not seen',
    { set: { [web]: { '/metadata/generation': 8 } } },
    ['refuse stable-unknown'],
  ],
  [
    'refuses a brake that was left on',
    { set: { [web]: { '/spec/minReadySeconds': 2147483646 } } },
    ['refuse brake-left'],
  ],
  [
    'refuses a pin that was left on',
    { set: { 'Service/web': { '/spec/selector/pod-template-hash': 'old' } } },
    ['refuse pin-left', 'refuse service-elsewhere'],
  ],
  [
    'refuses a Service that names one release',
    { also: [service('web-api', { selector: { app: 'web', 'deploy/release': 'r0' } })] },
    ['refuse pin-left'],
  ],
  [
    'refuses a tag that was left on',
    { set: { 'ReplicaSet/web-old': { '/spec/template/metadata/annotations': { 'deploy/stable': 'r1' } } } },
    ['refuse tag-left'],
  ],
  ['refuses an undo note that is there', { also: [object('ConfigMap', 'deploy-undo-web')] }, ['refuse name-taken']],
  ['refuses Recreate', { set: { [web]: { '/spec/strategy': { type: 'Recreate' } } } }, ['refuse recreate']],
  [
    'refuses a template that its selector does not match',
    { newTemplate: { '/metadata/labels/app': 'other' } },
    ['refuse template-selector', 'refuse service-lost'],
  ],
  [
    'refuses a template that a Service does not select',
    { set: { 'Service/web': { '/spec/selector/tier': 'front' } }, newTemplate: { '/metadata/labels/tier': 'back' } },
    ['refuse service-lost'],
  ],
  [
    'refuses a selector that names our label',
    {
      set: { [web]: { '/spec/selector/matchLabels/deploy~1release': 'r0' } },
      template: { '/metadata/labels/deploy~1release': 'r0' },
    },
    ['refuse release-label-taken'],
  ],
  [
    'refuses a Service that selects others',
    { set: { 'Service/web': { '/spec/selector': { app: 'api' } } } },
    ['refuse service-elsewhere'],
  ],
  [
    'refuses a Service with nobody behind it',
    {
      also: [
        object('EndpointSlice', 'web-1', {
          metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
          endpoints: [],
        }),
      ],
    },
    ['refuse service-empty'],
  ],
  [
    'refuses a port that is not there',
    { newTemplate: { '/spec/containers/0/ports': [] } },
    ['refuse service-port-missing'],
  ],
  [
    'warns of addresses of pods that are not ready',
    { set: { 'Service/web': { '/spec/publishNotReadyAddresses': true } } },
    ['warn service-not-ready-published'],
  ],
  ['warns of a long minReadySeconds', { set: { [web]: { '/spec/minReadySeconds': 3600 } } }, ['warn min-ready-long']],
  ['warns of a short history', { set: { [web]: { '/spec/revisionHistoryLimit': 1 } } }, ['warn history-short']],
  ['releases a StatefulSet in place', stateful(), []],
  ['refuses OnDelete', stateful({ '/spec/updateStrategy': { type: 'OnDelete' } }), ['refuse on-delete']],
  [
    'refuses a partition',
    stateful({ '/spec/updateStrategy/rollingUpdate': { partition: 2 } }),
    ['refuse partition-set'],
  ],
  ['refuses a StatefulSet half-way', stateful({ '/status/updateRevision': 'web-2' }), ['refuse two-live-sets']],
  ['refuses an unhealthy StatefulSet', stateful({ '/status/readyReplicas': 2 }), ['refuse stable-unhealthy']],
]

describe('in place', () => {
  it.each(inPlace)('%s', (_law, world, expected) => {
    expect(told(given(world))).toEqual(expected)
  })
})

const routed: readonly (readonly [law: string, world: World, told: readonly string[]])[] = [
  ['refuses without a route', { without: ['HTTPRoute/web'] }, ['refuse route-missing']],
  ['refuses without a router', { router: null, route: null }, ['refuse route-missing']],
  [
    'refuses a StatefulSet',
    { objects: [statefulSet(), service()], workload: { kind: 'StatefulSet', namespace: 'shop', name: 'web' } },
    ['refuse statefulset-rolling-only'],
  ],
  ['refuses shares by selector', { router: 'selector' }, ['refuse router-cannot-split']],
  [
    'refuses a sticky route',
    {
      set: {
        'HTTPRoute/web': {
          '/spec/rules': [{ backendRefs: [{ name: 'web' }], sessionPersistence: { type: 'Cookie' } }],
        },
      },
    },
    ['refuse route-sticky'],
  ],
  [
    'refuses a name of ours that is taken',
    { also: [service('web-canary', { selector: { app: 'other' } })] },
    ['refuse name-taken'],
  ],
  ['refuses a name that is too long', { secondary: `${'w'.repeat(60)}-canary` }, ['refuse name-too-long']],
  [
    'refuses a headless Service',
    { set: { 'Service/web': { '/spec/clusterIP': 'None' } } },
    ['refuse service-headless'],
  ],
  [
    'warns of another headless Service',
    { also: [service('web-dns', { clusterIP: 'None' })] },
    ['warn service-headless'],
  ],
  [
    'refuses addresses of pods that are not ready',
    { set: { 'Service/web': { '/spec/publishNotReadyAddresses': true } } },
    ['refuse service-not-ready-published'],
  ],
  [
    'warns of sticky clients',
    { set: { 'Service/web': { '/spec/sessionAffinity': 'ClientIP' } } },
    ['warn service-sticky'],
  ],
  [
    'warns of a local load balancer',
    { also: [service('web-lb', { externalTrafficPolicy: 'Local' })] },
    ['warn service-local-traffic'],
  ],
  [
    'refuses to cut over behind a local load balancer',
    {
      strategy: { name: 'blue-green', traffic: 'routed' },
      router: 'selector',
      set: { 'Service/web': { '/spec/externalTrafficPolicy': 'Local' } },
    },
    ['refuse service-local-traffic'],
  ],
  [
    'warns of a Service that is left out',
    { also: [service('metrics')], excludedPins: ['metrics'] },
    ['warn pin-left-out'],
  ],
  ['warns of a left-out Service that is none of ours', { excludedPins: ['metrics'] }, ['warn pin-left-out']],
  ['refuses to leave the main Service out', { excludedPins: ['web'] }, ['refuse pin-left-out']],
  [
    'refuses a Service that others share',
    { also: [deployment(1, 'api'), replicaSet('a', 1, 1, 'api'), pod(9, { owner: 'api', hash: 'a' })] },
    ['refuse service-shared'],
  ],
]

describe('routed', () => {
  it.each(routed)('%s', (_law, world, expected) => {
    expect(told(canary(world))).toEqual(expected)
  })
})

describe('with --emergency', () => {
  const hurry = (world: World) => told(canary({ ...world, emergency: true }))

  it.each([
    ['two live sets', twoSets, 'two-live-sets'],
    ['a stable that is not healthy', unhealthy, 'stable-unhealthy'],
    ['a stable with no pods', { objects: [deployment(), replicaSet('old', 0), service()] }, 'stable-missing'],
    ['Recreate', { set: { [web]: { '/spec/strategy': { type: 'Recreate' } } } }, 'recreate'],
  ] as const)('%s is only a warning', (_what, world, code) => {
    expect(hurry(world)).toEqual([`warn ${code}`])
  })

  it.each([
    ['a paused workload', { set: { [web]: { '/spec/paused': true } } }, 'paused'],
    ['0 replicas', { set: { [web]: { '/spec/replicas': 0 } } }, 'no-replicas'],
    ['an open run', { set: { [web]: { '/metadata/annotations': { 'deploy/token': 'r1.2' } } } }, 'run-open'],
    ['a first release', { without: [web] }, 'workload-missing'],
  ] as const)('%s is still refused', (_what, world, code) => {
    expect(hurry(world)).toEqual([`refuse ${code}`])
  })

  it('what divides requests is not asked for', () => {
    expect(hurry({ router: 'selector', excludedPins: ['web'], without: ['HTTPRoute/web'] })).toEqual([])
  })
})

describe('all complaints', () => {
  it.each([...inPlace, ...routed].map(([law, world]) => [law, world] as const))(
    'have a reason and a remedy in one line: %s',
    (_law, world) => {
      for (const { what, why, remedy } of [...preflight(given(world)), ...preflight(canary(world))]) {
        for (const text of [what, why, remedy]) expect(text).toMatch(/^(?!.*(undefined|null|\[object|NaN)).{10,}$/)
      }
    },
  )

  const many = canary({
    objects: healthy,
    set: { [web]: { '/spec/paused': true, '/spec/strategy': { type: 'Recreate' }, '/spec/revisionHistoryLimit': 0 } },
    nodes: null,
  })

  it('are told at once, refusals first', () => {
    expect(told(many)).toEqual(['refuse paused', 'refuse recreate', 'warn history-short', 'not-checked nodes'])
  })
})
