/** Who said what a value is. */
export type Origin =
  | { readonly from: 'flag'; readonly name: string }
  | { readonly from: 'variable'; readonly name: string; readonly said: string }
  | { readonly from: 'file'; readonly place: string }
  /** Nothing else was possible: the only one of its kind in the file. */
  | { readonly from: 'only'; readonly place: string }
  | { readonly from: 'default' }

/** A value as text and where it came from, for the plan's header and for explanations. */
export interface Setting {
  /** `environment`, `strategies.canary.bake` */
  readonly key: string
  /** As one would write it in the file. */
  readonly text: string
  readonly origin: Origin
}

export interface Sourced<T> {
  readonly value: T
  readonly origin: Origin
}

/** `--bake`, `DEPLOY_CANARY_BAKE`, `deploy.yaml:7:12`, `default` */
export function originText(origin: Origin): string {
  if (origin.from === 'default') return 'default'
  if (origin.from === 'file') return origin.place
  return origin.from === 'only' ? `${origin.place}, the only one` : origin.name
}

/** What the environment said, as the plan's header lists it: `DEPLOY_CANARY_BAKE=15m`. */
export const fromVariables = (settings: readonly Setting[]): string[] =>
  settings.flatMap(({ origin }) => (origin.from === 'variable' ? [`${origin.name}=${origin.said}`] : []))
