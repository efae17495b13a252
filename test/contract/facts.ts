import { at } from '../../src/core/json.ts'
import type { Deployment, EndpointSlice, KubeEvent, Pod, ReplicaSet } from '../../src/core/objects.ts'
import type { Driver } from './driver.ts'
import type { Sight } from './script.ts'

export type Remembered = ReadonlyMap<string, ReadonlySet<string>>

/** What is seen of that which a sight speaks of, in its own words. */
export async function factsFor(sight: Sight, driver: Driver, remembered: Remembered): Promise<Sight> {
  const [deployment] = (await driver.list('Deployment')) as readonly Deployment[]
  return {
    ...(sight.as !== undefined && { as: sight.as }),
    ...(sight.sets && { sets: await setsIn(driver) }),
    ...(sight.conditions && {
      conditions: (deployment?.status?.conditions ?? [])
        .map(({ type, status, reason }) => `${type} ${status} ${reason}`)
        .sort(),
    }),
    ...(sight.counts !== undefined && { counts: countsOf(deployment) }),
    ...(sight.endpoints && { endpoints: await endpointsIn(driver, Object.keys(sight.endpoints)) }),
    ...(sight.ordinals && { ordinals: await ordinalsIn(driver) }),
    ...(sight.kept && { kept: await keptIn(driver, Object.keys(sight.kept), remembered) }),
    ...(sight.fields && { fields: await fieldsIn(driver, sight.fields) }),
    ...(sight.warnings && { warnings: await warningsIn(driver) }),
  }
}

export const tagOf = (object: { readonly spec: Pod['spec'] }): string =>
  object.spec.containers[0]?.image.split(':').at(-1) ?? ''

const revisionOf = (set: ReplicaSet): number =>
  Number(set.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)

async function setsIn(driver: Driver): Promise<string[]> {
  const sets = (await driver.list('ReplicaSet')) as readonly ReplicaSet[]
  return [...sets]
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .filter(({ spec, status }) => (spec.replicas ?? 0) > 0 || (status?.replicas ?? 0) > 0)
    .map(({ spec, status }) => {
      const { readyReplicas = 0, availableReplicas = 0 } = status ?? {}
      return `${tagOf(spec.template)} ${spec.replicas}/${readyReplicas}/${availableReplicas}`
    })
}

function countsOf(deployment: Deployment | undefined): string {
  const { updatedReplicas = 0, replicas = 0, readyReplicas = 0, availableReplicas = 0 } = deployment?.status ?? {}
  return [updatedReplicas, replicas, readyReplicas, availableReplicas].join('/')
}

async function endpointsIn(driver: Driver, services: readonly string[]): Promise<NonNullable<Sight['endpoints']>> {
  const slices = (await driver.list('EndpointSlice')) as readonly EndpointSlice[]
  const pods = new Map((await driver.list('Pod')).map((pod) => [pod.metadata.uid, pod as Pod]))
  const counted = services.map((service): [string, Record<string, number>] => {
    const counts: Record<string, number> = {}
    for (const slice of slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service))
      for (const { conditions, targetRef } of slice.endpoints ?? []) {
        const pod = pods.get(targetRef?.uid)
        if (pod && conditions?.ready) counts[tagOf(pod)] = (counts[tagOf(pod)] ?? 0) + 1
      }
    return [service, counts]
  })
  return Object.fromEntries(counted)
}

async function ordinalsIn(driver: Driver): Promise<string[]> {
  const pods = (await driver.list('Pod')) as readonly Pod[]
  return pods
    .filter(({ metadata }) => /-\d+$/.test(metadata.name))
    .map(
      (pod) =>
        `${pod.metadata.name} ${tagOf(pod)} ${pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status}`,
    )
    .sort()
}

async function keptIn(
  driver: Driver,
  names: readonly string[],
  remembered: Remembered,
): Promise<NonNullable<Sight['kept']>> {
  const pods = await driver.list('Pod')
  const alive = pods.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.uid ?? '')
  return Object.fromEntries(names.map((name) => [name, alive.filter((uid) => remembered.get(name)?.has(uid)).length]))
}

async function fieldsIn(driver: Driver, fields: NonNullable<Sight['fields']>): Promise<NonNullable<Sight['fields']>> {
  return await Promise.all(
    fields.map(async ([kind, name, pointer]) => {
      const object = (await driver.list(kind)).find(({ metadata }) => metadata.name === name)
      return [kind, name, pointer, at(object, pointer)] as const
    }),
  )
}

async function warningsIn(driver: Driver): Promise<string[]> {
  const events = (await driver.list('Event')) as readonly KubeEvent[]
  const reasons = events.filter(({ type }) => type === 'Warning').map(({ reason = '' }) => reason)
  return [...new Set(reasons)].sort()
}
