import type { Receipt } from './journal.ts'
import { keyOf, type Ref, refName } from './kinds.ts'
import type { Condition, Deployment, KubeObject, Pod, StatefulSet } from './objects.ts'
import { surgeOf, unavailableOf } from './percent.ts'
import type { Expectation, Track, Unit } from './plan.ts'
import { second, type Millis } from './time.ts'
import { podsOfTrack, setsOf } from './tracks.ts'
import { endpointsOf, find, isReady, isTerminating, podsOf, readySince, type View } from './view.ts'

/** What an expectation is looked up in. `receipt` is of the write that it belongs to. */
export interface Sight {
  readonly unit: Unit
  readonly run: string
  readonly view: View
  readonly now: Millis
  readonly object?: Ref
  readonly receipt?: Receipt
}

/** Met, or what is still being waited for; `wake`: when time alone may meet it. */
export type Met = { readonly met: true } | { readonly met: false; readonly waiting: string; readonly wake?: Millis }

const met: Met = { met: true }
const wait = (waiting: string, wake?: Millis): Met => ({ met: false, waiting, ...(wake !== undefined && { wake }) })
const unless = (holds: boolean, waiting: string): Met => (holds ? met : wait(waiting))

/** Nothing settles on a read that is older than the write that it waits for. */
export function isMet(expectation: Expectation, sight: Sight): Met {
  const stale = behind(sight)
  return stale ? wait(stale) : check(expectation, sight)
}

function behind({ object, receipt, view }: Sight): string | null {
  if (!object || !receipt?.resourceVersion) return null
  const live: KubeObject | undefined = find(view, object.kind, object.name)
  if (!live) return null
  const seen = BigInt(live.metadata.resourceVersion ?? '0')
  return seen < BigInt(receipt.resourceVersion) ? `${refName(object)} to be read back` : null
}

function check(expectation: Expectation, sight: Sight): Met {
  switch (expectation.kind) {
    case 'written':
    case 'exited':
      return met
    case 'exists':
    case 'gone':
      return presence(expectation.kind, expectation.object, sight)
    case 'sets':
      return sets(expectation.surge, expectation.unavailable, sight)
    case 'ready':
      return ready(expectation.track, sight)
    case 'capacity':
      return capacity(expectation.track, expectation.percent, sight)
    case 'endpoints':
      return endpoints(expectation.service, expectation.tracks, sight)
    case 'accepted':
      return accepted(expectation.object, sight)
    case 'complete':
      return complete(sight)
    case 'partition':
      return partition(expectation.partition, sight)
    case 'all':
      return expectation.of.map((part) => check(part, sight)).find((result) => !result.met) ?? met
  }
}

const presence = (kind: 'exists' | 'gone', object: Ref, { view }: Sight): Met =>
  unless(
    (find(view, object.kind, object.name) !== undefined) === (kind === 'exists'),
    `${refName(object)} to be ${kind === 'exists' ? 'there' : 'gone'}`,
  )

const deploymentOf = ({ unit, view }: Sight): Deployment | undefined => find(view, 'Deployment', unit.workload.name)

const observed = (object: KubeObject & { readonly status?: { readonly observedGeneration?: number } }): boolean =>
  (object.status?.observedGeneration ?? 0) >= (object.metadata.generation ?? 0)

function sets(surge: number, unavailable: number, sight: Sight): Met {
  const deployment = deploymentOf(sight)
  if (!deployment || !observed(deployment)) return wait('the controller to see the change')
  const replicas = deployment.spec.replicas ?? 1
  const gone = unavailableOf(unavailable, replicas)
  const wantNew = Math.min(replicas, surgeOf(surge, replicas) + gone)
  const wantOld = replicas - gone
  const count = (track: Track): number =>
    setsOf(sight.unit, sight.run, sight.view, track).reduce(
      (sum, set) => sum + podsOf(sight.view, set).filter((pod) => !isTerminating(pod)).length,
      0,
    )
  const [young, old] = [count('new'), count('stable')]
  return unless(
    young >= wantNew && old <= wantOld,
    `${young} of ${wantNew} new pods made, ${old} old ones left (${wantOld} wanted)`,
  )
}

/** Our own measure of "available": Ready for the user's minReadySeconds and not on the way out. */
const availableAt = (pod: Pod, minReady: Millis): Millis | null => {
  const since = readySince(pod)
  return since === null ? null : since + minReady
}

