import type { Draft } from './draft.ts'
import type { Ref } from './kinds.ts'
import type { Action, Expectation } from './plan.ts'
import type { View } from './view.ts'

/** A step before it has its place in a plan. */
export interface StepDraft {
  readonly id: string
  readonly does: string
  readonly action: Action
}

export interface Where {
  readonly namespace: string
  /** The Service that users' requests are addressed to. */
  readonly service: string
  /** Our Service beside it, which selects only the new pods. */
  readonly secondary: string
  readonly workload: Ref
}

/** How requests are divided between the stable and the new pods. Pure: compiles weights to writes. */
export interface Router {
  readonly name: string
  readonly summary: string
  /** `weights`: any percentage. `cut-over`: 0 or 100. `pods`: as many percent as there are new pods. */
  readonly resolution: 'weights' | 'cut-over' | 'pods'
  /** Whether the new pods are reached through a Service of ours beside the stable one. */
  readonly beside: boolean
  /** The object that carries this Service's requests, by the name given or by looking; `null`: not this router's. */
  find(view: View, service: string, named?: string): Ref | null
  /** Throws a DeployError for what it can't steer: an unsupported wish is a planning error, never a silent no-op. */
  bind(draft: Draft, where: Where, object: Ref): BoundRouter
}

export interface BoundRouter {
  readonly router: Router
  /** For people: `route web: web 75, web-canary 25`. */
  describe(weight: number): string
  /** `before`: the weight until now. */
  shift(weight: number, before: number): readonly StepDraft[]
  /** After the Services select the new pods: everything to the stable Service's name, ours no longer referenced. */
  retire(): readonly StepDraft[]
  /** Everything as it was seen. Compiled last: it knows all values that the forward steps write. */
  back(): readonly StepDraft[]
  /** What shows that the data plane follows; `accepted` where nothing but the route's own status tells. */
  proof(weight: number): Expectation | 'accepted'
}
