import { type Memory, nothingSeen } from '../../../src/core/health/memory.ts'
import { type Health, observeHealth } from '../../../src/core/health/observe.ts'
import type { Limits } from '../../../src/core/health/rule.ts'
import { type Kind, keyOf } from '../../../src/core/kinds.ts'
import type { Condition, Deployment, KubeEvent, KubeObject, Pod, ReplicaSet } from '../../../src/core/objects.ts'
import { minute, second, stamp } from '../../../src/core/time.ts'
import type { View } from '../../../src/core/view.ts'
import { type PodBuilder, pod, start } from './pods.ts'

/** What is there to be seen: only the parts that a test is about. */
export interface World {
  readonly pods?: readonly PodBuilder[]
  readonly stable?: readonly PodBuilder[]
  readonly sets?: readonly ReplicaSet[]
  readonly workload?: KubeObject
  /** Events, nodes, quotas, slices. */
  readonly others?: readonly KubeObject[]
  readonly limits?: Partial<Limits>
  readonly service?: string
  /** Seconds after the start since which nothing is heard. */
  readonly silentSince?: number
}

export const template = { spec: { containers: [{ name: 'app', image: 'registry.test/web:v2' }] } }

export const deployment = (
  over: { conditions?: Condition[]; generation?: number; deadline?: number } = {},
): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', uid: 'uid-web', generation: over.generation ?? 3 },
  spec: { selector: {}, template, progressDeadlineSeconds: over.deadline ?? 2_147_483_647 },
  status: { observedGeneration: 3, conditions: over.conditions ?? [] },
})

export const set = (
  over: { replicas?: number; present?: number; conditions?: Condition[]; containers?: string[] } = {},
): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web-new', uid: 'uid-web-new' },
  spec: {
    replicas: over.replicas ?? 1,
    selector: {},
    template: over.containers
      ? { spec: { containers: over.containers.map((name) => ({ name, image: 'x' })) } }
      : template,
  },
  status: { replicas: over.present ?? over.replicas ?? 1, conditions: over.conditions ?? [] },
})

let events = 0
/** About a pod or another object, `at` seconds after the start. */
export function event(about: KubeObject | PodBuilder, reason: string, message: string, at = 0): KubeEvent {
  const object = 'value' in about && 'waiting' in about ? (about as PodBuilder).value : about
  events += 1
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `event-${events}` },
    involvedObject: { kind: object.kind, name: object.metadata.name, uid: object.metadata.uid ?? '' },
    type: 'Warning',
    reason,
    message,
    lastTimestamp: stamp(start + at * second),
  }
}

export const node = (name: string, conditions: Condition[] = [{ type: 'Ready', status: 'True' }]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  status: { conditions, allocatable: { cpu: '4' } },
})

const values = (pods: readonly PodBuilder[] = []): Pod[] => pods.map(({ value }) => value)

/** One look at the world, so many seconds after the start. */
export function look(world: World, at = 0, memory: Memory = nothingSeen): Health {
  const newPods = values(world.pods ?? [pod()])
  const stablePods = values(world.stable)
  const newSets = world.sets ?? [set({ replicas: newPods.length })]
  const workload = world.workload ?? deployment()
  const objects = [...newPods, ...stablePods, ...newSets, workload, ...(world.others ?? [])]
  const view: View = {
    at: start + at * second,
    namespace: 'shop',
    objects: new Map(objects.map((one) => [keyOf({ kind: one.kind as Kind, name: one.metadata.name }), one])),
    silentSince: world.silentSince === undefined ? null : start + world.silentSince * second,
  }
  return observeHealth({
    memory,
    view,
    workload,
    newPods,
    stablePods,
    newSets,
    limits: { deadline: 10 * minute, minReady: 10 * second, allowedBad: 0, ...world.limits },
    now: start + at * second,
    ...(world.service === undefined ? {} : { service: world.service }),
  })
}

/** Several looks in a row: the last one's health. */
export const watch = (...looks: readonly (readonly [at: number, world: World])[]): Health =>
  looks.reduce<Health | null>((before, [at, world]) => look(world, at, before?.memory), null) ?? look({})

/** The same world at the start and again so many seconds later. */
export const still = (seconds: number, world: World): Health => watch([0, world], [seconds, world])
