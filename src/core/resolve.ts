import { at, isObject, type Json, type JsonObject, same, withValue } from './json.ts'
import { type Kind, keyOf, type Ref, refName } from './kinds.ts'
import {
  epochOfToken,
  fencingToken,
  fieldManager,
  marks,
  notePath,
  runOfToken,
  setTokenPath,
  tokenPath,
} from './marks.ts'
import type { KubeObject, ManagedFields, Pod, ReplicaSet } from './objects.ts'
import { type Change, type Mutation, placeholders, type Unit } from './plan.ts'
import { podsOfTrack, setsOf } from './tracks.ts'
import { find, isReady, replicaSetsOf, type View } from './view.ts'
import type { PatchOp, Write } from './write.ts'

export interface Fence {
  readonly unit: Unit
  readonly run: string
  readonly epoch: number
  readonly view: View
  /** Values that a human has agreed to write over, by `Kind/name/path`. */
  readonly agreed: ReadonlySet<string>
}

/** What a mutation comes to, given what stands there now. */
export type Resolved =
  | { readonly writes: readonly Write[] }
  /** Another run's token is on the object. */
  | { readonly locked: string }
  /** A later driver of this very run has put its token there. */
  | { readonly takenOver: string }
  | {
      readonly drift: readonly { readonly object: Ref; readonly path: string; readonly was: Json; readonly now: Json }[]
    }
  | { readonly impossible: string }

/** Puts the run's id and token where the plan has placeholders. */
export function filled<T extends JsonObject | readonly Json[]>(value: T, run: string, epoch: number): T {
  const token = fencingToken(run, epoch)
  const known = filledBefore.get(value)
  if (known?.token === token) return known.value as T
  const text = JSON.stringify(value)
  const isPlain = !text.includes(placeholders.run) && !text.includes(placeholders.fence)
  const result = isPlain
    ? value
    : (JSON.parse(text.replaceAll(placeholders.run, run).replaceAll(placeholders.fence, token)) as T)
  filledBefore.set(value, { token, value: result })
  return result
}

/** Plans are values and are asked again at each look: what was filled last stays the same. */
const filledBefore = new WeakMap<object, { readonly token: string; readonly value: object }>()

export function resolve(mutation: Mutation, fence: Fence): Resolved {
  switch (mutation.verb) {
    case 'change':
      return change(
        mutation.object,
        filled(mutation.changes as unknown as readonly Json[], fence.run, fence.epoch) as unknown as readonly Change[],
        fence,
      )
    case 'create':
      return create(mutation.object, filled(mutation.body, fence.run, fence.epoch), fence)
    case 'delete':
      return remove(mutation.object, fence)
    case 'delete-unready':
      return removeUnready(fence)
    case 'delete-sets':
      return removeSets(fence)
    case 'disown':
      return disown(mutation.object, fence)
    case 'hook':
      return { writes: [] }
  }
}

/**
 * The Deployment controller copies a Deployment's annotations to its ReplicaSets and never takes them off again: a token
 * there says nothing. So ReplicaSets have a mark of their own, which no Deployment has.
 */
const tokenMark = ({ kind }: Pick<KubeObject, 'kind'>): string => (kind === 'ReplicaSet' ? marks.setToken : marks.token)

/** The fencing token that the object carries now. */
export const tokenOf = (object: KubeObject): string | undefined => object.metadata.annotations?.[tokenMark(object)]

/** Whether it carries a token of this run, whichever driver's. */
export function isOurs(object: KubeObject, run: string): boolean {
  const token = tokenOf(object)
  return token !== undefined && runOfToken(token) === run
}

/** Of another run; or of a later driver of this one, which has taken over. */
function foreign(object: KubeObject, { run, epoch }: Fence): { locked: string } | { takenOver: string } | null {
  const token = tokenOf(object)
  if (token === undefined) return null
  if (runOfToken(token) !== run) return { locked: token }
  return epochOfToken(token) > epoch ? { takenOver: token } : null
}

