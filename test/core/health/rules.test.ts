import { describe, expect, it } from 'vitest'
import { rules } from '../../../src/core/health/rules.ts'
import { pod } from './pods.ts'
import { deployment, event, look, set, still, type World } from './world.ts'

interface Row {
  readonly rule: string
  readonly when: string
  readonly world: World
  /** Seconds. */
  readonly confirm: number
  readonly says: string
}

const one = (value: ReturnType<typeof pod>, more: Partial<World> = {}): World => ({ pods: [value], ...more })
const stuck = pod().waiting('ContainerCreating')
const slow = pod().app({
  readinessProbe: {
    initialDelaySeconds: 5,
    periodSeconds: 5,
    failureThreshold: 2,
    httpGet: { port: 8080, path: '/up' },
  },
})
const pending = pod().waiting('ContainerCreating').phase('Pending').condition({
  type: 'PodScheduled',
  status: 'False',
  reason: 'Unschedulable',
  message: '0/3 nodes are available: 3 Insufficient cpu.',
})
const missing = set({ replicas: 2, present: 0 })
const failure = (message: string) =>
  set({
    replicas: 2,
    present: 0,
    conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
  })
const quota = 'pods "web-new-x" is forbidden: exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4'
const migrate = { name: 'migrate' }
const mesh = {
  name: 'mesh',
  restartPolicy: 'Always' as const,
  readinessProbe: { periodSeconds: 2, failureThreshold: 5, tcpSocket: { port: 1 } },
}

