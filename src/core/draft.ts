import { at, type Json, same, withValue } from './json.ts'
import { keyOf, type Ref, type RefKey } from './kinds.ts'
import type { KubeObject } from './objects.ts'
import type { Change, Mutation } from './plan.ts'
import { find, type View } from './view.ts'

/**
 * A model of the objects that a plan writes, as they will stand after each of its steps. Writing through it gives every
 * change the value that it will find, and the way back all the values that it might find.
 */
export interface Draft {
  readonly view: View
  /** The object as it was seen; planning reads from here. */
  seen(ref: Ref): KubeObject
  asSeen(ref: Ref, path: string): Json
  /** As it will be after all steps drafted so far. */
  asDrafted(ref: Ref, path: string): Json
  change(ref: Ref, fields: Readonly<Record<string, Json>>, more?: Partial<Pick<Change, 'where' | 'loose'>>): Mutation
  /** Back to what was seen (or to `fields`), from anything that this plan ever writes there. */
  restore(ref: Ref, paths: readonly string[] | Readonly<Record<string, Json>>): Mutation
  /** Every path of the object that was written so far. */
  written(ref: Ref): readonly string[]
  /** All objects that were written so far. */
  touched(): readonly Ref[]
}

export function draftOf(view: View): Draft {
  const now = new Map<RefKey, KubeObject>()
  const values = new Map<RefKey, Map<string, Change[]>>()
  const refs = new Map<RefKey, Ref>()

  const seen = (ref: Ref): KubeObject => {
    const object = find(view, ref.kind, ref.name)
    if (!object) throw new Error(`the plan writes ${keyOf(ref)}, which was not seen`)
    return object
  }

  const write = (ref: Ref, changes: readonly Change[]): void => {
    const key = keyOf(ref)
    refs.set(key, ref)
    const byPath = values.get(key) ?? new Map<string, Change[]>()
    let object = (now.get(key) ?? seen(ref)) as Json
    for (const change of changes) {
      byPath.set(change.path, [...(byPath.get(change.path) ?? []), change])
      object = withValue(object, change.path, change.to)
    }
    values.set(key, byPath)
    now.set(key, object as unknown as KubeObject)
  }

  return {
    view,
    seen,
    asSeen: (ref, path) => at(seen(ref), path),
    asDrafted: (ref, path) => at(now.get(keyOf(ref)) ?? seen(ref), path),
    change(ref, fields, more = {}) {
      const object = now.get(keyOf(ref)) ?? seen(ref)
      const changes = Object.entries(fields).map(([path, to]) => ({ path, from: [at(object, path)], to, ...more }))
      write(ref, changes)
      return { verb: 'change', object: ref, changes }
    },
    restore(ref, paths) {
      const targets = Array.isArray(paths)
        ? Object.fromEntries(paths.map((path: string) => [path, at(seen(ref), path)]))
        : (paths as Readonly<Record<string, Json>>)
      const changes = Object.entries(targets).map(([path, to]) => {
        const writes = values.get(keyOf(ref))?.get(path) ?? []
        const known = [at(seen(ref), path), ...writes.map((write) => write.to), to]
        const from = known.filter((value, index) => known.findIndex((other) => same(other, value)) === index)
        const { where, loose } = writes[0] ?? {}
        return { path, from, to, ...(where && { where }), ...(loose && { loose }) }
      })
      write(ref, changes)
      return { verb: 'change', object: ref, changes }
    },
    written: (ref) => [...(values.get(keyOf(ref))?.keys() ?? [])],
    touched: () => [...refs.values()],
  }
}
