import { isObject, type Json, type JsonObject } from '../core/json.ts'

/** Lists that `kubectl apply` merges element by element, and the member that tells the elements apart. */
export const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
}

/**
 * The three-way merge of `kubectl apply`: what the manifest says is set, what an earlier manifest said and this one
 * does not is taken away, and what others added stays.
 */
export function merged(live: JsonObject, last: JsonObject, manifest: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...live }
  for (const key of Object.keys(last)) if (!(key in manifest)) delete result[key]
  for (const [key, value] of Object.entries(manifest)) result[key] = member(key, live[key], last[key], value)
  return result
}

function member(key: string, live: Json | undefined, last: Json | undefined, value: Json): Json {
  if (isObject(value) && isObject(live)) return merged(live, isObject(last) ? last : {}, value)
  const by = mergeKeys[key]
  if (!by || !Array.isArray(value) || !Array.isArray(live)) return value
  return list(by, live as readonly JsonObject[], (last ?? []) as readonly JsonObject[], value as readonly JsonObject[])
}

function list(
  by: string,
  live: readonly JsonObject[],
  last: readonly JsonObject[],
  manifest: readonly JsonObject[],
): Json {
  const like = (item: JsonObject) => (other: JsonObject) => other[by] === item[by]
  const kept = live.filter((item) => manifest.some(like(item)) || !last.some(like(item)))
  const next = kept.map((item) => {
    const wanted = manifest.find(like(item))
    return wanted ? merged(item, last.find(like(item)) ?? {}, wanted) : item
  })
  return [...next, ...manifest.filter((item) => !live.some(like(item)))]
}
