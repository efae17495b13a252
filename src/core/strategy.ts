import type * as z from 'zod'
import type { Moves } from './moves/context.ts'
import type { Stage } from './plan.ts'
import type { Router } from './router.ts'

/** A strategy is one pure file: options in, stages out. `strategies/index.ts` lists them all. */
export interface Strategy<Options = unknown> {
  readonly name: string
  /** One line, for help. */
  readonly summary: string
  readonly options: z.ZodType<Options>
  /**
   * The kinds of router that it can use, the best first. None: requests reach the new pods by these taking the old
   * ones' place.
   */
  readonly routing: readonly Router['resolution'][]
  /** Our Service beside the stable one is named `<service>-<this>`. */
  readonly secondary: string
  readonly plan: (input: { readonly moves: Moves; readonly options: Options }) => Stage[]
}

/** All strategies, their code not yet loaded. */
export interface LateStrategies {
  readonly summaries: Readonly<Record<string, string>>
  readonly load: () => Promise<readonly Strategy[]>
}

export const defineStrategy = <Options>(strategy: Strategy<Options>): Strategy<Options> => strategy
