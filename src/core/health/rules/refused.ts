import type { KubeObject, ReplicaSet } from '../../objects.ts'
import { minute, second } from '../../time.ts'
import { all } from '../../view.ts'
import { eventsOf, timeOf } from '../events.ts'
import type { Context, ReleaseRule, Sign } from '../rule.ts'
import { said } from '../said.ts'
import { resources } from '../words.ts'

const unreachable =
  /failed calling webhook|failed to call webhook|context deadline exceeded|connection refused|timed? ?out/i
const denied = /forbidden|denied the request|violates PodSecurity|exceeded quota|is invalid|not found/i

/** An event that is older than this may be about something that was mended since. */
const fresh = 10 * minute

/** How many pods the controller still has to make. */
function missing(object: KubeObject): number {
  const { spec, status } = object as ReplicaSet
  return (spec.replicas ?? 1) - (status?.replicas ?? 0)
}

/** Why this controller's last attempt to make a pod failed, in the API server's words. */
function refusal(object: KubeObject, { events, now }: Context): string | undefined {
  const failure = (object as ReplicaSet).status?.conditions?.find((condition) => condition.type === 'ReplicaFailure')
  if (failure?.status === 'True' && failure.reason !== 'FailedDelete') return failure.message ?? ''
  if (missing(object) <= 0) return undefined
  return eventsOf(events, object).find((event) => event.reason === 'FailedCreate' && timeOf(event) > now - fresh)
    ?.message
}

const quotas = ({ view }: Context): string[] =>
  all(view, 'ResourceQuota').map((quota) => {
    const { hard, used } = (quota['status'] ?? {}) as Record<'hard' | 'used', Record<string, string> | undefined>
    return `quota ${quota.metadata.name}: used ${resources(used)}; hard ${resources(hard)}`
  })

function refusedBy(context: Context, wanted: 'denied' | 'unreachable'): Sign | null {
  const makers = context.workload.kind === 'StatefulSet' ? [context.workload] : context.sets
  for (const maker of makers) {
    const text = refusal(maker, context)
    if (text === undefined) continue
    const kind = unreachable.test(text) || !denied.test(text) ? 'unreachable' : 'denied'
    if (kind !== wanted) continue
    return {
      object: `${maker.kind.toLowerCase()}/${maker.metadata.name}`,
      because: `cannot make pods: ${said(text)}`,
      evidence: /quota/i.test(text) ? quotas(context) : [],
    }
  }
  return null
}

export const podsRefused: ReleaseRule = {
  of: 'release',
  id: 'pods-refused',
  summary: 'the API server refuses the pods: quota, LimitRange, pod security, a webhook that says no',
  confirm: 15 * second,
  blames: 'release',
  match: (context) => refusedBy(context, 'denied'),
}

export const webhookDown: ReleaseRule = {
  of: 'release',
  id: 'webhook-down',
  summary: 'pods cannot be made because an admission webhook, or the API server, does not answer',
  confirm: 60 * second,
  blames: 'either',
  warns: true,
  match: (context) => refusedBy(context, 'unreachable'),
}
