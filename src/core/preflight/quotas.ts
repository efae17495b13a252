import type { KubeObject, PodTemplate } from '../objects.ts'
import { all, type View } from '../view.ts'
import { type Defaults, podAmounts } from './requests.ts'

export interface Quota {
  readonly name: string
  readonly hard: Readonly<Record<string, string>>
  readonly used: Readonly<Record<string, string>>
  readonly scopes: readonly Scope[]
}

interface Scope {
  readonly scopeName: string
  readonly operator: string
  readonly values?: readonly string[]
}

export const quotasOf = (view: View): Quota[] => all(view, 'ResourceQuota').map(quotaOf)

function quotaOf(object: KubeObject): Quota {
  const spec = object['spec'] as
    | { hard?: Quota['hard']; scopes?: readonly string[]; scopeSelector?: { matchExpressions?: readonly Scope[] } }
    | undefined
  const status = object['status'] as { hard?: Quota['hard']; used?: Quota['used'] } | undefined
  return {
    name: object.metadata.name,
    hard: status?.hard ?? spec?.hard ?? {},
    used: status?.used ?? {},
    scopes: [
      ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
      ...(spec?.scopeSelector?.matchExpressions ?? []),
    ],
  }
}

/**
 * Whether pods of this template count against the quota; `null`: it has a scope that is not known here.
 * (kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes)
 */
export function counts({ scopes }: Quota, template: PodTemplate, defaults: Defaults): boolean | null {
  const answers = new Set(scopes.map((scope) => inScope(scope, template, defaults)))
  if (answers.has(false)) return false
  return answers.has(null) ? null : true
}

function inScope(
  { scopeName, operator, values = [] }: Scope,
  template: PodTemplate,
  defaults: Defaults,
): boolean | null {
  const ends = template.spec['activeDeadlineSeconds'] !== undefined
  switch (scopeName) {
    case 'Terminating':
      return ends
    case 'NotTerminating':
      return !ends
    case 'BestEffort':
      return bestEffort(template, defaults)
    case 'NotBestEffort':
      return !bestEffort(template, defaults)
    case 'PriorityClass': {
      const name = template.spec['priorityClassName']
      if (operator === 'Exists') return name !== undefined
      if (operator === 'DoesNotExist') return name === undefined
      return values.some((value) => value === name) === (operator === 'In')
    }
    default:
      return null
  }
}

/** No container asks for cpu or memory, nor is limited in them. */
const bestEffort = (template: PodTemplate, defaults: Defaults): boolean =>
  (['requests', 'limits'] as const).every((side) => {
    const { cpu = 0, memory = 0 } = podAmounts(template, side, defaults)
    return cpu === 0 && memory === 0
  })
