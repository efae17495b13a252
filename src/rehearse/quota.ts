import type { KubeObject, Pod } from '../core/objects.ts'
import { quantity } from '../sim/rules/quantities.ts'
import { usageOf, isLimitable } from '../sim/rules/quota.ts'

/**
 * A quota as it is for the pods of one workload: what everybody else in the namespace uses is taken off it, for the copy
 * does not have them. `null`: the copy can't tell what it limits.
 */
export function quotaHere(quota: KubeObject, pods: readonly Pod[]): KubeObject | null {
  const { hard = {}, scopes, scopeSelector } = quota['spec'] as QuotaSpec
  if (scopes ?? scopeSelector) return null
  const { used = {} } = (quota['status'] ?? {}) as { used?: Readonly<Record<string, string>> }
  const left = Object.entries(hard)
    .filter(([resource]) => isLimitable(resource))
    .map(([resource, limit]) => {
      const [all, most] = [numberOf(used[resource]), numberOf(limit)]
      const others = Math.max(0, all - usageOf(resource, pods))
      return [resource, String(Math.max(0, most - others))] as const
    })
  if (left.length === 0 || left.some(([, limit]) => limit === 'NaN')) return null
  return { ...quota, spec: { hard: Object.fromEntries(left) } }
}

/** `NaN` for what nobody here can read. */
function numberOf(text: string | undefined): number {
  try {
    return quantity(text)
  } catch {
    return Number.NaN
  }
}

interface QuotaSpec {
  readonly hard?: Readonly<Record<string, string>>
  readonly scopes?: object
  readonly scopeSelector?: object
}
