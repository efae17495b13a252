import { fieldManager } from '../marks.ts'
import type { KubeObject, ManagedFields } from '../objects.ts'
import { fieldsHeld, pointersOf } from './owned-fields.ts'
import { tools } from './owner-tools.ts'

/** Another tool that writes fields which a release writes, too. */
export interface Owner {
  /** For people: `Helm release web`. */
  readonly called: string
  /** Of the fields that a release writes those that it has; empty where the server's book-keeping does not tell. */
  readonly fields: readonly string[]
  /** Whether it puts its own values back at any time, unasked. */
  readonly heals: 'yes' | 'unknown' | 'no'
  /** What happens to what was released. */
  readonly next: string
  /** JSON Pointers that its diff has to ignore while a release runs. */
  readonly ignore: readonly string[]
  /** One command or one edit: where the version is written, or how it is made to leave the object alone. */
  readonly remedy: string
}

/** The tool that made the object, and everybody else who applies it from the server's side. */
export function ownersOf(object: KubeObject): Owner[] {
  const tool = tools.find(({ nameOf }) => nameOf(object) !== undefined)
  const ignore = pointersOf(object)
  const mine = (entry: ManagedFields): boolean => tool?.managers.test(entry.manager ?? '') ?? false
  const appliers = (object.metadata.managedFields ?? [])
    .filter((entry) => entry.operation === 'Apply' && entry.manager !== fieldManager && !mine(entry))
    .map(({ manager = 'unknown' }) => manager)
  const others = [...new Set(appliers)].flatMap((manager): Owner[] => {
    const fields = fieldsHeld(object, (entry) => entry.manager === manager && entry.operation === 'Apply')
    return fields.length === 0 ? [] : [applier(manager, fields, ignore)]
  })
  if (!tool) return others
  const name = tool.nameOf(object) ?? ''
  const { called, heals, next, remedy } = tool
  const owner: Owner = {
    called: called(name),
    fields: fieldsHeld(object, mine),
    heals: heals(object),
    next,
    ignore,
    remedy: remedy(name, object),
  }
  return [owner, ...others]
}

const applier = (manager: string, fields: readonly string[], ignore: readonly string[]): Owner => ({
  called: `server-side apply by ${manager}`,
  fields,
  heals: 'unknown',
  next: `the next apply by ${manager} writes its own values again, and the version that they name`,
  ignore,
  remedy: `write the version where ${manager} takes it from, in an after hook`,
})
