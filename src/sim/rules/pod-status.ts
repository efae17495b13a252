import type { Condition, ContainerStatus, Pod } from '../../core/objects.ts'
import type { Millis } from '../../core/time.ts'
import { fraction } from '../random.ts'
import { stamped } from '../world.ts'

type Status = NonNullable<Pod['status']>

/** Taken on by its node. */
export function created(pod: Pod, now: Millis): Status {
  const status: Status = {
    ...pod.status,
    phase: 'Pending',
    startTime: stamped(now),
    containerStatuses: pod.spec.containers.map(({ name, image }) => ({
      name,
      image,
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason: 'ContainerCreating' } },
    })),
  }
  const initialized = { type: 'Initialized', status: 'True', lastTransitionTime: stamped(now) } as const
  return withConditions(status, [initialized, ...readyConditions(pod, false, now)])
}

/** All containers run. */
export function started(pod: Pod, now: Millis): Status {
  const number = Math.floor(fraction(`address ${pod.metadata.uid}`) * 65_000)
  return {
    ...pod.status,
    phase: 'Running',
    podIP: pod.status?.podIP ?? `10.244.${number >> 8}.${number & 255}`,
    containerStatuses: (pod.status?.containerStatuses ?? []).map((container) => ({
      ...container,
      started: true,
      state: { running: { startedAt: stamped(now) } },
    })),
  }
}

export function readiness(pod: Pod, isReady: boolean, now: Millis): Status {
  const containerStatuses = (pod.status?.containerStatuses ?? []).map((container) => ({ ...container, ready: isReady }))
  return withConditions({ ...pod.status, containerStatuses }, readyConditions(pod, isReady, now))
}

/** The first container with these members changed; the profile speaks of it alone. */
export const withFirst = (pod: Pod, change: Partial<ContainerStatus>): Status => ({
  ...pod.status,
  containerStatuses: (pod.status?.containerStatuses ?? []).map((container, index) =>
    index === 0 ? { ...container, ...change } : container,
  ),
})

function readyConditions(pod: Pod, isReady: boolean, now: Millis): Condition[] {
  const names = pod.spec.containers.map(({ name }) => name).join(' ')
  const why = isReady ? {} : { reason: 'ContainersNotReady', message: `containers with unready status: [${names}]` }
  return ['Ready', 'ContainersReady'].map((type) => ({
    type,
    status: isReady ? ('True' as const) : ('False' as const),
    ...why,
    lastTransitionTime: stamped(now),
  }))
}

/** The time of a condition moves only when its status really changes. */
function withConditions(status: Status, next: readonly Condition[]): Status {
  const known = status.conditions ?? []
  const merged = next.map((condition) => {
    const old = known.find(({ type }) => type === condition.type)
    return old?.status === condition.status && old.lastTransitionTime !== undefined
      ? { ...condition, lastTransitionTime: old.lastTransitionTime }
      : condition
  })
  return { ...status, conditions: [...known.filter(({ type }) => !next.some((one) => one.type === type)), ...merged] }
}
