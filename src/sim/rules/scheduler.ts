import type { KubeObject, Pod } from '../../core/objects.ts'
import type { Millis } from '../../core/time.ts'
import { type Key, keyOfObject, nothing, type Rule, stamped, type Turn, type World } from '../world.ts'
import { warning } from './events.ts'
import { asked, quantity } from './quantities.ts'

/** Finds each pod a node with room for what it requests, the emptiest first. Affinity, taints and the like are not looked at. */
export const schedulerRule: Rule = {
  name: 'scheduler',
  delay: [5, 30],
  concerns: (object, world) => {
    if (object.kind === 'Node') return waiting(world).map(keyOfObject)
    if (object.kind !== 'Pod') return []
    const isGone = world.get(keyOfObject(object)) === undefined
    return isGone ? waiting(world).map(keyOfObject) : isWaiting(object as Pod) ? [keyOfObject(object)] : []
  },
  act,
}

const isWaiting = (pod: Pod): boolean => pod.spec.nodeName === undefined && !pod.metadata.deletionTimestamp
const waiting = (world: World): Pod[] => world.all('Pod').filter(isWaiting)

function act(world: World, key: Key, now: Millis): Turn {
  const pod = world.get(key) as Pod | undefined
  if (!pod || !isWaiting(pod)) return nothing
  const rooms = world.all('Node').map((node) => roomOf(world, node))
  const lacks = rooms.map((room) => lackOf(pod, room))
  const [best] = rooms.filter((_, index) => lacks[index] === null).sort((a, b) => a.taken - b.taken)
  if (best) return { edits: [{ do: 'put', object: bound(pod, best.node, now) }] }
  return unschedulable(world, pod, lacks as string[], now)
}

interface Room {
  readonly node: string
  readonly taken: number
  readonly free: { readonly cpu: number; readonly memory: number; readonly pods: number }
}

function roomOf(world: World, node: KubeObject): Room {
  const { allocatable = {} } = (node['status'] ?? {}) as { allocatable?: Readonly<Record<string, string>> }
  const pods = world.all('Pod').filter(({ spec }) => spec.nodeName === node.metadata.name)
  const used = (resource: 'cpu' | 'memory'): number =>
    pods.reduce((sum, { spec }) => sum + asked(spec, 'requests', resource), 0)
  const free = {
    cpu: quantity(allocatable['cpu']) - used('cpu'),
    memory: quantity(allocatable['memory']) - used('memory'),
    pods: quantity(allocatable['pods']) - pods.length,
  }
  return { node: node.metadata.name, taken: pods.length, free }
}

function lackOf({ spec }: Pod, { free }: Room): string | null {
  if (free.pods < 1) return 'Too many pods'
  // Sums of decimal fractions: what is a millionth too much is not too much.
  if (asked(spec, 'requests', 'cpu') > free.cpu + 1e-6) return 'Insufficient cpu'
  return asked(spec, 'requests', 'memory') > free.memory ? 'Insufficient memory' : null
}

const scheduled = (status: 'True' | 'False', now: Millis, more: object = {}) => ({
  type: 'PodScheduled' as const,
  status,
  lastTransitionTime: stamped(now),
  ...more,
})

const bound = (pod: Pod, nodeName: string, now: Millis): Pod => ({
  ...pod,
  spec: { ...pod.spec, nodeName },
  status: { phase: 'Pending', conditions: [scheduled('True', now)] },
})

function unschedulable(world: World, pod: Pod, lacks: readonly string[], now: Millis): Turn {
  const counts = Object.entries(Object.groupBy(lacks, (lack) => lack)).map(([lack, all]) => `${all?.length} ${lack}`)
  const message = `0/${lacks.length} nodes are available: ${counts.join(', ')}.`
  const known = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
  if (known?.message === message) return nothing
  const condition = scheduled('False', now, { reason: 'Unschedulable', message })
  const object: Pod = { ...pod, status: { phase: 'Pending', conditions: [condition] } }
  return { edits: [{ do: 'put', object }, ...warning(world, pod, { reason: 'FailedScheduling', message }, now)] }
}
