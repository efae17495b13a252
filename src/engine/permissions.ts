import type { Plan } from '../core/plan.ts'
import type { Complaint } from '../core/preflight/complaint.ts'
import { type Asked, permissionComplaints } from '../core/preflight/permission-complaints.ts'
import { permissionsNeeded } from '../core/preflight/permissions.ts'
import type { Site } from './planning.ts'

/** Whether this identity may do all that the plan could ever do, asked of each cluster before anything is changed. */
export async function permissionCheck(plan: Plan, sites: readonly Site[], signal: AbortSignal): Promise<Complaint[]> {
  const asked = await Promise.all(
    permissionsNeeded(plan)
      // That these may be read is known: they have been.
      .filter(({ verb, subresource }) => subresource !== undefined || !['get', 'list', 'watch'].includes(verb))
      .map(async (permission): Promise<Asked> => {
        const { cluster, namespace, verb, kind, subresource } = permission
        const site = sites.find(({ name }) => name === cluster)
        if (!site) throw new Error(`no connection to ${cluster} was opened`)
        const call = { signal, ...(subresource !== undefined && { subresource }) }
        return { permission, allowed: await site.reins.cluster.may(verb, kind, namespace, call) }
      }),
  )
  return permissionComplaints(asked)
}