function change(object: Ref, changes: readonly Change[], fence: Fence): Resolved {
  const live: KubeObject | undefined = find(fence.view, object.kind, object.name)
  if (!live) return { impossible: `${refName(object)} is gone` }
  const others = foreign(live, fence)
  if (others) return others
  const key = keyOf(object)
  const drift = changes
    .map(({ path, from, to, loose }) => ({
      object,
      path,
      was: from[0] ?? null,
      now: at(live, path),
      known: [...from, to],
      loose,
    }))
    .filter(
      ({ path, now, known, loose }) =>
        !known.some((value) => stands(now, value, loose)) && !fence.agreed.has(`${key}${path}`),
    )
  if (drift.length > 0) return { drift: drift.map(({ object, path, was, now }) => ({ object, path, was, now })) }
  const moved = changes.flatMap(({ where = [] }) => where).filter(({ path, is }) => !same(at(live, path), is))
  if (moved.length > 0) return { drift: moved.map(({ path, is }) => ({ object, path, was: is, now: at(live, path) })) }
  const editor = editing(live)
  stamp(editor, live, fence)
  for (const { where = [] } of changes) for (const { path, is } of where) editor.test(path, is)
  for (const { path, to } of changes) editor.set(path, to)
  return { writes: [{ verb: 'patch', object, ops: editor.ops }] }
}

/** Whether `now` is the value: to the letter, or (where the server adds defaults) at least what the value says. */
export function stands(now: Json, value: Json, loose: true | undefined): boolean {
  return loose ? contains(now, value) : same(now, value)
}

function contains(now: Json, value: Json): boolean {
  if (!isObject(value)) return same(now, value)
  return isObject(now) && Object.entries(value).every(([key, part]) => contains(now[key] ?? null, part))
}

/** The first write tests the resourceVersion that it saw; later ones that the object still carries our token. */
function stamp(editor: Editor, live: KubeObject, { run, epoch }: Fence): void {
  const token = tokenOf(live)
  if (token === undefined) editor.test('/metadata/resourceVersion', live.metadata.resourceVersion ?? null)
  // Not a field of spec was written by anybody since: else a controller could be let loose on a template never seen.
  else if (live.metadata.generation !== undefined) editor.test('/metadata/generation', live.metadata.generation)
  editor.set(live.kind === 'ReplicaSet' ? setTokenPath : tokenPath, fencingToken(run, epoch))
}

interface Editor {
  readonly ops: PatchOp[]
  test(path: string, value: Json): void
  /** Tests what stands there, then puts `to` in its place; `null` removes. */
  set(path: string, to: Json): void
}

function editing(live: KubeObject): Editor {
  let copy = live as unknown as Json
  const ops: PatchOp[] = []
  const put = (path: string, to: Json): void => {
    const now = at(copy, path)
    ops.push({ op: 'test', path, value: now })
    if (to === null ? now !== null : !same(now, to)) {
      if (to === null) ops.push({ op: 'remove', path })
      else ops.push({ op: now === null ? 'add' : 'replace', path, value: to })
    }
    copy = withValue(copy, path, to)
  }
  return {
    ops,
    test: (path, value) => {
      ops.push({ op: 'test', path, value })
    },
    set(path, to) {
      const missing = missingParents(copy, path)
      if (missing.length > 0 && to === null) return
      for (const parent of missing) put(parent, {})
      put(path, to)
    },
  }
}

/** Pointers above `path` at which nothing stands; a patch can't reach below them before they are made. */
function missingParents(value: Json, path: string): string[] {
  const keys = path.split('/').slice(1, -1)
  return keys.map((_, index) => `/${keys.slice(0, index + 1).join('/')}`).filter((parent) => at(value, parent) === null)
}

function create(object: Ref, body: JsonObject, fence: Fence): Resolved {
  const live: KubeObject | undefined = find(fence.view, object.kind, object.name)
  if (!live) return { writes: [{ verb: 'create', object, body }] }
  const others = foreign(live, fence)
  if (others) return others
  return tokenOf(live)
    ? { writes: [] }
    : { impossible: `${refName(object)} is there already and is not ours: rename or delete it` }
}

