import { isObject } from '../core/json.ts'

/** The same JSON value; a member that is undefined is absent. Compares without making text, for it is asked often. */
export function alike(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => alike(item, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  for (const key in a) if (!alike(a[key], b[key])) return false
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false
  return true
}
