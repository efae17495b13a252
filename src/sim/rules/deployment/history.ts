import type { Deployment, ReplicaSet } from '../../../core/objects.ts'
import { sizeOf } from './numbers.ts'
import { revisionOf } from './sets.ts'

/** Empty sets beyond revisionHistoryLimit, lowest revision first (sync.go, `cleanupDeployment`). */
export function outdated(deployment: Deployment, old: readonly ReplicaSet[]): ReplicaSet[] {
  const surplus = old.length - (deployment.spec.revisionHistoryLimit ?? 10)
  if (surplus <= 0) return []
  return [...old]
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, surplus)
    .filter(
      (set) =>
        sizeOf(set) === 0 &&
        (set.status?.replicas ?? 0) === 0 &&
        (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0),
    )
}
