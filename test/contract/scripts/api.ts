import { add, brake, deployment, image, pause, service, strategy, template, web } from '../manifests.ts'
import type { Kind } from '../../../src/core/kinds.ts'
import type { PatchOp } from '../../../src/core/write.ts'
import type { Script, Step } from '../script.ts'

const refused = (step: Step): Step => ({ ...step, refused: true })
const field = (pointer: string, value: unknown): Step => ({ see: { fields: [['Deployment', 'web', pointer, value]] } })

const revision = '/metadata/annotations/deployment.kubernetes.io~1revision'
const settled = ['Available True MinimumReplicasAvailable', 'Progressing True NewReplicaSetAvailable']

const of = (kind: Kind, pointer: string, value: unknown): Step => ({ see: { fields: [[kind, 'web', pointer, value]] } })
const hpa = (op: PatchOp): Step => ({ patch: ['HorizontalPodAutoscaler', 'web'], ops: [op] })

const autoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 20 },
}
const policies = [{ periodSeconds: 15, type: 'Percent', value: 100 }]
const behavior = (selectPolicy: string): object => ({
  scaleDown: { policies, selectPolicy },
  scaleUp: {
    policies: [{ periodSeconds: 15, type: 'Pods', value: 4 }, ...policies],
    selectPolicy: 'Max',
    stabilizationWindowSeconds: 0,
  },
})
const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } },
}
const backend = (name: string, weight: number): object => ({ group: '', kind: 'Service', name, port: 80, weight })
const everyPath = [{ path: { type: 'PathPrefix', value: '/' } }]
const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'web' },
  spec: { parentRefs: [{ name: 'lab', namespace: 'lab' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
}

const lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'web', annotations: { 'deploy/run': 'r1' } },
  spec: {
    holderIdentity: 'anna',
    renewTime: '2026-01-01T00:00:00.000000Z',
    leaseDurationSeconds: 30,
    leaseTransitions: 0,
  },
}
const asked = '/metadata/annotations/deploy~1ask'
const ofLease = (...ops: readonly PatchOp[]): Step => ({ patch: ['Lease', 'web'], ops })

const kept = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', labels: { part: 'journal' }, annotations: { head: 'a' } },
  data: { 1: 'a' },
}
const head = '/metadata/annotations/head'
const ofKept = (...ops: readonly PatchOp[]): Step => ({ patch: ['ConfigMap', 'web'], ops })

