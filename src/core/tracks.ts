import type { KubeObject, Pod, ReplicaSet } from './objects.ts'
import { marks } from './marks.ts'
import type { Track, Unit } from './plan.ts'
import { find, isTerminating, ownedBy, podsOf, replicaSetsOf, type View } from './view.ts'

const revisionLabel = 'controller-revision-hash'

/** The ReplicaSets of a track: stable is known by name since planning, new by the label that this run gave it. */
export function setsOf(unit: Unit, run: string, view: View, track: Track): ReplicaSet[] {
  const deployment = find(view, 'Deployment', unit.workload.name)
  if (!deployment) return []
  return replicaSetsOf(view, deployment).filter((set) =>
    track === 'stable'
      ? set.metadata.name === unit.seen.stable.name
      : set.spec.template.metadata?.labels?.[marks.release] === run,
  )
}

/** The pods of a track that are not on their way out. */
export function podsOfTrack(unit: Unit, run: string, view: View, track: Track): Pod[] {
  if (unit.workload.kind === 'StatefulSet') return statefulPods(unit, run, view, track)
  return setsOf(unit, run, view, track)
    .flatMap((set) => podsOf(view, set))
    .filter((pod) => !isTerminating(pod))
}

function statefulPods(unit: Unit, run: string, view: View, track: Track): Pod[] {
  const set: KubeObject | undefined = find(view, 'StatefulSet', unit.workload.name)
  if (!set) return []
  return podsOf(view, set).filter((pod) => {
    const ours = pod.metadata.labels?.[marks.release] === run
    const stable = pod.metadata.labels?.[revisionLabel] === unit.seen.stable.hash
    return !isTerminating(pod) && (track === 'new' ? ours : stable)
  })
}

/** Pods of the workload that belong to neither track: another tool is at work. */
export function strangers(unit: Unit, run: string, view: View): ReplicaSet[] {
  const deployment = find(view, 'Deployment', unit.workload.name)
  // In an emergency nobody could say which set is the stable one: then none is a stranger.
  if (!deployment || unit.seen.stable.name === '') return []
  const known = new Set(
    (['stable', 'new'] as const).flatMap((track) => setsOf(unit, run, view, track)).map((set) => set.metadata.uid),
  )
  return replicaSetsOf(view, deployment).filter(
    (set) => ownedBy(set, deployment) && !known.has(set.metadata.uid) && (set.status?.replicas ?? 0) > 0,
  )
}
