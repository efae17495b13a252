import { second } from '../../time.ts'
import { all } from '../../view.ts'
import { eventsOf } from '../events.ts'
import type { PodRule } from '../rule.ts'
import { said } from '../said.ts'
import { resources } from '../words.ts'

/** By the cluster autoscaler; by Karpenter. */
const nodesOnTheWay = new Set(['TriggeredScaleUp', 'Nominated'])
const shownNodes = 5

export const unschedulable: PodRule = {
  of: 'pod',
  id: 'unschedulable',
  summary: 'no node can take the pod: 60 s, or 300 s when nodes were ordered for it',
  confirm: 60 * second,
  blames: 'either',
  match(pod, { view, events, limits }) {
    const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
    if (condition?.status !== 'False' || condition.reason !== 'Unschedulable') return null
    const ordered = eventsOf(events, pod).some((event) => nodesOnTheWay.has(event.reason ?? ''))
    const asks = pod.spec.containers.map(
      ({ name, resources: r }) => `${name} asks for ${resources(r?.requests) || 'nothing'}`,
    )
    const nodes = all(view, 'Node').slice(0, shownNodes)
    return {
      because: `no node can take it${ordered ? ', though nodes were ordered' : ''}: ${said(condition.message)}`,
      confirm: Math.min((ordered ? 300 : 60) * second, limits.deadline),
      evidence: [
        ...asks,
        ...nodes.map((node) => `node ${node.metadata.name} has ${resources(allocatable(node['status']))}`),
      ],
    }
  },
}

const allocatable = (status: unknown): Record<string, string> =>
  (status as { allocatable?: Record<string, string> } | undefined)?.allocatable ?? {}
