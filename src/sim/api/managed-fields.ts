import { isObject, type JsonObject, same } from '../../core/json.ts'
import type { KubeObject, ManagedFields } from '../../core/objects.ts'

type Path = readonly string[]

/**
 * Who wrote what, as far as questions about drift go: each write owns the members that it changed, and whoever owned
 * them before does not any more. Lists are one value (the real server knows their elements by key).
 */
export function withManager(
  before: KubeObject | undefined,
  after: KubeObject,
  { manager, at }: { readonly manager: string; readonly at: string },
): KubeObject {
  const old = owned(before)
  const changed = differences(old, owned(after))
  const entries = after.metadata.managedFields ?? []
  if (changed.length === 0) return after
  const kept = entries
    .map((entry) => ({ ...entry, fieldsV1: without(entry.fieldsV1 ?? {}, changed) }))
    .filter(({ fieldsV1 }) => Object.keys(fieldsV1).length > 0)
  const mine = kept.find((entry) => entry.manager === manager && entry.operation === 'Update')
  const present = changed.filter((path) => valueAt(owned(after), path) !== undefined)
  const fieldsV1 = present.reduce(withPath, mine?.fieldsV1 ?? {})
  const entry: ManagedFields = { manager, operation: 'Update', time: at, fieldsV1 }
  const others = kept.filter((other) => other !== mine)
  const managedFields = present.length > 0 ? [...others, entry] : [...others, ...(mine ? [mine] : [])]
  const { managedFields: _, ...metadata } = after.metadata
  return { ...after, metadata: { ...metadata, ...(managedFields.length > 0 && { managedFields }) } }
}

/** What has owners: not what the server itself keeps. */
function owned(object: KubeObject | undefined): JsonObject {
  if (!object) return {}
  const { apiVersion: _, kind: __, status: ___, metadata, ...rest } = object
  const { labels, annotations } = metadata
  return { ...rest, metadata: { ...(labels && { labels }), ...(annotations && { annotations }) } }
}

/** The paths of all leaves that differ. */
function differences(a: unknown, b: unknown, path: Path = []): Path[] {
  if (same(a, b)) return []
  const [left, right] = [isObject(a) ? a : undefined, isObject(b) ? b : undefined]
  if (!left && !right) return [path]
  const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])
  if (keys.size === 0) return [path]
  return [...keys].flatMap((key) => differences(left?.[key], right?.[key], [...path, key]))
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((here, key) => (isObject(here) ? here[key] : undefined), value)
}

function withPath(tree: JsonObject, [key, ...rest]: Path): JsonObject {
  if (key === undefined) return tree
  const below = tree[`f:${key}`]
  return { ...tree, [`f:${key}`]: withPath(isObject(below) ? below : {}, rest) }
}

const without = (tree: JsonObject, paths: readonly Path[]): JsonObject => paths.reduce(withoutPath, tree)

/** Takes the leaf away, and the branches that it leaves bare. */
function withoutPath(tree: JsonObject, [key, ...rest]: Path): JsonObject {
  const member = `f:${key}`
  const below = tree[member]
  if (key === undefined || !isObject(below)) return tree
  const { [member]: _, ...others } = tree
  const left = rest.length === 0 ? {} : withoutPath(below, rest)
  return Object.keys(left).length === 0 ? others : { ...tree, [member]: left }
}
