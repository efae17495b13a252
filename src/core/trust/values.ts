import { at, isObject, type Json, type JsonObject, same } from '../json.ts'
import type { KubeObject } from '../objects.ts'
import { marks } from '../marks.ts'
import { brakePaths, paths, strategyOf } from '../moves/locks.ts'
import type { Change, Mutation } from '../plan.ts'
import { bareTemplate, isWorkload, keptTemplates, stableSetOf, type TrustCase } from './case.ts'

type Changing = Extract<Mutation, { readonly verb: 'change' }>

/** What is wrong with the values that a change would put there; `null`: our own way back writes such. */
export function wrongChange(trust: TrustCase, { object, changes }: Changing, live: KubeObject): string | null {
  for (const change of changes) {
    const wrong = wrongValue(trust, object.kind, change, live, changes)
    if (wrong !== null) return `${change.path}: ${wrong}`
  }
  return null
}

function wrongValue(
  trust: TrustCase,
  kind: string,
  change: Change,
  live: KubeObject,
  all: readonly Change[],
): string | null {
  const { path, to } = change
  if (isWorkload(trust, { kind, name: live.metadata.name })) return wrongOnWorkload(trust, change, all)
  if (kind === 'ReplicaSet') return path === paths.stableTag && to === null ? null : 'no built-in step writes that'
  if (kind === 'Service' && path === paths.selector) return wrongSelector(trust, to, at(live, path))
  if (kind === 'PodDisruptionBudget' && path === paths.selector) return wrongBudget(trust, to, at(live, path))
  if (kind === 'HorizontalPodAutoscaler') return wrongOnAutoscaler(change)
  if (kind === 'HTTPRoute' || kind === 'GRPCRoute') return wrongRoute(trust, change, live)
  return 'no built-in step writes that'
}

function wrongOnWorkload(trust: TrustCase, { path, to }: Change, all: readonly Change[]): string | null {
  const { unit, emergency } = trust
  if (path === paths.template)
    return keptTemplates(trust).some((kept) => same(bareTemplate(to), kept))
      ? null
      : `it is not the template that Kubernetes kept of ${unit.seen.stable.name || unit.workload.name}`
  if (unit.workload.kind === 'StatefulSet')
    return path === '/spec/updateStrategy' && isRolling(to, ['partition']) ? null : 'no built-in step writes that'
  if (emergency) return 'no built-in step writes that'
  const withTemplate = all.some((change) => change.path === paths.template)
  if (path === paths.strategy) {
    const fits = withTemplate ? same(to, strategyOf(100, 0)) : isRolling(to, ['maxSurge', 'maxUnavailable'])
    return fits ? null : 'it is no strategy that a built-in step writes'
  }
  if (path === paths.paused) return to === null ? null : 'no built-in step writes that'
  if (brakePaths.includes(path)) return isSeconds(to) ? null : 'it is no number of seconds'
  return 'no built-in step writes that'
}

const longest = 2_147_483_645

const isSeconds = (value: Json): boolean =>
  value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= longest)

/** As the API server would take it: anything else stands there by nobody's wish. */
function isRolling(value: Json, fields: readonly string[]): boolean {
  if (value === null) return true
  if (!isObject(value)) return false
  const { type, rollingUpdate = null, ...rest } = value
  if (type !== 'RollingUpdate' || Object.keys(rest).length > 0) return false
  if (rollingUpdate === null) return true
  if (!isObject(rollingUpdate)) return false
  return Object.entries(rollingUpdate).every(([key, part]) => fields.includes(key) && isAmount(part))
}

const isAmount = (value: Json): boolean =>
  typeof value === 'number'
    ? Number.isInteger(value) && value >= 0
    : typeof value === 'string' && /^\d{1,3}%$/.test(value)

const pinned = ['pod-template-hash', marks.release]

const unpinned = (selector: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(selector).filter(([label]) => !pinned.includes(label)))

/** The labels that stands there, beside those of one release; and it selects the stable pods. */
function wrongSelector(trust: TrustCase, to: Json, now: Json): string | null {
  if (!isObject(to) || !isObject(now)) return 'it is no selector'
  if (!same(unpinned(to), unpinned(now))) return 'it is another selector than the one that stands there'
  return selectsStable(trust, to) ? null : 'it does not select the stable pods'
}