function remove(object: Ref, fence: Fence): Resolved {
  const live: KubeObject | undefined = find(fence.view, object.kind, object.name)
  if (!live) return { writes: [] }
  const others = foreign(live, fence)
  if (others && 'takenOver' in others) return others
  if (others || !tokenOf(live))
    return { impossible: `${refName(object)} does not carry this run's token, so it is not deleted` }
  return { writes: [deletion(live, object.namespace)] }
}

/** Of the object as it was seen: what somebody has written to since is looked at again before it goes. */
const deletion = ({ kind, metadata: { name, uid = '', resourceVersion } }: KubeObject, namespace: string): Write => ({
  verb: 'delete',
  object: { kind: kind as Kind, namespace, name },
  uid,
  ...(resourceVersion !== undefined && { resourceVersion }),
})

const removeUnready = ({ unit, run, view }: Fence): Resolved => ({
  writes: unreadyOf(unit, run, view).map((pod) => deletion(pod, unit.namespace)),
})

/** New pods that a controller which goes by order would wait for. */
export const unreadyOf = (unit: Unit, run: string, view: View): Pod[] =>
  podsOfTrack(unit, run, view, 'new').filter((pod) => !isReady(pod))

/** New sets that have no pods any more. */
const emptySets = ({ unit, run, view }: Fence): ReplicaSet[] =>
  setsOf(unit, run, view, 'new').filter(
    ({ spec, status }) => (spec.replicas ?? 1) === 0 && (status?.replicas ?? 0) === 0,
  )

function removeSets(fence: Fence): Resolved {
  const empty = emptySets(fence)
  const others = empty.map((set) => foreign(set, fence)).find((found) => found !== null)
  return others ?? { writes: empty.map((set) => deletion(set, fence.unit.namespace)) }
}

function disown(object: Ref, fence: Fence): Resolved {
  const live: KubeObject | undefined = find(fence.view, object.kind, object.name)
  if (!live) return { writes: [] }
  const others = foreign(live, fence)
  if (others) return others
  const copies = copiesOf(object, fence.unit, fence.view).filter((set) => set.metadata.uid !== live.metadata.uid)
  return { writes: [live, ...copies].flatMap((each) => stripped(each, object.namespace)) }
}

/** ReplicaSets that the controller may have copied our annotations to: with the Deployment, and again with any of them. */
export function copiesOf({ kind }: Ref, unit: Unit, view: View): KubeObject[] {
  const deployment = find(view, 'Deployment', unit.workload.name)
  return deployment && (kind === 'Deployment' || kind === 'ReplicaSet') ? replicaSetsOf(view, deployment) : []
}

/**
 * Takes our annotations and our entries in managedFields off an object; nothing where there are none. Only what is
 * removed is tested: the controller writes the status of a Deployment whose pods end again and again, each time with
 * another resourceVersion and another time in its own entry.
 */
function stripped(live: KubeObject, namespace: string): Write[] {
  const fields = live.metadata.managedFields ?? []
  const ours = fields.flatMap(({ manager }: ManagedFields, index) => (manager === fieldManager ? [index] : []))
  const marked = [tokenPath, setTokenPath, notePath].filter((path) => at(live, path) !== null)
  if (marked.length === 0 && ours.length === 0) return []
  const editor = editing(live)
  // A later driver stamps ReplicaSets before it writes: then this is its business.
  if (live.kind === 'ReplicaSet' && live.metadata.annotations && !tokenOf(live)) editor.test(setTokenPath, null)
  for (const path of marked) editor.set(path, null)
  for (const index of ours) editor.test(`/metadata/managedFields/${index}/manager`, fieldManager)
  // From the last to the first: each removal moves those behind it.
  const removals = ours
    .toReversed()
    .map((index): PatchOp => ({ op: 'remove', path: `/metadata/managedFields/${index}` }))
  return [
    {
      verb: 'patch',
      object: { kind: live.kind as Kind, namespace, name: live.metadata.name },
      ops: [...editor.ops, ...removals],
    },
  ]
}
