import { all, type View } from '../view.ts'
import type { Defaults } from './requests.ts'

export interface Limit {
  readonly type: string
  readonly max?: Readonly<Record<string, string>>
  readonly min?: Readonly<Record<string, string>>
  readonly default?: Readonly<Record<string, string>>
  readonly defaultRequest?: Readonly<Record<string, string>>
}

/** Every limit, with the name of the LimitRange that it stands in. */
export const limitsOf = (view: View): { readonly name: string; readonly limit: Limit }[] =>
  all(view, 'LimitRange').flatMap(({ metadata: { name }, ...object }) =>
    ((object['spec'] as { limits?: readonly Limit[] } | undefined)?.limits ?? []).map((limit) => ({ name, limit })),
  )

/** What containers get that say nothing. The server has already filled in defaults from `max` and `min`. */
export function defaultsOf(view: View): Defaults {
  const limits = limitsOf(view).flatMap(({ limit }) => (limit.type === 'Container' ? limit : []))
  return {
    requests: Object.assign({}, ...limits.map(({ defaultRequest }) => defaultRequest)) as Defaults['requests'],
    limits: Object.assign({}, ...limits.map((limit) => limit.default)) as Defaults['limits'],
  }
}
