import type { Evidence, Rule } from './evidence.ts'
import type { Json, JsonObject } from './json.ts'
import type { Ref } from './kinds.ts'
import type { Millis } from './time.ts'

/** A release as data: what will be done to the world, in which order, what must hold, and the way back. */
export interface Plan {
  readonly v: 1
  /** Minor version of the tool that made it (`0.1`): another minor version may mean something else by the same words. */
  readonly tool: string
  readonly release: Release
  readonly clusters: readonly ClusterId[]
  readonly waves: readonly Wave[]
  readonly warnings: readonly string[]
}

/** All units, in the order of their waves. */
export const unitsOf = ({ waves }: Pick<Plan, 'waves'>): readonly Unit[] => waves.flatMap(({ units }) => units)

/** All steps of a unit, on either way. */
export const stepsOf = ({
  stages,
  past = [],
  back,
}: Pick<Unit, 'stages' | 'past' | 'back'>): readonly (Step | BackStep)[] => [
  ...stages.flatMap(({ steps }) => steps),
  ...past,
  ...back,
]

export interface Release {
  readonly service: string
  readonly environment: string
  readonly strategy: string
  /** As the operator named it: `v1.2.3`. */
  readonly version: string
  /** The version that serves now, for people. */
  readonly from: string
  /** Full image reference that the matching containers will have. */
  readonly image: string
  readonly protected: boolean
  readonly emergency: boolean
}

export interface ClusterId {
  readonly name: string
  /** The uid of namespace `kube-system`: a context name can be pointed elsewhere, this can't. */
  readonly uid: string
}

/** Units that may run side by side. Waves run in order. */
export interface Wave {
  readonly id: string
  readonly parallel: number
  /** What is taken back when a unit fails: it alone, its wave, or everything. */
  readonly onFailure: 'unit' | 'wave' | 'all'
  readonly units: readonly Unit[]
}

/** One service in one cluster: `web@us-east-1`. */
export interface Unit {
  readonly id: string
  readonly cluster: string
  readonly namespace: string
  readonly workload: Ref
  readonly seen: Seen
  /** What is measured; absent: the pod failure rules are all. */
  readonly evidence?: Evidence
  readonly stages: readonly Stage[]
  /**
   * The way back, in the order in which it is gone: traffic, then Services, then pods, then what is left. A step of it
   * is taken when one of the forward steps that it `undoes` was intended. One list, not an undo for each step, because
   * the stable ReplicaSet must be untagged before the template returns: newest-first can't say that.
   */
  readonly back: readonly BackStep[]
  /**
   * What is gone before `back` by whoever goes back past a step that can't be undone: the old pods are there no more, so
   * they come first, and requests after them. Never gone by itself. Absent where `back` alone brings them.
   */
  readonly past?: readonly BackStep[]
}

/** What the plan rests on, as it was seen: the world may not have moved when it is run. */
export interface Seen {
  /** Name and pod-template-hash of the set that serves now (for a StatefulSet its revision). */
  readonly stable: { readonly name: string; readonly hash: string }
  /** sha256 of the pod templates, as canonical JSON. */
  readonly template: { readonly stable: string; readonly new: string }
  /** The workload's own minReadySeconds: how long a pod is Ready before it counts as available. */
  readonly minReady: Millis
}

/** Steps in order, then gates; then the soak; all within the deadline. */
export interface Stage {
  readonly id: string
  /** For people: `weight 25 %`. */
  readonly title: string
  readonly steps: readonly Step[]
  readonly gates: readonly Gate[]
  /** How long the gates are watched, at least, after the last step settled. */
  readonly soak: Millis
  /** For all steps to settle, from the first `intended`. */
  readonly deadline: Millis
  readonly waitsFor?: 'human'
  /**
   * What a step that can't finish here means: the way back, or (once the new version is proven) a pause with it serving.
   * A version that fails goes back as long as it can.
   */
  readonly otherwise: 'back' | 'pause'
  /** Share of requests that the new pods get once the steps have settled, in percent; for people and screens. */
  readonly weight?: number
}

export interface Step {
  readonly id: string
  /** For people: `route web: web 75, web-canary 25`. */
  readonly does: string
  readonly action: Action
  /** `keep`: stays when the rest is undone. `never`: the way back crosses it only when a human says so. */
  readonly undo: 'back' | 'keep' | 'never'
}

export interface BackStep {
  readonly id: string
  readonly does: string
  readonly action: Action
  /** Forward steps that make this one necessary. */
  readonly undoes: readonly string[]
  readonly moves: 'traffic' | 'services' | 'pods' | 'rest'
}

