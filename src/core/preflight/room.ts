import type { KubeObject, Pod, PodTemplate } from '../objects.ts'
import { all, type View } from '../view.ts'
import { type Node, nodesFor } from './nodes.ts'
import { type Milli, milliOf } from './quantity.ts'
import { type Amounts, type Defaults, plus, podAmounts } from './requests.ts'

/**
 * How many more such pods the nodes have room for, at the most: only this namespace's pods are seen, others take room,
 * too. So "too few" is certain for the nodes that are there, "enough" is not.
 */
export function roomFor(
  view: View,
  nodes: readonly KubeObject[],
  template: PodTemplate,
  defaults: Defaults,
): { readonly pods: number; readonly nodes: number; readonly scarce: string } {
  const able = nodesFor(nodes, template)
  const each: Amounts = { ...podAmounts(template, 'requests', defaults), pods: 1e3 }
  const rooms = able.map((node) => onNode(node, each, taken(view, node)))
  const tight = rooms.toSorted((a, b) => a.pods - b.pods)[0]
  return { pods: rooms.reduce((sum, { pods }) => sum + pods, 0), nodes: able.length, scarce: tight?.scarce ?? 'nodes' }
}

const taken = (view: View, node: Node): Amounts =>
  all(view, 'Pod')
    .filter((pod) => pod.spec.nodeName === node.metadata.name && !over(pod))
    .map((pod) => plus(podAmounts({ spec: pod.spec }, 'requests'), { pods: 1e3 }))
    .reduce(plus, {})

const over = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed'

/** By the resource that runs out first. */
function onNode({ status }: Node, each: Amounts, used: Amounts): { readonly pods: number; readonly scarce: string } {
  const allocatable = status?.allocatable ?? {}
  const fits = Object.entries(each)
    .filter(([resource, amount]) => amount > 0 && (resource !== 'pods' || allocatable['pods'] !== undefined))
    .map(([resource, amount]) => {
      const free: Milli = (milliOf(allocatable[resource] ?? '0') ?? 0) - (used[resource] ?? 0)
      return { scarce: resource, pods: Math.max(0, Math.floor(free / amount)) }
    })
  return fits.toSorted((a, b) => a.pods - b.pods)[0] ?? { scarce: 'pods', pods: Number.POSITIVE_INFINITY }
}
