import { isObject, type Json, type JsonObject, same } from '../../core/json.ts'
import { mergeKeys } from '../merge.ts'
import { Refused } from '../api/refused.ts'

/** Lists whose elements are told apart by a member; all others are replaced as a whole (api/core/v1/types.go). */
const keyed: Readonly<Record<string, string>> = {
  ...mergeKeys,
  conditions: 'type',
  ephemeralContainers: 'name',
  hostAliases: 'ip',
  imagePullSecrets: 'name',
  ownerReferences: 'uid',
  topologySpreadConstraints: 'topologyKey',
  volumeDevices: 'devicePath',
}
/** Lists of plain values that are merged. */
const sets: ReadonlySet<string> = new Set(['finalizers'])

const orderOf = '$setElementOrder/'
const removedFrom = '$deleteFromPrimitiveList/'

/** Strategic merge patch, with the directives that kubectl sends (apimachinery/pkg/util/strategicpatch). */
export function strategicallyPatched(live: Json | undefined, patch: JsonObject): JsonObject {
  const { $patch: directive, $retainKeys: retained, ...members } = patch
  if (directive === 'replace') return plain(members)
  if (directive !== undefined && directive !== 'merge') throw unknown(`$patch: ${JSON.stringify(directive)}`)
  const result: Record<string, Json> = isObject(live) ? { ...live } : {}
  if (Array.isArray(retained)) for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key]
  for (const [key, value] of Object.entries(members)) {
    if (key.startsWith(orderOf)) continue
    if (key.startsWith(removedFrom)) {
      const name = key.slice(removedFrom.length)
      result[name] = listIn(result[name]).filter((item) => !listIn(value).includes(item))
    } else if (value === null || isDeletion(value)) delete result[key]
    else result[key] = member(key, result[key], value, members[`${orderOf}${key}`])
  }
  return result
}

const listIn = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : [])

const isDeletion = (value: Json): boolean => isObject(value) && value['$patch'] === 'delete'

function member(key: string, live: Json | undefined, value: Json, order: Json | undefined): Json {
  if (isObject(value)) return strategicallyPatched(live, value)
  if (!Array.isArray(value)) return value
  if (sets.has(key)) return [...new Set([...listIn(live), ...(value as readonly Json[])])]
  const items = value as readonly Json[]
  const by = keyFor(key, [...items, ...listIn(live)])
  return by === null || !items.every(isObject) ? items : list(by, listIn(live) as JsonObject[], items, listIn(order))
}

/** Ports are of a container or of a Service. */
const keyFor = (key: string, items: readonly Json[]): string | null =>
  key === 'ports'
    ? items.some((item) => isObject(item) && 'containerPort' in item)
      ? 'containerPort'
      : 'port'
    : (keyed[key] ?? null)

function list(by: string, live: readonly JsonObject[], patch: readonly JsonObject[], order: readonly Json[]): Json {
  if (patch.some((item) => item['$patch'] === 'replace')) return patch.filter((item) => !('$patch' in item))
  const like = (item: JsonObject) => (other: JsonObject) => same(other[by], item[by])
  const kept = live
    .filter((item) => !patch.some((one) => one['$patch'] === 'delete' && like(item)(one)))
    .map((item) => {
      const change = patch.find(like(item))
      return change ? strategicallyPatched(item, change) : item
    })
  const added = patch.filter((item) => item['$patch'] !== 'delete' && !live.some(like(item))).map(plain)
  const merged = [...kept, ...added]
  const wanted = order.flatMap((item) => (isObject(item) ? merged.filter(like(item)) : []))
  return [...wanted, ...merged.filter((item) => !wanted.includes(item))]
}

/** What is new has nothing to merge with. */
const plain = (value: JsonObject): JsonObject => strategicallyPatched(undefined, value)

const unknown = (what: string): Refused => new Refused(400, 'BadRequest', `unknown directive in a patch: ${what}`)
