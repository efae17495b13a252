import { hashOf } from '../../core/hash.ts'
import { mostStable } from '../../core/stable-part.ts'
import type { MeasuredPod } from '../../ports.ts'

/** All new pods, and of the stable ones always the same few as long as they are there: those with the lowest hashes. */
export function chosen(pods: readonly MeasuredPod[]): readonly MeasuredPod[] {
  const stable = pods
    .filter(({ track }) => track === 'stable')
    .map((pod) => ({ pod, hash: hashOf(pod.uid) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .slice(0, mostStable)
  return [...pods.filter(({ track }) => track === 'new'), ...stable.map(({ pod }) => pod)]
}
