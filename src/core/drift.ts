import { hashOf } from './hash.ts'
import { at, isObject, type Json, type JsonObject } from './json.ts'
import { keyOf, type Ref } from './kinds.ts'
import { fieldManager } from './marks.ts'
import { paths } from './moves/locks.ts'
import type { KubeObject, ManagedFields } from './objects.ts'
import { type Action, type Change, type Mutation, stepsOf, type Unit } from './plan.ts'
import { filled, stands } from './resolve.ts'
import type { UnitState } from './state.ts'
import { find, type View } from './view.ts'

/** A field that this run wrote and that holds something else now. */
export interface Drifted {
  readonly object: Ref
  readonly path: string
  readonly was: Json
  readonly now: Json
  /** The field manager that wrote it last, and when: `kubectl-edit at 12:04:05`. */
  readonly who: string
  /** It is an object of our own that is gone: this makes it again. */
  readonly again?: Action
}

/** A value as the journal may hold it: of templates, which may hold anything, only the hash. */
export const noted = (path: string, value: Json): Json => (path.startsWith(paths.template) ? hashOf(value) : value)

interface Held {
  readonly object: Ref
  readonly change: Change
  /** What a write that was refused, perhaps only by a lost reply, may have put there. */
  readonly perhaps: readonly Json[]
}

/** Every field that was written and not given up again, compared with what stands there. */
export function driftOf(unit: Unit, state: UnitState, run: string, epoch: number, view: View): readonly Drifted[] {
  const known = compared.get(view.objects)
  if (known?.unit === unit && known.state === state && known.run === run && known.epoch === epoch) return known.drifts
  const drifts = compareAll(unit, state, run, epoch, view)
  compared.set(view.objects, { unit, state, run, epoch, drifts })
  return drifts
}

/** It is asked at each look, and most looks see nothing new. */
const compared = new WeakMap<
  View['objects'],
  {
    readonly unit: Unit
    readonly state: UnitState
    readonly run: string
    readonly epoch: number
    readonly drifts: readonly Drifted[]
  }
>()

function compareAll(unit: Unit, state: UnitState, run: string, epoch: number, view: View): Drifted[] {
  const held = new Map<string, Held>()
  const unsettled = new Set<string>()
  for (const { id, action } of stepsOf(unit)) {
    const step = state.steps.get(id)
    if (!step || action.mutation.verb === 'hook') continue
    const key = keyOf(action.mutation.object)
    if (step.phase === 'intended' || behind(action.mutation.object, step.receipt?.resourceVersion, view))
      unsettled.add(key)
    else if (step.phase === 'refused') perhapsHold(held, action.mutation, run, epoch)
    else hold(held, action.mutation, run, epoch)
  }
  const changed = [...held.values()].flatMap((one) => (unsettled.has(keyOf(one.object)) ? [] : compare(one, view)))
  return [...lostOf(unit, state, view), ...changed]
}

/** What this run has made and not begun to delete: requests may be on their way to it. */
function lostOf(unit: Unit, state: UnitState, view: View): Drifted[] {
  const begun = stepsOf(unit).filter(({ id }) => state.steps.has(id))
  const deleted = new Set(
    begun.flatMap(({ action: { mutation } }) => (mutation.verb === 'delete' ? [keyOf(mutation.object)] : [])),
  )
  return begun.flatMap(({ id, action }): Drifted[] => {
    const { mutation } = action
    if (mutation.verb !== 'create' || state.steps.get(id)?.phase !== 'settled') return []
    const { object } = mutation
    if (deleted.has(keyOf(object)) || find(view, object.kind, object.name)) return []
    return [{ object, path: '', was: null, now: null, who: deleter, again: action }]
  })
}

const deleter = 'somebody, who deleted it'

const behind = (object: Ref, receipt: string | undefined, view: View): boolean => {
  const live: KubeObject | undefined = find(view, object.kind, object.name)
  return receipt !== undefined && live !== undefined && BigInt(live.metadata.resourceVersion ?? '0') < BigInt(receipt)
}

function hold(
  held: Map<string, Held>,
  mutation: Exclude<Mutation, { verb: 'hook' }>,
  run: string,
  epoch: number,
): void {
  const { object } = mutation
  if (mutation.verb === 'disown') giveUp(held, object)
  if (mutation.verb !== 'change') return
  for (const change of changesOf(mutation, run, epoch))
    held.set(`${keyOf(object)}${change.path}`, { object, change, perhaps: [] })
}

const changesOf = ({ changes }: Mutation & { readonly verb: 'change' }, run: string, epoch: number): Change[] =>
  changes.map((change) => filled(change as unknown as JsonObject, run, epoch) as unknown as Change)

function giveUp(held: Map<string, Held>, object: Ref): void {
  for (const key of held.keys()) if (key.startsWith(`${keyOf(object)}/`)) held.delete(key)
}

/** The server may have taken it although its answer never came: either value is ours. */
function perhapsHold(
  held: Map<string, Held>,
  mutation: Exclude<Mutation, { verb: 'hook' }>,
  run: string,
  epoch: number,
): void {
  const { object } = mutation
  if (mutation.verb === 'disown') giveUp(held, object)
  if (mutation.verb !== 'change') return
  for (const { path, to } of changesOf(mutation, run, epoch)) {
    const known = held.get(`${keyOf(object)}${path}`)
    if (known) held.set(`${keyOf(object)}${path}`, { ...known, perhaps: [...known.perhaps, to] })
  }
}

function compare({ object, change: { path, to, loose }, perhaps }: Held, view: View): Drifted[] {
  const live: KubeObject | undefined = find(view, object.kind, object.name)
  const now = live ? at(live, path) : null
  if (live && [to, ...perhaps].some((value) => stands(now, value, loose))) return []
  return [{ object, path, was: to, now, who: live ? writerOf(live, path) : deleter }]
}

/** Who wrote a field last, as far as managedFields tells. */
export function writerOf(live: KubeObject, path: string): string {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const writers = (live.metadata.managedFields ?? [])
    .filter((entry) => entry.manager !== fieldManager && entry.subresource === undefined && owns(entry, keys))
    .sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))
  const [last] = writers
  return last ? `${last.manager ?? 'unknown'} at ${last.time ?? 'an unknown time'}` : 'somebody'
}

/** Walks `f:spec`, `f:template`, …; a list's elements have keys of their own, so there the walk ends. */
function owns({ fieldsV1 }: ManagedFields, keys: readonly string[]): boolean {
  let here: unknown = fieldsV1
  for (const key of keys) {
    if (!isObject(here)) return false
    if (/^\d+$/.test(key)) return true
    here = here[`f:${key}`]
  }
  return here !== undefined
}
