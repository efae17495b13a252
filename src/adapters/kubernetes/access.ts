import { isObject, type JsonObject } from '../../core/json.ts'
import { kinds } from '../../core/kinds.ts'
import type { Call, Cluster } from '../../ports.ts'
import { toDeployError } from './errors.ts'
import { groupOf } from './paths.ts'
import type { Rest } from './rest.ts'

interface Wanted {
  readonly verb: string
  readonly group: string
  readonly resource: string
}

type Rule = Readonly<Record<'verbs' | 'apiGroups' | 'resources' | 'resourceNames', readonly string[] | undefined>>

/**
 * Whether this identity may do something. All rules of a namespace come in one answer, which says yes to nearly
 * everything that is asked; only what they don't grant is asked for by itself, for an authorizer may know more.
 */
export function accessOver(rest: Rest): Cluster['may'] {
  const rules = new Map<string, Promise<readonly Rule[]>>()

  return async (verb, kind, namespace, { subresource, ...call }) => {
    const clusterScoped = 'clusterScoped' in kinds[kind]
    const resource = subresource === undefined ? kinds[kind].plural : `${kinds[kind].plural}/${subresource}`
    if (!clusterScoped) {
      const known = rules.get(namespace) ?? rulesOf(rest, namespace, call)
      rules.set(namespace, known)
      known.catch(() => rules.delete(namespace)) // What failed is asked for again by the next question.
      if ((await known).some((rule) => grants(rule, { verb, group: groupOf(kind), resource }))) return true
    }
    const resourceAttributes = {
      verb,
      group: groupOf(kind),
      resource: kinds[kind].plural,
      ...(!clusterScoped && { namespace }),
      ...(subresource !== undefined && { subresource }),
    }
    const status = await review(rest, 'SelfSubjectAccessReview', { resourceAttributes }, call)
    return status === null ? null : status['allowed'] === true
  }
}

const grants = ({ verbs, apiGroups, resources, resourceNames }: Rule, { verb, group, resource }: Wanted): boolean =>
  resourceNames === undefined && has(verbs, verb) && has(apiGroups, group) && has(resources, resource)

const has = (list: readonly string[] | undefined, wanted: string): boolean =>
  list?.some((one) => one === '*' || one === wanted) ?? false

async function rulesOf(rest: Rest, namespace: string, call: Call): Promise<readonly Rule[]> {
  const status = await review(rest, 'SelfSubjectRulesReview', { namespace }, call)
  const found = status?.['resourceRules']
  return Array.isArray(found) ? (found as readonly unknown[] as Rule[]) : []
}

/** The status of a review; `null` where the question itself is refused. */
async function review(rest: Rest, kind: string, spec: JsonObject, call: Call): Promise<JsonObject | null> {
  const about = { verb: 'create', what: kind.toLowerCase() } as const
  const answer = await rest.ask(
    {
      about,
      method: 'POST',
      path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
      body: { apiVersion: 'authorization.k8s.io/v1', kind, spec },
      repeatable: true, // A question: nothing is stored.
    },
    call,
  )
  if (typeof answer === 'string') {
    const { status } = JSON.parse(answer) as JsonObject
    return isObject(status) ? status : {}
  }
  if (answer.kind === 'answer' && [403, 404, 405].includes(answer.status)) return null
  throw toDeployError(answer, about, rest.peer)
}
