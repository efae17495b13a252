import type { KubeObject, Pod, PodSpec } from '../../core/objects.ts'
import type { NewObject, World } from '../world.ts'
import { asked, quantity } from './quantities.ts'

type Hard = Readonly<Record<string, string>>

/** What one pod uses of each thing that a quota can limit. */
const uses: Readonly<Record<string, (spec: PodSpec) => number>> = {
  pods: () => 1,
  'count/pods': () => 1,
  cpu: (spec) => asked(spec, 'requests', 'cpu'),
  memory: (spec) => asked(spec, 'requests', 'memory'),
  'requests.cpu': (spec) => asked(spec, 'requests', 'cpu'),
  'requests.memory': (spec) => asked(spec, 'requests', 'memory'),
  'limits.cpu': (spec) => asked(spec, 'limits', 'cpu'),
  'limits.memory': (spec) => asked(spec, 'limits', 'memory'),
}

export const isLimitable = (resource: string): boolean => resource in uses

/** What these pods use together of one thing that a quota limits. */
export const usageOf = (resource: string, pods: readonly Pod[]): number =>
  pods.filter(isUsing).reduce((sum, { spec }) => sum + (uses[resource]?.(spec) ?? 0), 0)

const hardOf = (quota: KubeObject): Hard => (quota['spec'] as { hard?: Hard } | undefined)?.hard ?? {}

/** Why one more pod, after `planned` others like it, is not admitted; `null`: it is. Pods on their way out still count. */
export function quotaRefusal(world: World, pod: NewObject, planned: number): string | null {
  const { namespace } = pod.metadata
  const pods = world.all('Pod', namespace)
  for (const quota of world.all('ResourceQuota', namespace)) {
    for (const [resource, limit] of Object.entries(hardOf(quota))) {
      const use = uses[resource]
      if (!use) continue
      const one = use(pod['spec'] as PodSpec)
      const used = usageOf(resource, pods) + planned * one
      if (one > 0 && used + one > quantity(limit))
        return `pods "${pod.metadata.generateName ?? pod.metadata.name}" is forbidden: exceeded quota: ${quota.metadata.name}, requested: ${resource}=${one}, used: ${resource}=${used}, limited: ${resource}=${limit}`
    }
  }
  return null
}

const isUsing = (pod: Pod): boolean => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'
