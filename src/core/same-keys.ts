interface Keyed<T> {
  readonly size: number
  keys(): Iterable<T>
  has(key: T): boolean
}

/** Whether two sets, or two maps by their keys, have the same in them, in whatever order. */
export const sameKeys = <T>(a: Keyed<T>, b: Keyed<T>): boolean =>
  a.size === b.size && [...a.keys()].every((key) => b.has(key))
