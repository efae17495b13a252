import type { Kind } from '../../src/core/kinds.ts'
import type { PatchOp } from '../../src/core/write.ts'
import type { Millis } from '../../src/core/time.ts'

/**
 * What is done to a cluster and what must then be seen, as data: it runs on the simulated cluster and on a real one.
 * `{hash:1.0.0}` and `{set:1.0.0}` in any text stand for the pod-template-hash and the name of the ReplicaSet of that
 * image tag.
 */
export interface Script {
  readonly name: string
  readonly steps: readonly Step[]
}

export type Step = (
  | { readonly apply: readonly object[] }
  /** `kubectl replace`. */
  | { readonly replace: object }
  | { readonly patch: readonly [Kind, string]; readonly ops: readonly PatchOp[] }
  | { readonly image: string }
  | { readonly env: readonly [string, string] }
  | { readonly restart: true }
  | { readonly scale: number }
  | { readonly drop: readonly [Kind, string] }
  | { readonly wait: Millis }
  /** Remembers the uids of these pods under a name. */
  | { readonly remember: string; readonly labels: string }
  | { readonly see: Sight }
) & {
  /** The cluster says no to it (and kubectl says it for some). */
  readonly refused?: true
}

/** What must be seen, as far as it is said. It must come true, and then stay true for a while. */
export interface Sight {
  /** For people who read a failure. */
  readonly as?: string
  /** `tag asked/ready/available`, oldest revision first, of all ReplicaSets with pods: `1.0.0 10/10/10`. */
  readonly sets?: readonly string[]
  /** Names of conditions and their status: `Available True MinimumReplicasAvailable`. */
  readonly conditions?: readonly string[]
  /** `updated/total/ready/available` of the Deployment. */
  readonly counts?: string
  /** Ready endpoints by image tag, for each Service. */
  readonly endpoints?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** `name tag ready` of a StatefulSet's pods, by name. */
  readonly ordinals?: readonly string[]
  /** How many of the pods remembered under a name are still there. */
  readonly kept?: Readonly<Record<string, number>>
  /** The values at pointers of an object; null is absence. */
  readonly fields?: readonly (readonly [Kind, string, pointer: string, value: unknown])[]
  /** Reasons of Warning events. */
  readonly warnings?: readonly string[]
}
