import type { Condition, Pod } from '../objects.ts'
import { minute } from '../time.ts'
import { find, isReady, type View } from '../view.ts'
import type { Context } from './rule.ts'
import { said } from './said.ts'
import type { Raised } from './signals.ts'
import type { Taken } from './taken.ts'

/**
 * New pods that are not well on a node that is to blame, while new pods elsewhere are. That all bad pods stand on one
 * node excuses nothing by itself, for a first bad pod always does: the node must say that it is unwell, or stable's pods
 * on it must be down too. What only the release can have caused (`blames`) is never excused.
 */
export function spoiltByNode(raised: readonly Raised[], context: Context): readonly Taken[] {
  const blame = new Map(nodesOf(context.pods).flatMap((node) => blameOf(node, context)))
  const elsewhere = context.pods.some((pod) => isReady(pod) && !blame.has(pod.spec.nodeName ?? ''))
  if (!elsewhere) return []
  return context.pods.flatMap((pod) => {
    const fault = blame.get(pod.spec.nodeName ?? '')
    const signs = raised.filter((one) => one.pod === pod)
    if (!fault || signs.some(({ rule }) => rule.blames === 'release')) return []
    return signs.length > 0 || !isReady(pod) ? [{ pod, ...fault }] : []
  })
}

const nodesOf = (pods: readonly Pod[]): readonly string[] => [
  ...new Set(pods.map((pod) => pod.spec.nodeName).filter((node) => node !== undefined)),
]

/** Those that an autoscaler has just asked for are not down: they have not been up yet. */
const isStarting = (pod: Pod, { memory, now }: Context): boolean =>
  !memory.beenReady[pod.metadata.uid ?? pod.metadata.name] &&
  now - Date.parse(pod.metadata.creationTimestamp ?? '') < minute

function blameOf(node: string, context: Context): readonly [string, Omit<Taken, 'pod'>][] {
  const ailments = conditionsOf(context.view, node).filter(isAilment)
  const stable = context.stablePods.filter((pod) => pod.spec.nodeName === node && !isStarting(pod, context))
  const down = stable.length > 0 && !stable.some(isReady)
  if (ailments.length === 0 && !down) return []
  const why = ailments.length > 0 ? ailments.map(textOf).join(', ') : "stable's pods on it are down as well"
  return [
    [
      node,
      {
        rule: 'node',
        because: `node ${node} is at fault (${why}), new pods on other nodes are well`,
        evidence: ailments.map((one) => `node ${node}: ${textOf(one)}: ${said(one.message)}`),
      },
    ],
  ]
}

export const conditionsOf = (view: View, node: string): readonly Condition[] =>
  (find(view, 'Node', node)?.['status'] as { conditions?: readonly Condition[] } | undefined)?.conditions ?? []

/** `Ready` should be True, everything else (MemoryPressure, NetworkUnavailable) False. */
const isAilment = ({ type, status }: Condition): boolean => (type === 'Ready' ? status !== 'True' : status === 'True')

const textOf = ({ type, status }: Condition): string => `${type}=${status}`
