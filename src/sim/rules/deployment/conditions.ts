import type { Condition } from '../../../core/objects.ts'
import type { Millis } from '../../../core/time.ts'
import { stamped } from '../../world.ts'

export type Timed = Condition & { readonly lastUpdateTime?: string }
export type Conditions = readonly Timed[]

export const condition = (conditions: Conditions, type: string): Timed | undefined =>
  conditions.find((other) => other.type === type)

export const withoutCondition = (conditions: Conditions, type: string): Conditions =>
  conditions.filter((other) => other.type !== type)

/** The same status for the same reason is no news; the same status keeps the time of its last change. */
export function withCondition(
  conditions: Conditions,
  next: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  now: Millis,
): Conditions {
  const present = condition(conditions, next.type)
  if (present && present.status === next.status && present.reason === next.reason) return conditions
  const lastTransitionTime = present?.status === next.status ? present.lastTransitionTime : undefined
  return [
    ...withoutCondition(conditions, next.type),
    { ...next, lastUpdateTime: stamped(now), lastTransitionTime: lastTransitionTime ?? stamped(now) },
  ]
}
