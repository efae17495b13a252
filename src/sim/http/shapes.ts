import type { JsonObject } from '../../core/json.ts'
import type { Kind } from '../../core/kinds.ts'
import type { KubeObject } from '../../core/objects.ts'
import { accepted, type Asked, queried } from './asked.ts'
import { table, type TableOf } from './table/index.ts'

/** In which form objects are sent: as they are, or as the rows of a table. */
export type Shape = (kind: Kind, objects: readonly KubeObject[], how: Pick<TableOf, 'now' | 'metadata'>) => JsonObject

const wantsTable = (asked: Asked): boolean => accepted(asked).some((type) => type.includes(';as=Table'))

export const tableFor = (asked: Asked): ((of: Omit<TableOf, 'include'>) => JsonObject) | null => {
  if (!wantsTable(asked)) return null
  const include = queried(asked, 'includeObject') ?? 'Metadata'
  return (of) => table({ ...of, include: include === 'None' || include === 'Object' ? include : 'Metadata' })
}

export const asJson = (object: KubeObject): JsonObject => object as unknown as JsonObject
