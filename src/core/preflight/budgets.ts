import { same } from '../json.ts'
import type { Ref } from '../kinds.ts'
import type { KubeObject, LabelSelector } from '../objects.ts'
import { all, matches, type View } from '../view.ts'
import { foreignPods } from './owner-of-pod.ts'

type Labels = Readonly<Record<string, string>>

/**
 * The PodDisruptionBudgets of pods with these labels that a release may pin. One that guards other pods as well is not
 * among them: pinned to one hash it would leave those unguarded.
 */
export const budgetsOf = (view: View, labels: Labels): Ref[] =>
  matchingBudgets(view, labels)
    .filter((budget) => othersUnder(view, budget, labels).length === 0)
    .map(({ metadata: { name } }) => ({ kind: 'PodDisruptionBudget', namespace: view.namespace, name }))

/** In policy/v1 an empty selector matches every pod of the namespace and a missing one none. */
export const matchingBudgets = (view: View, labels: Labels): KubeObject[] =>
  all(view, 'PodDisruptionBudget')
    .filter((budget) => {
      const selector = selectorOf(budget)
      return selector !== undefined && matches(selector, labels)
    })
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))

/** Pods that a budget guards besides those of the workload whose template has these labels. */
export function othersUnder(view: View, budget: KubeObject, labels: Labels) {
  const selector = selectorOf(budget)
  const owner = ownerOf(view, labels)
  return selector && owner ? foreignPods(view, selector, owner) : []
}

/** The labels may be those of a template to come, which its workload selects but does not have yet. */
function ownerOf(view: View, labels: Labels): KubeObject | undefined {
  const workloads = (['Deployment', 'StatefulSet'] as const).flatMap((kind) => all(view, kind))
  const live = workloads.find(({ spec }) => same(spec.template.metadata?.labels ?? {}, labels))
  return live ?? workloads.find(({ spec }) => matches(spec.selector, labels))
}

const selectorOf = (budget: KubeObject): LabelSelector | undefined =>
  (budget['spec'] as { selector?: LabelSelector | null } | undefined)?.selector ?? undefined
