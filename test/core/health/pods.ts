import type { Condition, Container, ContainerState, ContainerStatus, Pod } from '../../../src/core/objects.ts'
import { type Millis, second, stamp } from '../../../src/core/time.ts'

/** The moment at which every test begins; the pods have been Ready for a minute. */
export const start: Millis = Date.UTC(2026, 0, 2, 3, 0, 0)

export interface PodBuilder {
  readonly value: Pod
  readonly on: (node: string) => PodBuilder
  /** One more container, `app` is always there; natively a sidecar when `restartPolicy` is Always. */
  readonly with: (
    container: Partial<Container> & { name: string },
    where?: 'containers' | 'initContainers',
  ) => PodBuilder
  readonly app: (spec: Partial<Container>) => PodBuilder
  /** The state of a container, `app` unless told. It is not ready then, and neither is the pod. */
  readonly state: (state: ContainerState, container?: string) => PodBuilder
  readonly waiting: (reason: string, message?: string, container?: string) => PodBuilder
  readonly notReady: (container?: string) => PodBuilder
  /** How the container ended before its present state. */
  readonly ended: (exitCode: number, reason?: string, message?: string, container?: string) => PodBuilder
  readonly restarts: (count: number, container?: string) => PodBuilder
  readonly condition: (condition: Condition) => PodBuilder
  readonly phase: (phase: NonNullable<Pod['status']>['phase'], reason?: string, message?: string) => PodBuilder
  readonly terminating: () => PodBuilder
  readonly readyFor: (span: Millis) => PodBuilder
  readonly field: (name: string, value: unknown) => PodBuilder
}

export const pod = (name = 'web-new-a'): PodBuilder => builder(healthy(name))

const ready = (container: string): ContainerStatus => ({
  name: container,
  ready: true,
  started: true,
  restartCount: 0,
  image: 'registry.test/web:v2',
  state: { running: { startedAt: stamp(start - 90 * second) } },
})

const healthy = (name: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, uid: `uid-${name}`, creationTimestamp: stamp(start - 120 * second), labels: { app: 'web' } },
  spec: { nodeName: 'node-a', containers: [{ name: 'app', image: 'registry.test/web:v2' }] },
  status: {
    phase: 'Running',
    conditions: conditions('True', start - 60 * second),
    containerStatuses: [ready('app')],
  },
})

const conditions = (status: Condition['status'], since: Millis): Condition[] => [
  { type: 'ContainersReady', status, lastTransitionTime: stamp(since) },
  { type: 'Ready', status, lastTransitionTime: stamp(since) },
]

function builder(value: Pod): PodBuilder {
  const status = value.status ?? {}
  const all = status.conditions ?? []
  const withSpec = (spec: Partial<Pod['spec']>) => builder({ ...value, spec: { ...value.spec, ...spec } })
  const withStatus = (more: Partial<typeof status>) => builder({ ...value, status: { ...status, ...more } })
  const onContainer = (name: string, change: (one: ContainerStatus) => ContainerStatus) => {
    const changed = (list: readonly ContainerStatus[] = []) =>
      list.map((one) => (one.name === name ? change(one) : one))
    return withStatus({
      containerStatuses: changed(status.containerStatuses),
      initContainerStatuses: changed(status.initContainerStatuses),
    })
  }
  const unready = (name: string, state?: ContainerState) => {
    const others = all.filter(({ type }) => type !== 'Ready' && type !== 'ContainersReady')
    return builder({ ...value, status: { ...status, conditions: [...others, ...conditions('False', start)] } }).state(
      state ?? { running: {} },
      name,
    )
  }

  return {
    value,
    on: (node) => withSpec({ nodeName: node }),
    with: (container, where = 'containers') => {
      const spec = { image: 'registry.test/other:v1', ...container }
      const statuses = where === 'containers' ? 'containerStatuses' : 'initContainerStatuses'
      return builder({
        ...value,
        spec: { ...value.spec, [where]: [...(value.spec[where] ?? []), spec] },
        status: { ...status, [statuses]: [...(status[statuses] ?? []), ready(container.name)] },
      })
    },
    app: (spec) =>
      withSpec({ containers: value.spec.containers.map((c) => (c.name === 'app' ? { ...c, ...spec } : c)) }),
    state: (state, name = 'app') => {
      const isReadyNow = all.some((c) => c.type === 'Ready' && c.status === 'True')
      if (isReadyNow) return unready(name, state)
      return onContainer(name, (one) => ({ ...one, ready: false, started: false, state }))
    },
    waiting: (reason, message, name) =>
      builder(value).state({ waiting: { reason, ...(message === undefined ? {} : { message }) } }, name),
    notReady: (name = 'app') => unready(name),
    ended: (exitCode, reason = 'Error', message, name = 'app') =>
      onContainer(name, (one) => ({
        ...one,
        lastState: { terminated: { exitCode, reason, ...(message === undefined ? {} : { message }) } },
      })),
    restarts: (count, name = 'app') => onContainer(name, (one) => ({ ...one, restartCount: count })),
    condition: (condition) => withStatus({ conditions: [...all.filter((c) => c.type !== condition.type), condition] }),
    phase: (phase, reason, message) =>
      withStatus({ ...(phase ? { phase } : {}), ...(reason ? { reason } : {}), ...(message ? { message } : {}) }),
    terminating: () => builder({ ...value, metadata: { ...value.metadata, deletionTimestamp: stamp(start) } }),
    readyFor: (span) => withStatus({ conditions: conditions('True', start - span) }),
    field: (name, fieldValue) => withSpec({ [name]: fieldValue }),
  }
}
