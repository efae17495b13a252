import type { Pod } from '../core/objects.ts'
import type { Millis } from '../core/time.ts'
import { isReady, isTerminating, matches, restartsOf } from '../core/view.ts'
import type { Share } from '../sim/traffic/shares.ts'
import { type CopiedUnit, isNewPod, podsIn } from './copy.ts'
import type { Sample } from './rehearsal.ts'
import { replicasOf, type SeenUnit, selectorOf } from './seen.ts'

/** What really happens to one unit of a copy, whatever the tool believes. */
export interface Watch {
  /** From the first moment on, one for each change. */
  readonly samples: readonly Sample[]
  now(): Sample
  readonly wanted: number
  /** Pods of the old version that were restarted, or are not there any more. */
  restarted(): number
  /** Requests so far, and how many failed beyond those that fail every day. */
  counted(): { readonly requests: number; readonly failed: number }
}

export function watchUnit(copied: CopiedUnit, { view }: SeenUnit, now: () => Millis): Watch {
  const { cluster, unit, traffic, load } = copied
  const selector = selectorOf(unit, view)
  const wanted = replicasOf(unit, view)
  const samples: Sample[] = []
  const ours = (pod: Pod): boolean => matches(selector, pod.metadata.labels)
  const livingPods = (): Pod[] => podsIn(copied).filter((pod) => ours(pod) && !isTerminating(pod))
  const before = livingPods()
    .filter(isReady)
    .map((pod) => ({ uid: pod.metadata.uid, restarts: restartsOf(pod) }))
  let shares: readonly Share[] = traffic?.shares() ?? []

  const note = (): void => {
    const pods = livingPods()
    const fresh = new Set(pods.filter(isNewPod).map(({ metadata }) => metadata.uid))
    const sum = (part: (share: Share) => number): number => shares.reduce((total, share) => total + part(share), 0)
    const sample: Sample = {
      at: now(),
      toNew: sum(({ part, pod }) => (fresh.has(pod ?? '') ? part : 0)),
      failing: sum(({ part, failing }) => part * failing),
      ready: pods.filter(isReady).length,
      pods: pods.length,
    }
    const last = samples.at(-1)
    if (last && isSame(last, sample)) return
    // Of several changes at one moment the last is what it was like then.
    if (last?.at === sample.at) samples.pop()
    samples.push(sample)
  }
  traffic?.listen((next) => {
    shares = next
    note()
  })
  cluster.inside.store.listen(({ object }) => {
    if (object.kind === 'Pod') note()
  })
  note()

  return {
    samples,
    now: () => samples.at(-1) as Sample,
    wanted,
    restarted: () => {
      const present = new Map(podsIn(copied).map((pod) => [pod.metadata.uid, pod]))
      return before.filter(({ uid, restarts }) => {
        const pod = present.get(uid)
        return !pod || isTerminating(pod) || restartsOf(pod) > restarts
      }).length
    },
    counted: () => {
      const { sent, failed } = traffic?.counted() ?? { sent: 0, failed: 0 }
      return { requests: sent, failed: Math.max(0, failed - sent * load.failing) }
    },
  }
}

const isSame = (a: Sample, b: Sample): boolean =>
  Math.abs(a.toNew - b.toNew) < 1e-9 &&
  Math.abs(a.failing - b.failing) < 1e-9 &&
  a.ready === b.ready &&
  a.pods === b.pods
