import type { KubeObject } from '../../objects.ts'
import { find } from '../../view.ts'
import { autoscalersOf } from '../autoscaler.ts'
import { matchingBudgets } from '../budgets.ts'
import type { Check, Facts } from '../check.ts'
import { type Owner, ownersOf } from '../owners.ts'

/** Other tools that write what the release writes: once for each tool, with all that it has. */
export const otherOwner: Check = {
  code: 'owner',
  level: 'warn',
  emergency: 'stays',
  look: (facts) =>
    grouped(facts).map((owned) => {
      const [{ owner }] = owned
      const pointers = [...new Set(owned.flatMap((one) => one.owner.ignore))].join(', ')
      return {
        what: `${owner.called} owns ${namesOf(owned)}`,
        why: `${owner.next}; while the release runs its diff has to ignore ${pointers}`,
        remedy: owner.remedy,
      }
    }),
}

export const selfHeal: Check = {
  code: 'self-heal',
  level: 'refuse',
  emergency: 'stays',
  look: (facts) =>
    grouped(facts).flatMap((owned) => {
      const healing = owned.filter(({ owner }) => owner.heals === 'yes')
      const [first] = healing
      if (!first) return []
      return {
        what: `${first.owner.called} heals ${namesOf(healing)} by itself`,
        why: 'it would write its own template, selectors and weights back in the middle of the release',
        remedy: healing.map(({ owner }) => owner.remedy).join('; '),
      }
    }),
}

export const selfHealUnknown: Check = {
  code: 'self-heal',
  level: 'not-checked',
  emergency: 'stays',
  look: (facts) =>
    grouped(facts).flatMap((owned) => {
      const [{ owner }] = owned
      if (owner.heals !== 'unknown') return []
      return {
        what: `whether ${owner.called} puts its own values back by itself`,
        why: 'that is set where it runs, which is not seen from here; it has to be off while the release runs',
        remedy: owner.remedy,
      }
    }),
}

interface Owned {
  readonly owner: Owner
  readonly object: KubeObject
}

/** Every object that the release writes, by who owns it. */
function grouped({ object, services, pinned, route, view, workload, labels }: Facts): (readonly [Owned, ...Owned[]])[] {
  const beside = pinned ? [...services, ...matchingBudgets(view, labels), ...autoscalersOf(view, workload)] : []
  const routes = route && route.kind !== 'Service' ? [find(view, route.kind, route.name)] : []
  const objects = [object, ...beside, ...routes].filter((one) => one !== undefined) as readonly KubeObject[]
  const groups = new Map<string, readonly [Owned, ...Owned[]]>()
  for (const one of objects) {
    for (const owner of ownersOf(one)) {
      const owned: Owned = { owner, object: one }
      groups.set(owner.called, [...(groups.get(owner.called) ?? []), owned] as readonly Owned[] as readonly [Owned])
    }
  }
  return [...groups.values()]
}

const namesOf = (owned: readonly Owned[]): string =>
  owned
    .map(({ object: { kind, metadata }, owner: { fields } }) => {
      const held = fields.length > 0 ? ` (${fields.join(', ')})` : ''
      return `${kind.toLowerCase()} ${metadata.name}${held}`
    })
    .join(', ')