function wanted(track: Track, { unit, run, view }: Sight): number {
  if (unit.workload.kind === 'StatefulSet') return 1
  return setsOf(unit, run, view, track).reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0)
}

function ready(track: Track, sight: Sight): Met {
  const { unit, run, view, now } = sight
  const pods = podsOfTrack(unit, run, view, track)
  const due = pods.map((pod) => availableAt(pod, unit.seen.minReady))
  const count = due.filter((at) => at !== null).length
  const want = Math.max(1, wanted(track, sight), pods.length)
  if (count < want) return wait(`${count} of ${want} ${track} pods ready`)
  const latest = Math.max(...due.map((at) => at ?? 0))
  return latest <= now ? met : wait(`${want} ${track} pods to be ready for ${unit.seen.minReady / second} s`, latest)
}

function capacity(track: Track, percent: number, sight: Sight): Met {
  const { unit, run, view } = sight
  const workload = find(view, unit.workload.kind, unit.workload.name) as Deployment | undefined
  const want = Math.max(1, surgeOf(percent, workload?.spec.replicas ?? 1))
  const have = podsOfTrack(unit, run, view, track).filter(isReady).length
  return unless(have >= want, `${have} of at least ${want} ${track} pods ready`)
}

function endpoints(service: string, tracks: readonly Track[], { unit, run, view }: Sight): Met {
  const actual = endpointsOf(view, service)
  const pods = tracks.flatMap((track) => podsOfTrack(unit, run, view, track)).filter(isReady)
  const want = new Set(pods.map((pod) => pod.metadata.uid ?? ''))
  const missing = [...want].filter((uid) => !actual.has(uid)).length
  const others = [...actual].filter((uid) => !want.has(uid)).length
  const text = `service ${service} to send to the ${want.size} ready ${tracks.join(' and ')} pods (${missing} missing, ${others} others)`
  return unless(want.size > 0 && missing === 0 && others === 0, text)
}

interface Parent {
  readonly controllerName?: string
  readonly parentRef?: { readonly name?: string }
  readonly conditions?: readonly Condition[]
}

/** Parents whose conditions are of an older generation have not looked yet; there is no `Programmed` on routes. */
function accepted(object: Ref, { view, unit: _unit }: Sight): Met {
  const route = find(view, object.kind, object.name) as
    | (KubeObject & { status?: { parents?: readonly Parent[] }; spec?: { parentRefs?: readonly { name: string }[] } })
    | undefined
  const named = new Set((route?.spec?.parentRefs ?? []).map((ref) => ref.name))
  const parents = (route?.status?.parents ?? []).filter((parent) => named.has(parent.parentRef?.name ?? ''))
  if (!route || parents.length === 0) return wait(`a gateway to accept ${refName(object)}`)
  for (const parent of parents) {
    for (const type of ['Accepted', 'ResolvedRefs']) {
      const condition = parent.conditions?.find((other) => other.type === type)
      const current = (condition?.observedGeneration ?? 0) >= (route.metadata.generation ?? 0)
      if (!condition || !current) return wait(`${parent.controllerName ?? 'the gateway'} to look at ${refName(object)}`)
      if (condition.status !== 'True')
        return wait(`${keyOf(object)}: ${type} is ${condition.status}: ${condition.message ?? condition.reason ?? ''}`)
    }
  }
  return met
}

function complete(sight: Sight): Met {
  const { unit, view } = sight
  const live = find(view, unit.workload.kind, unit.workload.name) as Deployment | StatefulSet | undefined
  if (!live || !observed(live)) return wait('the controller to see the change')
  const want = live.spec.replicas ?? 1
  const { updatedReplicas = 0, replicas = 0, readyReplicas = 0 } = live.status ?? {}
  const { availableReplicas: available = readyReplicas } = (live.status ?? {}) as {
    readonly availableReplicas?: number
  }
  const done =
    updatedReplicas === want && replicas === want && (live.kind === 'StatefulSet' ? readyReplicas : available) === want
  return unless(
    done,
    `${updatedReplicas} of ${want} pods of the present template, ${replicas - updatedReplicas} others, ${available} available`,
  )
}

function partition(from: number, { unit, run, view }: Sight): Met {
  const set = find(view, 'StatefulSet', unit.workload.name)
  if (!set || !observed(set)) return wait('the controller to see the change')
  const want = Math.max(0, (set.spec.replicas ?? 1) - from)
  const due = podsOfTrack(unit, run, view, 'new').filter(isReady).length
  return unless(due >= want, `${due} of ${want} new pods ready`)
}
