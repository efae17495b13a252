import type { Container, PodTemplate } from '../objects.ts'
import { type Milli, milliOf } from './quantity.ts'

export type Side = 'requests' | 'limits'
export type Amounts = Readonly<Record<string, Milli>>

/** What a LimitRange gives to containers that say nothing. */
export interface Defaults {
  readonly requests: Readonly<Record<string, string>>
  readonly limits: Readonly<Record<string, string>>
}
export const noDefaults: Defaults = { requests: {}, limits: {} }

type Given = Readonly<Record<string, string>>
interface Resources {
  readonly requests?: Given
  readonly limits?: Given
}

/** A container's own amounts, after the API server's defaulting: requests are the limits, then the LimitRange's. */
export function containerAmounts({ resources = {} }: Container, side: Side, defaults: Defaults): Amounts {
  const { requests = {}, limits = {} }: Resources = resources
  const given = side === 'limits' ? { ...defaults.limits, ...limits } : { ...defaults.requests, ...limits, ...requests }
  return amounts(given)
}

/**
 * What a pod takes of each resource: its containers together, or the worst moment of its start if that is more. A
 * sidecar (an init container that restarts) counts from its start on. Pod-level resources win over the sum.
 * (kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers)
 */
export function podAmounts(template: PodTemplate, side: Side, defaults: Defaults = noDefaults): Amounts {
  const { spec } = template
  const of = (container: Container): Amounts => containerAmounts(container, side, defaults)
  let sidecars: Amounts = {}
  let starting: Amounts = {}
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars = plus(sidecars, of(container))
    starting = most(starting, container.restartPolicy === 'Always' ? sidecars : plus(sidecars, of(container)))
  }
  const running = spec.containers.map(of).reduce(plus, sidecars)
  const whole = amounts((spec['resources'] as Resources | undefined)?.[side] ?? {})
  const overhead = amounts((spec['overhead'] as Given | undefined) ?? {})
  return plus({ ...most(running, starting), ...whole }, overhead)
}

function amounts(given: Given): Amounts {
  const known = Object.entries(given).map(([resource, quantity]) => [resource, milliOf(quantity) ?? 0] as const)
  return Object.fromEntries(known)
}

const merge =
  (join: (a: Milli, b: Milli) => Milli) =>
  (a: Amounts, b: Amounts): Amounts =>
    Object.fromEntries(
      [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, join(a[key] ?? 0, b[key] ?? 0)]),
    )

export const plus = merge((a, b) => a + b)
const most = merge(Math.max)
