import { type Check, type Facts, kubectl, smallerBatches } from '../check.ts'
import { defaultsOf } from '../limit-ranges.ts'
import { type Milli, milliOf, quantityText } from '../quantity.ts'
import { counts, type Quota, quotasOf } from '../quotas.ts'
import { counted } from '../words.ts'
import { type Amounts, podAmounts, type Side } from '../requests.ts'

/** A quota refuses pods while the release runs: known beforehand it costs nothing. */
export const quotaShort: Check = {
  code: 'quota-short',
  level: 'refuse',
  emergency: 'warns',
  look: (facts) =>
    quotasOf(facts.view).flatMap((quota) => Object.keys(quota.hard).flatMap((key) => shortOf(facts, quota, key) ?? [])),
}

interface Need {
  readonly milli: Milli
  readonly resource: string
  readonly text: string
}

function shortOf(facts: Facts, quota: Quota, key: string) {
  const need = needOf(facts, quota, key)
  const left = (milliOf(quota.hard[key] ?? '0') ?? 0) - (milliOf(quota.used[key] ?? '0') ?? 0)
  if (!need || need.milli <= Math.max(0, left)) return null
  const { resource, milli, text } = need
  const missing = quantityText(resource, milli - left)
  return {
    what: `needs ${text}, quota ${quota.name} has ${quantityText(resource, Math.max(0, left))} left of ${quota.hard[key]} (${key})`,
    why: 'the API server would refuse the last of these pods, and the release would be taken back',
    remedy: `raise ${key} in quota ${quota.name} by ${missing}: ${kubectl(facts, `edit resourcequota/${quota.name}`)}${ours.has(key) ? '' : smallerBatches(facts)}`,
  }
}

function needOf(facts: Facts, quota: Quota, key: string): Need | null {
  const { surge, newTemplate, view, pinned, emergency } = facts
  const applies = counts(quota, newTemplate, defaultsOf(view))
  if (key === 'pods' || key === 'count/pods') {
    return applies === true ? { milli: surge * 1e3, resource: 'pods', text: counted(surge, 'more pod') } : null
  }
  if (ours.has(key)) {
    const made = pinned && !emergency
    return made ? { milli: 1e3, resource: key, text: `1 more ${ours.get(key)}` } : null
  }
  const match = /^(?:(requests|limits)\.)?(.+)$/.exec(key)
  const [, side = 'requests', resource = ''] = match ?? []
  return applies === true ? amountOf(facts, side as Side, resource) : null
}

/** What a routed release makes beside pods. */
const ours: ReadonlyMap<string, string> = new Map([
  ['services', 'service'],
  ['count/services', 'service'],
])

/** The peak: surge pods of the new size, and every pod that takes an old one's place as much as it grows. */
function amountOf({ surge, replicas, newTemplate, object, view }: Facts, side: Side, resource: string): Need | null {
  const defaults = defaultsOf(view)
  const of = (amounts: Amounts): Milli => amounts[resource] ?? 0
  const each = of(podAmounts(newTemplate, side, defaults))
  const growth = Math.max(0, each - of(podAmounts(object.spec.template, side, defaults)))
  const replaced = Math.max(0, replicas - surge)
  const milli = surge * each + replaced * growth
  if (milli === 0) return null
  const show = (amount: Milli): string => quantityText(resource, amount)
  const parts = [
    ...(surge > 0 ? [`${counted(surge, 'more pod')} x ${show(each)}`] : []),
    ...(replaced > 0 && growth > 0 ? [`${counted(replaced, 'pod')} x ${show(growth)} more than now`] : []),
  ]
  const text = `${parts.join(' + ')} = ${show(milli)} ${side === 'limits' ? `${resource} limit` : resource}`
  return { milli, resource, text }
}

/** A quota on cpu or memory makes the server demand that every container says how much it wants. */
export const quotaDemands: Check = {
  code: 'quota-demands',
  level: 'refuse',
  emergency: 'stays',
  look: (facts) => {
    const defaults = defaultsOf(facts.view)
    return quotasOf(facts.view).flatMap((quota) =>
      counts(quota, facts.newTemplate, defaults) === true
        ? Object.keys(quota.hard).flatMap((key) => undemanded(facts, quota, key) ?? [])
        : [],
    )
  },
}

function undemanded({ newTemplate, view }: Facts, { name }: Quota, key: string) {
  const match = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(key)
  if (!match) return null
  const [, side = 'requests', resource = ''] = match
  if (podAmounts(newTemplate, side as Side, defaultsOf(view))[resource] !== undefined) return null
  return {
    what: `quota ${name} counts ${key}, and no container of the new template sets resources.${side}.${resource}`,
    why: 'the API server refuses pods that do not say it',
    remedy: `set resources.${side}.${resource} in the manifest, or a default in a LimitRange`,
  }
}

export const quotaUnread: Check = {
  code: 'quota-scope',
  level: 'not-checked',
  emergency: 'stays',
  look: ({ view, newTemplate }) =>
    quotasOf(view)
      .filter((quota) => counts(quota, newTemplate, defaultsOf(view)) === null)
      .map(({ name, scopes }) => ({
        what: `quota ${name}: its scopes (${scopes.map(({ scopeName }) => scopeName).join(', ')}) are not known here`,
        why: 'whether the new pods count against it is not known',
        remedy: `kubectl -n ${view.namespace} describe resourcequota/${name}`,
      })),
}
