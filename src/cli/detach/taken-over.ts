import { followHome } from '../../adapters/journal/home/follow.ts'
import type { Kept } from '../../adapters/journal/home/read.ts'
import { DeployError, foreseen, nothing } from '../../core/errors.ts'
import type { KubeObject } from '../../core/objects.ts'
import { minute, second, type Millis } from '../../core/time.ts'
import type { Call, Clock, Cluster } from '../../ports.ts'
import type { CommandContext } from '../context.ts'
import { jobLabel, jobRef, type JobWish } from './job.ts'
import { type JobState, stateOfJob } from './pod.ts'

/** An image that has to be pulled and a node that has to be made take a while. */
const patience: Millis = 2 * minute
/** A Job that may not make its pod, for want of a service account or of quota, is seldom helped by waiting. */
const mostBlocked: Millis = 30 * second
const looksEvery: Millis = 2 * second

/**
 * `null`: somebody attached. Else what kept it from that, as it was seen last. A cluster that does not answer says nothing
 * about the Job, which may well drive: it is asked again as long as is waited.
 */
export async function notTakenOver(
  place: Kept,
  wish: JobWish,
  clock: Clock,
  { signal, process }: CommandContext,
): Promise<string | null> {
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  const attached = (async (): Promise<string | null> => {
    for (;;) {
      const found = await isAttached(place, clock, both).catch(foreseen)
      if (!(found instanceof DeployError)) return found ? null : 'the run was closed'
      await clock.sleep(looksEvery, both)
      if (both.aborted) return found.what
    }
  })()
  const troubled = (async (): Promise<string> => {
    const until = clock.now() + patience
    let unblocked = clock.now()
    let last = ''
    for (;;) {
      await clock.sleep(looksEvery, both)
      const { isOver, isBlocked, says } = await stateNow(place.cluster, wish, { signal: both })
      if (!isBlocked) unblocked = clock.now()
      if (says !== last) process.streams.stderr.write(`  ${says}\n`)
      last = says
      if (isOver || clock.now() >= until || clock.now() >= unblocked + mostBlocked || both.aborted) return says
    }
  })()
  try {
    return await Promise.race([attached, troubled])
  } finally {
    stop.abort()
    await Promise.allSettled([attached, troubled])
  }
}

async function isAttached(place: Kept, clock: Clock, signal: AbortSignal): Promise<boolean> {
  for await (const { type } of followHome({ ...place, clock, signal })) if (type === 'attached') return true
  return false
}

async function stateNow(cluster: Cluster, wish: JobWish, call: Call): Promise<JobState> {
  const found = await seen(cluster, wish, call).catch(foreseen)
  return found instanceof DeployError ? { isOver: false, isBlocked: false, says: found.what } : stateOfJob(found)
}

async function seen(cluster: Cluster, wish: JobWish, call: Call) {
  const { namespace, run } = wish
  const [job, pods, events] = await Promise.all([
    cluster.get(jobRef(wish), call),
    cluster.list({ kind: 'Pod', namespace, labelSelector: `${jobLabel}=${run}` }, call),
    // Why a Job has no pod is told by events only; they may be hidden from this identity.
    cluster
      .list({ kind: 'Event', namespace, fieldSelector: `involvedObject.name=${jobRef(wish).name}` }, call)
      .catch((error: unknown): KubeObject[] => nothing(error) ?? []),
  ])
  return { job, pods, events }
}