export interface Action {
  readonly mutation: Mutation
  /**
   * How it may be sent: `assert` states a state and may be repeated; `create` has a name of its own and looks first;
   * `once` may happen only once, and after an unknown outcome somebody has to look.
   */
  readonly send: 'assert' | 'create' | 'once'
  /** What must hold before it is sent. */
  readonly guard?: Expectation
  /** What proves that it took effect. */
  readonly expect: Expectation
  /** How long the data plane may lag behind what the API server shows; nothing that rests on it is done sooner. */
  readonly linger?: Millis
}

/** Text in a plan that is known only when it runs: the run's id and its fencing token. */
export const placeholders = { run: '{run}', fence: '{fence}' } as const

export type Mutation =
  | {
      readonly verb: 'change'
      readonly object: Ref
      readonly changes: readonly Change[]
    }
  | { readonly verb: 'create'; readonly object: Ref; readonly body: JsonObject }
  | { readonly verb: 'delete'; readonly object: Ref }
  /** Delete those pods of the workload's new revision that are not Ready. */
  | { readonly verb: 'delete-unready'; readonly object: Ref }
  /** Delete the empty ReplicaSets that this run made: what was taken back is no version to return to. */
  | { readonly verb: 'delete-sets'; readonly object: Ref }
  /** Our last write to an object: the fencing token and our entries in managedFields go, so that nobody finds a rival. */
  | { readonly verb: 'disown'; readonly object: Ref }
  | { readonly verb: 'hook'; readonly hook: Hook }

/**
 * One field of an object that is not ours. Sent as JSON Patch: `test` that the value is one of `from` (and, for list
 * elements, that the element is still the one meant), then the new one. `null` is absence, and restored as absence.
 */
export interface Change {
  readonly path: string
  readonly from: readonly Json[]
  readonly to: Json
  /** Other pointers and the values that must stand there, for example the name of the container at this index. */
  readonly where?: readonly { readonly path: string; readonly is: Json }[]
  /** The server fills in defaults below this path: what stands there need only contain the value. */
  readonly loose?: true
}

export interface Hook {
  readonly argv: readonly [string, ...string[]]
  readonly timeout: Millis
  /** `safe`: may be run again when nobody knows whether it ran. */
  readonly rerun?: 'safe'
  /** sha256 of the file, where argv[0] is one of the project's: the plan was approved with this text. */
  readonly sha256?: string
}

/** Which pods: those that serve when the run starts, or those that it makes. */
export type Track = 'stable' | 'new'

export type Expectation =
  /** The write itself is all: seen by reading at or past its receipt. */
  | { readonly kind: 'written' }
  /** The object is there, or is gone. */
  | { readonly kind: 'exists' | 'gone'; readonly object: Ref }
  /**
   * The controller has made the sets that (surge, unavailable), in percent of the live replicas, ask for under the
   * brake: new = surge + unavailable, old = replicas - unavailable.
   */
  | { readonly kind: 'sets'; readonly surge: number; readonly unavailable: number }
  /** Every pod of the track is Ready for the workload's own minReadySeconds, and there is at least one. */
  | { readonly kind: 'ready'; readonly track: Track }
  /** At least so many percent of the live replicas, and one, are Ready pods of the track. */
  | { readonly kind: 'capacity'; readonly track: Track; readonly percent: number }
  /** The Service sends to exactly the Ready pods of these tracks. */
  | { readonly kind: 'endpoints'; readonly service: string; readonly tracks: readonly Track[] }
  /** Every live parent of the route accepted it at its present generation. */
  | { readonly kind: 'accepted'; readonly object: Ref }
  /** The workload has nothing left to do: every pod is of its present template and available. */
  | { readonly kind: 'complete' }
  /** StatefulSet: all pods with an ordinal at or above the partition are of the new revision and Ready. */
  | { readonly kind: 'partition'; readonly partition: number }
  | { readonly kind: 'exited' }
  | { readonly kind: 'all'; readonly of: readonly Expectation[] }

export type Gate =
  /** The new pods stay healthy by the pod failure rules; `allowedBad` of them may be bad. */
  | { readonly kind: 'pods'; readonly allowedBad: number }
  /**
   * The data plane shows the weight. `proof` says by what: by an expectation, by the new pods' share of the requests that
   * were counted; where nothing can, it is accepted and said so.
   */
  | { readonly kind: 'weight'; readonly proof: Expectation | 'share' | 'accepted' }
  /** The figure of the new pods is on the right side of its bound, over the soak: the rule's comparison does not hold. */
  | { readonly kind: 'objective'; readonly rule: Rule }
  /** The new version is no worse than stable. `last`: of the stages that are compared; it never ends early. */
  | { readonly kind: 'compared'; readonly last: boolean }
