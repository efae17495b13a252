import { kinds } from '../kinds.ts'
import type { Complaint } from './complaint.ts'
import type { Permission } from './permissions.ts'

export interface Asked {
  readonly permission: Permission
  /** `null`: the question itself was refused. */
  readonly allowed: boolean | null
}

/** What may not be done, once for each kind of object in each namespace. */
export function permissionComplaints(results: readonly Asked[]): Complaint[] {
  const groups = new Map<string, Asked[]>()
  for (const asked of results.filter(({ allowed }) => allowed !== true)) {
    const { cluster, namespace, kind, subresource, optional } = asked.permission
    const key = [cluster, namespace, kind, subresource, optional, asked.allowed].join('/')
    groups.set(key, [...(groups.get(key) ?? []), asked])
  }
  const complaints = [...groups.values()].map(complaint)
  return complaints.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
}

const order: readonly Complaint['level'][] = ['refuse', 'warn', 'not-checked']

function complaint(group: readonly Asked[]): Complaint {
  const [{ permission, allowed }] = group as [Asked]
  const { cluster, namespace, kind, subresource, optional } = permission
  const { plural, apiVersion } = kinds[kind]
  const resource = subresource ? `${plural}/${subresource}` : plural
  const verbs = group.map((asked) => asked.permission.verb)
  const apiGroup = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
  const rule = JSON.stringify({ apiGroups: [apiGroup], resources: [resource], verbs })
  const where = `in namespace ${namespace} of ${cluster}`
  const may = `${verbs.join(', ')} ${resource} ${where}`
  return {
    level: allowed === null || optional ? 'not-checked' : 'refuse',
    code: 'permission',
    what: allowed === null ? `whether this identity may ${may}` : `this identity may not ${may}`,
    why: reason(allowed, optional),
    remedy: `add this rule to its role: ${rule}; kubectl -n ${namespace} auth can-i ${verbs[0]} ${resource} tells when it is there`,
  }
}

function reason(allowed: boolean | null, optional: true | undefined): string {
  if (allowed === null) return 'the API server does not answer SelfSubjectAccessReviews; a step may be refused later'
  if (optional) return 'causes of trouble with pods are told with less evidence'
  return 'a step of the plan, or of its way back, would be refused half-way'
}