export const api: readonly Script[] = [
  {
    name: 'a Lease: its holder is tested, nobody is an empty text, and one ask stands beside it at a time',
    steps: [
      { apply: [lease] },
      refused(ofLease({ op: 'test', path: '/spec/holderIdentity', value: 'berta' })),
      ofLease({ op: 'test', path: asked, value: null }, { op: 'add', path: asked, value: 'x' }),
      refused(ofLease({ op: 'test', path: asked, value: null }, { op: 'add', path: asked, value: 'y' })),
      ofLease(
        { op: 'test', path: '/spec/holderIdentity', value: 'anna' },
        { op: 'replace', path: '/spec/holderIdentity', value: '' },
        { op: 'replace', path: '/spec/renewTime', value: '2026-01-01T00:00:05.250000Z' },
        { op: 'test', path: asked, value: 'x' },
        { op: 'remove', path: asked },
      ),
      of('Lease', '/spec/holderIdentity', ''),
      of('Lease', '/spec/renewTime', '2026-01-01T00:00:05.250000Z'),
      of('Lease', asked, null),
      of('Lease', '/spec/leaseTransitions', 0),
      of('Lease', '/metadata/generation', null),
    ],
  },
  {
    name: 'a ConfigMap: one patch seals it with other content than it had, and from then on only its labels change',
    steps: [
      { apply: [kept] },
      refused(ofKept({ op: 'test', path: head, value: 'b' }, { op: 'add', path: '/data/2', value: 'c' })),
      ofKept(
        { op: 'test', path: head, value: 'a' },
        { op: 'add', path: '/data/2', value: 'b' },
        { op: 'replace', path: head, value: 'b' },
      ),
      ofKept(
        { op: 'test', path: head, value: 'b' },
        { op: 'remove', path: '/data' },
        { op: 'add', path: '/binaryData', value: { all: 'YWI=' } },
        { op: 'add', path: '/immutable', value: true },
      ),
      of('ConfigMap', '/data', null),
      of('ConfigMap', '/binaryData/all', 'YWI='),
      refused(ofKept({ op: 'replace', path: '/binaryData/all', value: 'YmE=' })),
      refused(ofKept({ op: 'add', path: '/data', value: { 3: 'c' } })),
      refused(ofKept({ op: 'remove', path: '/immutable' })),
      refused(ofKept({ op: 'replace', path: '/immutable', value: false })),
      ofKept({ op: 'add', path: '/metadata/labels/sealed', value: 'true' }),
      of('ConfigMap', '/metadata/labels/sealed', 'true'),
    ],
  },
  {
    name: 'what a Deployment may not be',
    steps: [
      { apply: [deployment(1)] },
      refused(web(strategy(0, 0))),
      refused(web(strategy('0%', '0%'))),
      refused(web(add('/spec/minReadySeconds', 600))),
      refused(web(add('/spec/progressDeadlineSeconds', 0))),
      refused(web(add('/spec/selector/matchLabels/tier', 'front'))),
      refused(web(add('/spec/template/metadata/labels', { app: 'other' }))),
      refused(web(add('/metadata/name', 'other'))),
      web(strategy(0, 1)),
      web(strategy('0%', '100%')),
    ],
  },
  {
    name: 'what a write leaves out is absent when it is read',
    steps: [
      { apply: [deployment(1)] },
      field('/spec/strategy', { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } }),
      field('/spec/progressDeadlineSeconds', 600),
      web(add('/spec/paused', true)),
      field('/spec/paused', true),
      web(add('/spec/paused', false), add('/spec/minReadySeconds', 0), add('/spec/template/metadata/annotations', {})),
      field('/spec/paused', null),
      field('/spec/minReadySeconds', null),
      field('/spec/template/metadata/annotations', null),
      field('/metadata/generation', 3),
    ],
  },
  {
    name: 'JSON Patch: tests of what is absent, and of what has no parent',
    steps: [
      { apply: [deployment(1), service('web')] },
      web({ op: 'test', path: '/spec/paused', value: null }),
      refused(web({ op: 'test', path: '/spec/nothing/below', value: null })),
      refused(web({ op: 'test', path: '/spec/replicas', value: 2 })),
      refused(web({ op: 'remove', path: '/spec/paused' })),
      refused(web(add('/spec/nothing/below', 1))),
      web({ op: 'replace', path: '/spec/minReadySeconds', value: 1 }),
      field('/spec/minReadySeconds', 1),
      refused({ patch: ['Service', 'web'], ops: [{ op: 'remove', path: '/spec/selector/nope' }] }),
      refused({ patch: ['Service', 'nobody'], ops: [add('/spec/selector', { app: 'web' })] }),
      refused(web({ op: 'test', path: '/spec/template/spec/containers/1/image', value: null })),
    ],
  },
  {
    name: 'an autoscaler: the server spells out what a behavior leaves open',
    steps: [
      { apply: [autoscaler] },
      of('HorizontalPodAutoscaler', '/spec/behavior', null),
      hpa(add('/spec/behavior', { scaleDown: { selectPolicy: 'Disabled' } })),
      of('HorizontalPodAutoscaler', '/spec/behavior', behavior('Disabled')),
      hpa(add('/spec/behavior/scaleDown/selectPolicy', 'Max')),
      of('HorizontalPodAutoscaler', '/spec/behavior', behavior('Max')),
      hpa({ op: 'remove', path: '/spec/behavior' }),
      of('HorizontalPodAutoscaler', '/spec/behavior', null),
      of('HorizontalPodAutoscaler', '/metadata/generation', null),
    ],
  },
  {
    name: 'Services, budgets and routes: what is filled in, and what selectors become',
    steps: [
      {
        apply: [
          service('web'),
          budget,
          route,
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { a: '' } },
        ],
      },
      of('Service', '/spec/selector', { app: 'web' }),
      of('Service', '/spec/ports', [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }]),
      of('Service', '/spec/sessionAffinity', 'None'),
      of('Service', '/metadata/generation', null),
      { patch: ['Service', 'web'], ops: [add('/spec/selector', {})] },
      of('Service', '/spec/selector', null),
      of('PodDisruptionBudget', '/spec', { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } }),
      {
        patch: ['PodDisruptionBudget', 'web'],
        ops: [add('/spec/selector/matchLabels', { app: 'web', 'deploy/release': 'r1' })],
      },
      of('PodDisruptionBudget', '/metadata/generation', 2),
      of('HTTPRoute', '/spec/rules', [
        { backendRefs: [{ group: '', kind: 'Service', name: 'web', port: 80, weight: 1 }], matches: everyPath },
      ]),
      {
        patch: ['HTTPRoute', 'web'],
        ops: [add('/spec/rules/0/backendRefs', [backend('web', 75), backend('web-canary', 25)])],
      },
      of('HTTPRoute', '/spec/rules/0/backendRefs', [backend('web', 75), backend('web-canary', 25)]),
      of('HTTPRoute', '/metadata/generation', 2),
      of('ConfigMap', '/data', { a: '' }),
    ],
  },
  {
    name: 'budgets: how many pods may be evicted, while two sets run',
    steps: [
      { apply: [deployment(10), budget] },
      { see: { sets: ['1.0.0 10/10/10'] } },
      of('PodDisruptionBudget', '/status/disruptionsAllowed', 1),
      {
        patch: ['PodDisruptionBudget', 'web'],
        ops: [add('/spec/selector/matchLabels', { app: 'web', 'pod-template-hash': '{hash:1.0.0}' })],
      },
      web(...brake, strategy('50%', 0), add('/spec/template', template('2.0.0'))),
      { see: { sets: ['1.0.0 10/10/10', '2.0.0 5/5/0'] } },
      of('PodDisruptionBudget', '/status/disruptionsAllowed', 1),
      of('PodDisruptionBudget', '/status/expectedPods', 10),
      pause,
    ],
  },
  {
    name: 'a paused Deployment takes a new template and makes no set of it',
    steps: [
      { apply: [deployment(2)] },
      { see: { sets: ['1.0.0 2/2/2'], conditions: settled } },
      pause,
      { image: image('2.0.0') },
      {
        see: {
          sets: ['1.0.0 2/2/2'],
          counts: '0/2/2/2',
          conditions: ['Available True MinimumReplicasAvailable', 'Progressing Unknown DeploymentPaused'],
        },
      },
      web(add('/spec/paused', false)),
      { see: { sets: ['2.0.0 2/2/2'], conditions: settled, fields: [['Deployment', 'web', revision, '2']] } },
      { image: image('1.0.0') },
      { see: { sets: ['1.0.0 2/2/2'], fields: [['Deployment', 'web', revision, '3']] } },
    ],
  },
]
