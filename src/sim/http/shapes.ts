import type { JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../core/objects.ts'
import { accepted, type Asked, queried } from './asked.ts'
import { table, type TableOf } from './table/index.ts'

const wantsTable = (asked: Asked): boolean => accepted(asked).some((type) => type.includes(';as=Table'))

/** For those who want rows to print instead of objects (`kubectl get`); `null` for all others. */
export const tableFor = (asked: Asked): ((of: Omit<TableOf, 'include'>) => JsonObject) | null => {
  if (!wantsTable(asked)) return null
  const include = queried(asked, 'includeObject') ?? 'Metadata'
  return (of) => table({ ...of, include: include === 'None' || include === 'Object' ? include : 'Metadata' })
}

export const asJson = (object: KubeObject): JsonObject => object as unknown as JsonObject
