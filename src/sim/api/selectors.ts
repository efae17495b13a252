import { at } from '../../core/json.ts'
import type { KubeObject } from '../../core/objects.ts'
import type { Watching } from '../../ports.ts'
import { notModelled } from './refused.ts'

/** Does a list or watch with these selectors hold the object? */
export function selects({ kind, namespace, labelSelector, fieldSelector }: Watching, object: KubeObject): boolean {
  return (
    object.kind === kind &&
    (object.metadata.namespace ?? '') === (object.metadata.namespace === undefined ? '' : namespace) &&
    parts(labelSelector).every((part) => label(part, object.metadata.labels ?? {})) &&
    parts(fieldSelector).every((part) => field(part, object))
  )
}

const parts = (selector: string | undefined): string[] =>
  (selector ?? '')
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

function label(part: string, labels: Readonly<Record<string, string>>): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part)
  if (set) {
    const [, key = '', operator, values = ''] = set
    const isIn = values
      .split(',')
      .map((value) => value.trim())
      .includes(labels[key] ?? '\0')
    return operator === 'in' ? isIn : !isIn
  }
  const equal = /^([^!=\s]+)\s*(==?|!=)\s*(\S*)$/.exec(part)
  if (equal) return (labels[equal[1] ?? ''] === equal[3]) === (equal[2] !== '!=')
  if (/^!\S+$/.test(part)) return labels[part.slice(1)] === undefined
  if (/^[^!=\s()]+$/.test(part)) return labels[part] !== undefined
  throw notModelled(`the label selector ${part}`)
}

function field(part: string, object: KubeObject): boolean {
  const match = /^([\w.]+)\s*(==?|!=)\s*(.*)$/.exec(part)
  if (!match) throw notModelled(`the field selector ${part}`)
  const [, path = '', operator, value] = match
  const present = at(object, `/${path.replaceAll('.', '/')}`)
  const text = typeof present === 'string' || typeof present === 'number' ? `${present}` : ''
  return (text === value) === (operator !== '!=')
}
