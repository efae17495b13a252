import type { Ref } from './kinds.ts'
import { type Plan, type Unit, unitsOf } from './plan.ts'

/** One Lease for each unit, in its own cluster and namespace: who drives it, and which run is open. */
export const leaseOf = ({ workload: { namespace, name } }: Pick<Unit, 'workload'>): Ref => ({
  kind: 'Lease',
  namespace,
  name: `deploy-${name}`,
})

/** The order in which Leases are taken: two drivers that want the same ones meet at the first, so one of them gets all. */
export const inNameOrder = (units: readonly Unit[]): readonly Unit[] =>
  units.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))

/**
 * The unit whose cluster and namespace keep the run's journal and whose Lease takes what people ask of the run: the first
 * by name, so that everybody who has the plan finds it.
 */
export function homeOf(plan: Pick<Plan, 'waves'>): Unit {
  const [first] = inNameOrder(unitsOf(plan))
  if (!first) throw new Error('a plan without units has no home')
  return first
}
