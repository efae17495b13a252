import { hashOf } from './hash.ts'
import type { Plan } from './plan.ts'

/**
 * What an approval is for: everything that decides what will be done, and nothing about who, when, where from or why.
 * Two people who plan the same release of an unchanged world get the same hash.
 */
export const planHash = (plan: Plan): string => hashOf(approvedOf(plan))

/** The value that is hashed. */
export function approvedOf(plan: Plan): Omit<Plan, 'warnings'> {
  const { warnings: _, ...approved } = plan
  return approved
}
