import type { StatefulSet } from '../objects.ts'
import type { Complaint } from './complaint.ts'
import { hurry, notObserved, unready } from './not-stable.ts'
import type { Stable } from './stable.ts'

/** The revision of a StatefulSet that serves, when all its pods are of it and Ready. */
export function stableRevisionOf({ metadata, spec, status }: StatefulSet): Stable | Complaint {
  const { name, namespace = 'default' } = metadata
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return notObserved(name, 'statefulset')
  const { currentRevision = '', updateRevision = '', readyReplicas: ready = 0 } = status ?? {}
  if (currentRevision !== updateRevision) {
    return {
      level: 'refuse',
      code: 'two-live-sets',
      what: `pods of statefulset ${name} are of two revisions: ${currentRevision} and ${updateRevision}`,
      why: 'a roll-out is under way or stuck, so it is not known which version is the good one',
      remedy: `kubectl -n ${namespace} rollout status statefulset/${name}, then try again; or ${hurry}`,
    }
  }
  const want = spec.replicas ?? 1
  return ready < want
    ? unready({ called: `statefulset ${name}`, namespace, ready, want, bad: [] })
    : { set: null, hash: updateRevision }
}
