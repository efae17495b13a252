import { isObject, type Json, same } from '../core/json.ts'
import { escapeText } from '../core/text.ts'
import type { Unit } from '../core/plan.ts'
import { paths } from '../core/moves/locks.ts'

export interface TemplateDiff {
  /** `app: ghcr.io/acme/web:v1.2.2 → ghcr.io/acme/web:v1.2.3`. */
  readonly images: readonly { readonly container: string; readonly from: string; readonly to: string }[]
  /** Names of what else differs, never a value: templates hold secrets. */
  readonly others: readonly string[]
}

/** What the new pod template changes, found in the step that writes it. */
export function templateDiff(unit: Unit): TemplateDiff {
  for (const { action } of unit.stages.flatMap((stage) => stage.steps)) {
    const { mutation } = action
    if (mutation.verb !== 'change') continue
    const change = mutation.changes.find(({ path }) => path === paths.template)
    if (change) return diffOf(change.from[0] ?? null, change.to)
  }
  return { images: [], others: [] }
}

interface Difference {
  readonly path: readonly string[]
  readonly from: Json
  readonly to: Json
}

function diffOf(from: Json, to: Json): TemplateDiff {
  const found = differences(from, to, []).filter(({ path }) => !isOurs(path))
  const isImage = ({ path, from, to }: Difference): boolean =>
    path.at(-1) === 'image' && typeof from === 'string' && typeof to === 'string'
  return {
    images: found.filter(isImage).map(({ path, from, to }) => ({
      container: escapeText(nameIn(path)),
      from: escapeText(from as string),
      to: escapeText(to as string),
    })),
    others: found.filter((difference) => !isImage(difference)).map(({ path }) => escapeText(shown(path))),
  }
}

/** Elements of lists are told apart by their names, as people do: `spec.containers[app].env[LOG_LEVEL]`. */
function differences(from: Json, to: Json, path: readonly string[]): Difference[] {
  if (same(from, to)) return []
  const [a, b] = [membersOf(from), membersOf(to)]
  if (a === null || b === null) return [{ path, from, to }]
  const keys = [...new Set([...a.keys(), ...b.keys()])]
  return keys.flatMap((key) => {
    const [one, other] = [a.get(key) ?? null, b.get(key) ?? null]
    // An environment variable is one thing to a person: its name, not `.value`.
    if (!same(one, other) && path.at(-1) === 'env') return [{ path: [...path, key], from: one, to: other }]
    return differences(one, other, [...path, key])
  })
}

function membersOf(value: Json): ReadonlyMap<string, Json> | null {
  if (isObject(value)) return new Map(Object.entries(value))
  if (!Array.isArray(value)) return null
  const items = value as readonly Json[]
  const names = items.map((item, index) =>
    isObject(item) && typeof item['name'] === 'string' ? item['name'] : `${index}`,
  )
  return new Set(names).size === names.length
    ? new Map(items.map((item, index) => [`[${names[index] ?? index}]`, item]))
    : new Map(items.map((item, index) => [`[${index}]`, item]))
}

const isOurs = (path: readonly string[]): boolean => path.at(-1)?.startsWith('deploy/') === true

const nameIn = (path: readonly string[]): string => /^\[(.*)\]$/.exec(path.at(-2) ?? '')?.[1] ?? ''

const shown = (path: readonly string[]): string =>
  path.reduce((text, key) => (key.startsWith('[') || text === '' ? `${text}${key}` : `${text}.${key}`), '')
