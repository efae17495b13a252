import type { KubeObject, PodTemplate } from '../core/objects.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import { all, type View } from '../core/view.ts'
import { type Seen, seenOf } from './seen.ts'

/** Of a plan, what decides which differences it touches. */
interface Touched {
  readonly kinds: ReadonlySet<string>
  readonly templates: readonly PodTemplate[]
  readonly views: readonly View[]
}

type Touches = (touched: Touched) => boolean

const always: Touches = () => true
const never: Touches = () => false
const kind =
  (...names: readonly string[]): Touches =>
  ({ kinds }) =>
    names.some((name) => kinds.has(name))
const podField =
  (...fields: readonly string[]): Touches =>
  ({ templates }) =>
    templates.some(({ spec }) => fields.some((field) => spec[field] !== undefined))

/** The lines of src/sim/DIFFERENCES.md, and which plans they are about; a test holds the two together. */
export const differences: readonly (readonly [line: string, touches: Touches])[] = [
  [
    'Controllers act 5 to 40 ms after a change, always on the newest state; a real one may see an older state and act in two steps.',
    always,
  ],
  [
    'Pods are scheduled, started and ready in about 1.5 s, without pulling images; a deleted pod is gone 1 to 2 s later, whatever its grace period.',
    always,
  ],
  [
    'A crashed container waits 10 s before its first restart too (a kubelet restarts it at once), then 20 s, 40 s … 5 min.',
    always,
  ],
  [
    'A ReplicaSet whose pods were refused tries again every 5 s; a real one waits longer from time to time.',
    kind('Deployment'),
  ],
  [
    'The way from an API object to the data plane takes 20-110 ms for endpoints and 80-200 ms for routes, as measured with kube-proxy (nftables) and Traefik.',
    always,
  ],
  [
    'No probe runs, no process, no volume: words in its image tag or its annotations say how a pod behaves, and are about its first container.',
    always,
  ],
  [
    'Init containers are not waited for; sidecars become ready with the rest.',
    ({ templates }) =>
      templates.some(({ spec }) => spec.containers.length > 1 || (spec.initContainers ?? []).length > 0),
  ],
  [
    'The scheduler looks at requests and at the number of pods of a node: no affinity, taints, selectors, spread or priority, and nobody is preempted.',
    podField('affinity', 'tolerations', 'nodeSelector', 'topologySpreadConstraints', 'priorityClassName'),
  ],
  ['Nodes never fail. There is no cluster autoscaler.', always],
  ['The hash of a pod template is another text than the real one (it is as long, and as equal or unequal).', never],
  [
    '`managedFields` owns a list as one value, and only writes through the API are noted, not those of controllers.',
    never,
  ],
  [
    'Server-side apply knows ConfigMaps only. `kubectl apply` merges containers, env and volumes by key, other lists as one value.',
    never,
  ],
  [
    'Defaults are filled in for the fields that a release reads: Deployment, StatefulSet, pod template, Service, HTTPRoute, HorizontalPodAutoscaler.',
    never,
  ],
  [
    'Validation covers what a release can get wrong: selectors, rolling-update numbers, progress deadline, replicas, immutable identity.',
    always,
  ],
  ['No admission webhooks, LimitRanges, priority and fairness, RBAC (everything is allowed) or finalizers.', always],
  [
    'A deleted object is gone at once (pods excepted), its dependents after 20-100 ms: background deletion only.',
    never,
  ],
  ['Strategy `Recreate`, `OnDelete`, DaemonSets, Jobs and ExternalName Services are refused.', never],
  [
    'A HorizontalPodAutoscaler measures nothing: it moves when it is told to, within its limits and `selectPolicy`.',
    kind('HorizontalPodAutoscaler'),
  ],
  [
    'A PodDisruptionBudget counts, and refuses evictions; `unhealthyPodEvictionPolicy` is not looked at.',
    kind('PodDisruptionBudget'),
  ],
  [
    'A quota limits pods, cpu and memory; other resources and scopes are refused.',
    ({ views }) => views.some((view) => all(view, 'ResourceQuota').length > 0),
  ],
  ['A ReplicaSet whose pods are refused makes as many as fit at once, not in growing batches.', kind('Deployment')],
  [
    'Every parent of a route is a Gateway that accepts it; routes are not checked for hostnames, matches, filters or grants.',
    kind('HTTPRoute', 'GRPCRoute'),
  ],
  [
    'Requests are expected values, spread evenly over endpoints; they take no time, so none is in flight when a pod ends, and none is tried again.',
    always,
  ],
  [
    "A route's requests go to its first rule, unless another is named; matches and filters are not looked at.",
    kind('HTTPRoute', 'GRPCRoute'),
  ],
  ['Endpoints on their way out get nothing, also where only such are left (kube-proxy would use them).', always],
]

/** The differences that matter to this plan, as they are written. */
export function touchedBy(plan: Plan, seen: Seen): readonly string[] {
  const units = unitsOf(plan)
  const steps = units.flatMap((unit) => unit.stages.flatMap((stage) => stage.steps))
  const mutated = steps.flatMap(({ action: { mutation } }) => ('object' in mutation ? [mutation.object.kind] : []))
  const views = units.map((unit) => seenOf(seen, unit).view)
  const touched: Touched = {
    kinds: new Set([...mutated, ...units.map(({ workload }) => workload.kind)]),
    views,
    templates: units.flatMap((unit, index) =>
      templateOf(views[index]?.objects.get(`${unit.workload.kind}/${unit.workload.name}`)),
    ),
  }
  return differences.filter(([, touches]) => touches(touched)).map(([line]) => line)
}

const templateOf = (workload: KubeObject | undefined): PodTemplate[] => {
  const { template } = (workload?.['spec'] ?? {}) as { template?: PodTemplate }
  return template ? [template] : []
}
