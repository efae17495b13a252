import type { Kind, Ref } from '../core/kinds.ts'
import { undoName } from '../core/moves/prepare.ts'
import type { LabelSelector } from '../core/objects.ts'
import type { Watching } from '../ports.ts'

const whole: readonly Kind[] = [
  'Service',
  'EndpointSlice',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'HTTPRoute',
  'GRPCRoute',
  'ResourceQuota',
  'LimitRange',
]

/** What is watched for one unit: its own workload and pods, and the small kinds of its namespace. */
export function scopeOf(workload: Ref, selector: LabelSelector): Watching[] {
  const { namespace } = workload
  const labelSelector = labelText(selector)
  const one = (kind: Kind, name: string): Watching => ({ kind, namespace, fieldSelector: `metadata.name=${name}` })
  const mine = (kind: Kind): Watching => ({ kind, namespace, ...(labelSelector && { labelSelector }) })
  return [
    one(workload.kind, workload.name),
    ...(workload.kind === 'Deployment' ? [mine('ReplicaSet')] : []),
    mine('Pod'),
    one('ConfigMap', undoName(workload)),
    { kind: 'Event', namespace, fieldSelector: 'involvedObject.kind=Pod' },
    ...whole.map((kind) => ({ kind, namespace })),
  ]
}

/** A label selector in the API's own text form. */
function labelText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`)
  const sets = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'In') return `${key} in (${values.join(',')})`
    if (operator === 'NotIn') return `${key} notin (${values.join(',')})`
    return operator === 'Exists' ? key : `!${key}`
  })
  return [...equal, ...sets].join(',')
}
