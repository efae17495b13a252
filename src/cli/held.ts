import { DeployError, nothing } from '../core/errors.ts'
import { leaseOf } from '../core/home.ts'
import { readLease } from '../core/lease/read.ts'
import type { Millis } from '../core/time.ts'
import { Locked } from '../engine/leases/refused.ts'
import type { Site } from '../engine/planning.ts'

/**
 * A run that is open was found by its marks; its Lease says more: who drives it, since when, and how far it is. Where there
 * is no such Lease, what was found has to do.
 */
export async function heldBy(
  found: unknown,
  sites: readonly Site[],
  workload: string,
  { now, signal }: { readonly now: Millis; readonly signal: AbortSignal },
): Promise<unknown> {
  if (!(found instanceof DeployError) || found.code !== 'run-open') return found
  for (const { name, namespace, reins } of sites) {
    const ref = leaseOf({ workload: { kind: 'Deployment', namespace, name: workload } })
    const object = await reins.cluster.get(ref, { signal }).catch(nothing)
    const lease = object && readLease(object)
    if (lease?.run && lease.run.phase !== 'closed') return new Locked({ cluster: name, ref }, lease, lease.run, now)
  }
  return found
}