function wrongBudget(trust: TrustCase, to: Json, now: Json): string | null {
  if (!isObject(to) || !isObject(now)) return 'it is no selector'
  const { matchLabels: labels = {}, ...rest } = to
  const { matchLabels: labelsNow = {}, ...restNow } = now
  if (!isObject(labels) || !isObject(labelsNow)) return 'it is no selector'
  if (!same(rest, restNow) || !same(unpinned(labels), unpinned(labelsNow)))
    return 'it is another selector than the one that stands there'
  return selectsStable(trust, labels, true) ? null : 'it does not select the stable pods'
}

function selectsStable(trust: TrustCase, selector: JsonObject, mayBeEmpty = false): boolean {
  const { hash } = trust.unit.seen.stable
  const own = at(stableSetOf(trust)?.spec.template, '/metadata/labels')
  const labels: JsonObject = { ...(isObject(own) ? own : {}), 'pod-template-hash': hash }
  const wanted = Object.entries(selector)
  return (mayBeEmpty || wanted.length > 0) && wanted.every(([label, value]) => labels[label] === value)
}

function wrongOnAutoscaler({ path, to }: Change): string | null {
  if (path === '/spec/behavior') return to === null ? null : 'no built-in step writes that'
  if (path !== paths.scaleDown) return 'no built-in step writes that'
  return to === null || to === 'Max' || to === 'Min' || to === 'Disabled' ? null : 'it is no policy'
}

/** Weights of the backends that are there, in the proportions that they had; only the one of the new pods may go. */
function wrongRoute(trust: TrustCase, { path, to }: Change, live: KubeObject): string | null {
  if (!/^\/spec\/rules\/\d+\/backendRefs$/.test(path)) return 'no built-in step writes that'
  const now = at(live, path)
  if (!isList(to) || !isList(now) || to.length === 0) return 'it is no list of backends'
  const stays = now.filter((ref) => !isBeside(trust, ref))
  const split = stays.length < now.length
  if (to.length !== stays.length) return 'it has other backends than those that are there'
  const service = stableService(trust, now)
  for (const [index, ref] of to.entries()) {
    const there = stays[index] ?? {}
    if (!same(bare(ref), bare(there)) || !hasShare(ref)) return 'it has other backends than those that are there'
    const shown = nameOf(there) === service ? weightOf(there) + besideWeight(trust, now, there) : weightOf(there)
    const before = to.length === 1 ? weightOf(ref) > 0 : split ? weightOf(ref) * 100 === shown : weightOf(ref) === shown
    if (!before) return `it gives backend ${nameOf(ref)} another share than it has`
  }
  return null
}

const isList = (value: Json): value is readonly JsonObject[] => Array.isArray(value) && value.every(isObject)
const nameOf = (ref: JsonObject): string => (typeof ref['name'] === 'string' ? ref['name'] : '')
const weightOf = (ref: JsonObject): number => (typeof ref['weight'] === 'number' ? ref['weight'] : 1)
/** Absent, or a number: whatever else stands there is taken for 1 by nobody but us. */
const hasShare = ({ weight }: JsonObject): boolean => weight === undefined || typeof weight === 'number'
const bare = ({ weight: _, ...ref }: JsonObject): JsonObject => ref
const isBeside = ({ besides }: TrustCase, ref: JsonObject): boolean => besides.includes(nameOf(ref))

/** The backend that the one beside was split off: it stands right before it. */
function stableService(trust: TrustCase, refs: readonly JsonObject[]): string {
  const index = refs.findIndex((ref) => isBeside(trust, ref))
  return index > 0 ? nameOf(refs[index - 1] ?? {}) : ''
}

/** What was split off this very reference: the one right behind it. */
function besideWeight(trust: TrustCase, refs: readonly JsonObject[], ref: JsonObject): number {
  const next = refs[refs.indexOf(ref) + 1]
  return next && isBeside(trust, next) ? weightOf(next) : 0
}
