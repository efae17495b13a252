import { hashOf } from './hash.ts'
import type { Plan } from './plan.ts'

/**
 * What an approval is for: everything that decides what will be done, and nothing about who, when, where from or why.
 * Two people who plan the same release of an unchanged world get the same hash.
 */
export function planHash(plan: Plan): string {
  const { warnings: _, ...rest } = plan
  return hashOf(rest)
}
