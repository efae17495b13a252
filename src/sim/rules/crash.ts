import type { ContainerState, Pod } from '../../core/objects.ts'
import { type Millis, second } from '../../core/time.ts'
import { stamped } from '../world.ts'
import { readiness, withFirst } from './pod-status.ts'
import type { Profile } from './profile.ts'

type Status = NonNullable<Pod['status']>
type Terminated = NonNullable<ContainerState['terminated']>

/** Before the n-th restart: 10 s, 20 s, 40 s … at most five minutes. */
const backOff = (restarts: number): Millis => Math.min(10 * second * 2 ** (restarts - 1), 300 * second)

/** The first container ended by itself. */
export function died(pod: Pod, { exitCode, reason }: NonNullable<Profile['death']>, now: Millis): Status {
  const startedAt = pod.status?.containerStatuses?.[0]?.state?.running?.startedAt
  const terminated: Terminated = { exitCode, reason, ...(startedAt && { startedAt }), finishedAt: stamped(now) }
  const unready = readiness(pod, false, now)
  return withFirst({ ...pod, status: unready }, { state: { terminated }, ready: false, started: false })
}

/** The kubelet counts the restart and waits with it. */
export function backedOff(pod: Pod): Status {
  const [container] = pod.status?.containerStatuses ?? []
  const { terminated } = container?.state ?? {}
  const restartCount = (container?.restartCount ?? 0) + 1
  const { name, namespace, uid } = pod.metadata
  const message = `back-off ${backOff(restartCount) / second}s restarting failed container=${container?.name} pod=${name}_${namespace}(${uid})`
  return withFirst(pod, {
    restartCount,
    ...(terminated && { lastState: { terminated } }),
    state: { waiting: { reason: 'CrashLoopBackOff', message } },
  })
}

/** When a container that waits after a death starts again; `null`: it does not wait for that. */
export function restartAt(pod: Pod): Millis | null {
  const [container] = pod.status?.containerStatuses ?? []
  const finishedAt = container?.lastState?.terminated?.finishedAt
  if (container?.state?.waiting?.reason !== 'CrashLoopBackOff' || finishedAt === undefined) return null
  return Date.parse(finishedAt) + backOff(container.restartCount)
}
