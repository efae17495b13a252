import type { KubeObject, PodTemplate } from '../objects.ts'

/** A node, as far as placing pods is concerned. */
export interface Node extends KubeObject {
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] }
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: string
}

interface Toleration {
  readonly key?: string
  readonly operator?: string
  readonly value?: string
  readonly effect?: string
}

interface Term {
  readonly matchExpressions?: readonly Requirement[]
  readonly matchFields?: readonly Requirement[]
}

interface Requirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** Nodes on which the scheduler may put such a pod: Ready, not cordoned, selected, taints tolerated. Room is another matter. */
export const nodesFor = (nodes: readonly KubeObject[], { spec }: PodTemplate): Node[] =>
  nodes.filter((node: Node) => {
    const labels = node.metadata.labels ?? {}
    const tolerations = (spec['tolerations'] as readonly Toleration[] | undefined) ?? []
    const selector = Object.entries((spec['nodeSelector'] as Record<string, string> | undefined) ?? {})
    return (
      node.spec?.unschedulable !== true &&
      node.status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'False' &&
      (node.spec?.taints ?? []).every((taint) => tolerated(taint, tolerations)) &&
      selector.every(([key, value]) => labels[key] === value) &&
      wanted(node, spec['affinity'])
    )
  })

const tolerated = (taint: Taint, tolerations: readonly Toleration[]): boolean =>
  taint.effect === 'PreferNoSchedule' ||
  tolerations.some(
    ({ key, operator = 'Equal', value = '', effect }) =>
      (effect === undefined || effect === '' || effect === taint.effect) &&
      (operator === 'Exists'
        ? key === undefined || key === taint.key
        : key === taint.key && value === (taint.value ?? '')),
  )

/** Required node affinity: one of the terms, all of its requirements. */
function wanted(node: KubeObject, affinity: unknown): boolean {
  const { nodeAffinity } = (affinity ?? {}) as {
    nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms?: readonly Term[] } }
  }
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (!terms) return true
  const { labels = {}, name } = node.metadata
  return terms.some(
    ({ matchExpressions = [], matchFields = [] }) =>
      matchExpressions.length + matchFields.length > 0 &&
      matchExpressions.every((one) => met(one, labels[one.key])) &&
      matchFields.every((one) => met(one, one.key === 'metadata.name' ? name : undefined)),
  )
}

function met({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return Number(value) > Number(values[0])
    case 'Lt':
      return Number(value) < Number(values[0])
    default:
      return false
  }
}
