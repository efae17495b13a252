import { hash } from 'node:crypto'
import { canonical } from '../../core/json.ts'
import { approvedOf } from '../../core/plan-hash.ts'
import type { Plan } from '../../core/plan.ts'

/**
 * What `core/hash.ts` says of a value. Whole journals are checked, some 15,000 entries for a hundred units, and there Node's
 * own sha256 takes a tenth of the time. What text is hashed is core's to say.
 */
export const hashOf = (value: unknown): string => hash('sha256', canonical(value))

/** What `core/plan-hash.ts` says of a plan. */
export const planHash = (plan: Plan): string => hashOf(approvedOf(plan))