const rows: Row[] = [
  {
    rule: 'image-name',
    when: 'the image reference cannot be parsed',
    world: one(pod().waiting('InvalidImageName')),
    confirm: 0,
    says: 'InvalidImageName, image "registry.test/web:v2"',
  },
  {
    rule: 'image-name',
    when: 'the image may not be pulled and is not there',
    world: one(pod().waiting('ErrImageNeverPull')),
    confirm: 0,
    says: 'ErrImageNeverPull',
  },
  {
    rule: 'pull-refused',
    when: 'the registry knows no such image',
    world: one(pod().waiting('ErrImagePull', 'registry.test/web:v2: not found')),
    confirm: 10,
    says: 'cannot be pulled: registry.test/web:v2: not found',
  },
  {
    rule: 'pull-refused',
    when: 'the registry wants another login',
    world: one(pod().waiting('ImagePullBackOff', 'Back-off: pull access denied, unauthorized')),
    confirm: 10,
    says: 'unauthorized',
  },
  {
    rule: 'pull-refused',
    when: 'only an event says why an older kubelet backs off',
    world: one(pod().waiting('ImagePullBackOff', 'Back-off pulling image "registry.test/web:v2"'), {
      others: [event(pod(), 'Failed', 'Failed to pull image "registry.test/web:v2": manifest unknown')],
    }),
    confirm: 10,
    says: 'manifest unknown',
  },
  {
    rule: 'pull-failing',
    when: 'the registry times out',
    world: one(pod().waiting('ErrImagePull', 'dial tcp 10.0.0.1:443: i/o timeout')),
    confirm: 120,
    says: 'i/o timeout',
  },
  {
    rule: 'pull-failing',
    when: 'an overloaded registry answers 503 and "not found"',
    world: one(pod().waiting('ErrImagePull', 'not found: 503 Service Unavailable')),
    confirm: 120,
    says: '503',
  },
  {
    rule: 'container-config',
    when: 'a ConfigMap is not there',
    world: one(pod().waiting('CreateContainerConfigError', 'configmap "web" not found')),
    confirm: 10,
    says: 'configmap "web" not found',
  },
  {
    rule: 'container-start',
    when: 'the container cannot be created',
    world: one(pod().waiting('CreateContainerError', 'context "x"')),
    confirm: 10,
    says: 'cannot be started: context "x"',
  },
  {
    rule: 'container-start',
    when: 'the command does not exist, which containerd also calls exit code 128',
    world: one(
      pod().state({
        terminated: { exitCode: 128, reason: 'StartError', message: 'exec: "wep": executable file not found in $PATH' },
      }),
    ),
    confirm: 10,
    says: 'executable file not found',
  },
  {
    rule: 'container-start',
    when: 'Docker cannot run it',
    world: one(pod().state({ terminated: { exitCode: 127, reason: 'ContainerCannotRun', message: 'no' } })),
    confirm: 10,
    says: 'exit code 127',
  },
  {
    rule: 'crash-loop',
    when: 'a container is in CrashLoopBackOff',
    world: one(pod().waiting('CrashLoopBackOff').ended(1).restarts(3)),
    confirm: 0,
    says: 'container app crashed 4 times with exit code 1',
  },
  {
    rule: 'crash-loop',
    when: 'a container ends well again and again',
    world: one(pod().waiting('CrashLoopBackOff').ended(0, 'Completed').restarts(1)),
    confirm: 0,
    says: 'ended by itself twice with exit code 0',
  },
  {
    rule: 'crash-loop',
    when: 'an init container loops',
    world: one(
      pod()
        .with(migrate, 'initContainers')
        .waiting('CrashLoopBackOff', 'back-off', 'migrate')
        .ended(1, 'Error', undefined, 'migrate')
        .restarts(1, 'migrate'),
    ),
    confirm: 0,
    says: 'init container migrate crashed twice',
  },
  {
    rule: 'out-of-memory',
    when: 'it is killed for its memory while it starts',
    world: one(
      pod()
        .app({ resources: { limits: { memory: '128Mi' } } })
        .state({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
    ),
    confirm: 0,
    says: 'crashed once with exit code 137 (OOMKilled, limit 128Mi)',
  },
  {
    rule: 'pods-refused',
    when: 'the quota refuses the pods',
    world: { pods: [], sets: [failure(quota)] },
    confirm: 15,
    says: 'replicaset/web-new: cannot make pods: pods "web-new-x" is forbidden: exceeded quota',
  },
  {
    rule: 'pods-refused',
    when: 'only an event tells of the refusal',
    world: {
      pods: [],
      sets: [missing],
      others: [event(missing, 'FailedCreate', 'violates PodSecurity "restricted:latest"')],
    },
    confirm: 15,
    says: 'violates PodSecurity',
  },
  {
    rule: 'pods-refused',
    when: 'a LimitRange refuses them',
    world: { pods: [], sets: [failure('pods "x" is forbidden: maximum memory usage per Container is 1Gi')] },
    confirm: 15,
    says: 'maximum memory',
  },
  {
    rule: 'pods-refused',
    when: 'a webhook says no',
    world: { pods: [], sets: [failure('admission webhook "policy.test" denied the request: no')] },
    confirm: 15,
    says: 'denied the request',
  },
  {
    rule: 'webhook-down',
    when: 'a webhook does not answer',
    world: {
      pods: [],
      sets: [failure('Internal error occurred: failed calling webhook "policy.test": connect: connection refused')],
    },
    confirm: 60,
    says: 'policy.test',
  },
  { rule: 'unschedulable', when: 'no node has room', world: one(pending), confirm: 60, says: '3 Insufficient cpu' },
  {
    rule: 'unschedulable',
    when: 'the autoscaler orders a node',
    world: one(pending, { others: [event(pending, 'TriggeredScaleUp', 'pod triggered scale-up')] }),
    confirm: 300,
    says: 'though nodes were ordered',
  },
  {
    rule: 'unschedulable',
    when: 'Karpenter orders a node',
    world: one(pending, { others: [event(pending, 'Nominated', 'Pod should schedule on: nodeclaim/x')] }),
    confirm: 300,
    says: 'though nodes were ordered',
  },
  {
    rule: 'volume',
    when: 'a mounted Secret is not there',
    world: one(stuck, {
      others: [event(stuck, 'FailedMount', 'MountVolume.SetUp failed for volume "k": secret "k" not found')],
    }),
    confirm: 30,
    says: 'secret "k" not found',
  },
  {
    rule: 'volume',
    when: 'a disk cannot be attached',
    world: one(stuck, { others: [event(stuck, 'FailedAttachVolume', 'Multi-Attach error')] }),
    confirm: 180,
    says: 'Multi-Attach',
  },
  {
    rule: 'volume',
    when: "the kubelet's cache is slow",
    world: one(stuck, { others: [event(stuck, 'FailedMount', 'failed to sync configmap cache: not found')] }),
    confirm: 180,
    says: 'failed to sync',
  },
  {
    rule: 'init-unfinished',
    when: 'an init container runs on',
    world: one(pod().with(migrate, 'initContainers').notReady('migrate').waiting('PodInitializing'), {
      limits: { init: 90_000 },
    }),
    confirm: 90,
    says: 'init container migrate is not finished',
  },
  {
    rule: 'sidecar-not-ready',
    when: 'a native sidecar keeps a ready application back',
    world: one(pod().with(mesh, 'initContainers').state({ running: {} }, 'mesh')),
    confirm: 20,
    says: 'sidecar mesh is not ready, the application is',
  },
  {
    rule: 'sidecar-not-ready',
    when: 'one does that only the pod has, not the template',
    world: one(pod().with({ name: 'vault-agent' }).notReady('vault-agent')),
    confirm: 60,
    says: 'sidecar vault-agent',
  },
  {
    rule: 'sidecar-not-ready',
    when: 'a proxy does that is written into the template',
    world: one(pod().with({ name: 'istio-proxy' }).notReady('istio-proxy'), {
      sets: [set({ containers: ['app', 'istio-proxy'] })],
    }),
    confirm: 60,
    says: 'sidecar istio-proxy',
  },
  {
    rule: 'webhook-down',
    when: "the webhook's own Service is gone",
    world: { pods: [], sets: [failure('failed calling webhook "policy.test": service "policy" not found')] },
    confirm: 60,
    says: 'service "policy" not found',
  },
  {
    rule: 'never-ready',
    when: 'the readiness probe never passes',
    world: one(slow.notReady(), { others: [event(slow, 'Unhealthy', 'Readiness probe failed: HTTP 503')] }),
    confirm: 25,
    says: 'readiness probe HTTP GET :8080/up, every 5 s, 2 failures; last: Readiness probe failed: HTTP 503',
  },
  {
    rule: 'never-ready',
    when: 'its budget is longer than the stage',
    world: one(slow.notReady(), { limits: { deadline: 8000 } }),
    confirm: 8,
    says: 'is not ready',
  },
  {
    rule: 'never-ready',
    when: 'a startup probe gives it more time',
    world: one(slow.app({ startupProbe: { periodSeconds: 10, failureThreshold: 6 } }).notReady()),
    confirm: 85,
    says: 'is not ready',
  },
  {
    rule: 'never-ready',
    when: 'a readiness gate stays closed',
    world: one(
      pod()
        .field('readinessGates', [{ conditionType: 'target-health/web' }])
        .condition({ type: 'Ready', status: 'False' }),
    ),
    confirm: 120,
    says: 'readiness gate target-health/web',
  },
  {
    rule: 'not-behind-service',
    when: 'a Ready pod gets no requests',
    world: one(pod(), { service: 'web-canary' }),
    confirm: 30,
    says: 'service web-canary does not send to it',
  },
  {
    rule: 'progress-deadline',
    when: "the Deployment's own deadline has passed",
    world: {
      workload: deployment({
        deadline: 600,
        conditions: [
          {
            type: 'Progressing',
            status: 'False',
            reason: 'ProgressDeadlineExceeded',
            message: 'ReplicaSet "web-new" has timed out progressing.',
          },
        ],
      }),
    },
    confirm: 0,
    says: 'deployment/web: ProgressDeadlineExceeded',
  },
  {
    rule: 'pod-failed',
    when: 'the pod as a whole has failed',
    world: one(pod().notReady().phase('Failed', 'DeadlineExceeded', 'Pod was active too long')),
    confirm: 10,
    says: 'DeadlineExceeded',
  },
]

describe.each(rows)('$rule: $when', ({ rule, world, confirm, says }) => {
  it(`fails once it was seen for ${confirm} s`, () => {
    const { verdict, findings } = still(confirm, world)
    expect(verdict.answer).toBe('fail')
    expect(verdict.because).toContain(says)
    expect(findings[0]).toMatchObject({ rule, level: 'fail' })
  })
})

it.each(rows.filter(({ confirm }) => confirm > 0))('$rule: $when: is only suspected before', ({ world, confirm }) => {
  const { verdict, findings } = still(confirm - 1, world)
  expect(verdict.answer).toBe('pending')
  expect(findings.filter(({ level }) => level === 'fail')).toEqual([])
})

it('trouble that may pass is a warning until it is confirmed', () => {
  const world = { pods: [pod().waiting('ErrImagePull', '429 Too Many Requests')] }
  expect(still(60, world).findings).toMatchObject([{ rule: 'pull-failing', level: 'warn' }])
})

it('every rule has its own name, and a test here or among the foreign ones', () => {
  const names = rules.map(({ id }) => id)
  expect(new Set(names).size).toBe(names.length)
  const foreign = rules.filter(({ of }) => of === 'foreign').map(({ id }) => id)
  expect(new Set([...rows.map(({ rule }) => rule), ...foreign])).toEqual(new Set(names))
})

it('says nothing of pods before the controller saw the last change', () => {
  const world = { pods: [pod().waiting('InvalidImageName')], workload: deployment({ generation: 4 }) }
  expect(look(world)).toMatchObject({ findings: [], verdict: { answer: 'pending' } })
})
