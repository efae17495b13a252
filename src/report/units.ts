import type { Plan, Unit } from '../core/plan.ts'

/** Apart from where they stand, which is read with all that decides about a run: a plan is printed without. */
export const unitsOf = (plan: Plan): readonly Unit[] => plan.waves.flatMap(({ units }) => units)
