import { matchingBudgets, othersUnder } from '../budgets.ts'
import { type Check, kubectl } from '../check.ts'
import { makersOf } from '../owner-of-pod.ts'

interface Status {
  readonly disruptionsAllowed?: number
  readonly currentHealthy?: number
  readonly desiredHealthy?: number
}

export const noEviction: Check = {
  code: 'budget-allows-none',
  level: 'warn',
  emergency: 'stays',
  look: (facts) =>
    matchingBudgets(facts.view, facts.labels).flatMap(({ metadata: { name }, ...budget }) => {
      const { disruptionsAllowed, currentHealthy = 0, desiredHealthy = 0 } = (budget['status'] ?? {}) as Status
      if (disruptionsAllowed !== 0) return []
      return {
        what: `pdb ${name} allows no eviction: ${currentHealthy} pods are healthy, ${desiredHealthy} have to be`,
        why: 'a node that is drained during the release waits until it is over',
        remedy: `${kubectl(facts, `edit pdb/${name}`)}: allow one pod at least, or do not drain nodes meanwhile`,
      }
    }),
}

export const budgetShared: Check = {
  code: 'budget-shared',
  level: 'warn',
  emergency: 'off',
  look: ({ pinned, view, labels, called }) =>
    (pinned ? matchingBudgets(view, labels) : []).flatMap((budget) => {
      const others = othersUnder(view, budget, labels)
      if (others.length === 0) return []
      return {
        what: `pdb ${budget.metadata.name} guards pods of ${makersOf(view, others).join(', ')} as well and is not pinned`,
        why: `while two versions run it counts old and new pods of ${called} together: evictions may take more of the old ones`,
        remedy: `give ${called} a PodDisruptionBudget of its own`,
      }
    }),
}

/** The eviction API answers 500 for a pod that two budgets match (kubernetes.io/docs/concepts/scheduling-eviction/api-eviction). */
export const severalBudgets: Check = {
  code: 'budgets-several',
  level: 'warn',
  emergency: 'stays',
  look({ view, labels, called }) {
    const names = matchingBudgets(view, labels).map(({ metadata }) => metadata.name)
    if (names.length < 2) return null
    return {
      what: `${names.length} PodDisruptionBudgets match the pods of ${called}: ${names.join(', ')}`,
      why: 'the API server evicts no pod that two budgets match, so its node can not be drained',
      remedy: 'keep one of them',
    }
  },
}
