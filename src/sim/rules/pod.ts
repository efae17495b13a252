import type { Pod } from '../../core/objects.ts'
import { type Millis, second } from '../../core/time.ts'
import { fraction } from '../random.ts'
import { type Edit, type Key, keyOfObject, nothing, type Rule, type Turn, type World } from '../world.ts'
import { backedOff, died, restartAt } from './crash.ts'
import { warning } from './events.ts'
import { created, readiness, started, withFirst } from './pod-status.ts'
import { type Profile, profileOf } from './profile.ts'
import { pullFailure } from './pull.ts'

/** A node's kubelet, for the pods that it was given: starts them, finds them ready, lets them die, takes them away. */
export const podRule: Rule = {
  name: 'pod',
  delay: [100, 350],
  concerns: (object) => (object.kind === 'Pod' && (object as Pod).spec.nodeName ? [keyOfObject(object)] : []),
  act: (world, key, now) => {
    const pod = world.get(key) as Pod | undefined
    if (!pod?.spec.nodeName) return nothing
    return pod.metadata.deletionTimestamp ? ending(pod, key, now) : living(world, pod, now)
  },
}

/** It ends half a second to two after it was asked, so that it leaves the endpoints first. */
function ending(pod: Pod, key: Key, now: Millis): Turn {
  const { deletionTimestamp = '', deletionGracePeriodSeconds = 0 } = pod.metadata as Pod['metadata'] & {
    readonly deletionGracePeriodSeconds?: number
  }
  const asked = Date.parse(deletionTimestamp) - deletionGracePeriodSeconds * second
  const gone = asked + 1000 + Math.round(1000 * fraction(`end ${pod.metadata.uid}`))
  return gone <= now ? { edits: [{ do: 'drop', key }] } : { edits: [], again: gone }
}

function living(world: World, pod: Pod, now: Millis): Turn {
  const profile = profileOf(pod)
  const [first] = pod.status?.containerStatuses ?? []
  if (!first) return becomes(pod, created(pod, now))
  const { waiting, running, terminated } = first.state ?? {}
  if (running) return whileRunning(world, pod, profile, Date.parse(running.startedAt ?? ''), now)
  if (terminated) {
    const message = 'Back-off restarting failed container'
    return becomes(pod, backedOff(pod), warning(world, pod, { reason: 'BackOff', message }, now))
  }
  const restart = restartAt(pod)
  if (restart !== null && restart > now) return { edits: [], again: restart }
  if (profile.pulls) return becomes(pod, started(pod, now))
  const failure = pullFailure(pod, now)
  if (failure.reason === waiting?.reason) return { edits: [], again: failure.until }
  const state = { waiting: { reason: failure.reason, message: failure.message } }
  const told =
    failure.reason === 'ErrImagePull' ? warning(world, pod, { reason: 'Failed', message: failure.event }, now) : []
  return { ...becomes(pod, withFirst(pod, { state }), told), again: failure.until }
}

const becomes = (pod: Pod, status: Pod['status'], more: readonly Edit[] = []): Turn => ({
  edits: [{ do: 'put', object: { ...pod, ...(status && { status }) } }, ...more],
})

function whileRunning(world: World, pod: Pod, profile: Profile, startedAt: Millis, now: Millis): Turn {
  const isUnready = pod.metadata.annotations?.['sim/unready'] === 'true'
  const isReady = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
  const dies = profile.death === null ? Number.POSITIVE_INFINITY : startedAt + profile.death.after
  const ready =
    isReady || isUnready || profile.readyAfter === 'never' ? Number.POSITIVE_INFINITY : startedAt + profile.readyAfter
  if (profile.death && dies <= now) return becomes(pod, died(pod, profile.death, now))
  if (isReady && isUnready) {
    const message = 'Readiness probe failed: HTTP probe failed with statuscode: 503'
    return becomes(pod, readiness(pod, false, now), warning(world, pod, { reason: 'Unhealthy', message }, now))
  }
  if (ready <= now) return becomes(pod, readiness(pod, true, now))
  const next = Math.min(dies, ready)
  return { edits: [], ...(Number.isFinite(next) && { again: next }) }
}
