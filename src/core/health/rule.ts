import type { KubeObject, Pod, ReplicaSet } from '../objects.ts'
import { type Millis, second } from '../time.ts'
import type { View } from '../view.ts'
import type { Events } from './events.ts'
import type { Memory } from './memory.ts'

export interface Limits {
  /** How long the stage may take, as a span: no budget of a rule is longer. */
  readonly deadline: Millis
  /** The workload's own minReadySeconds: Ready for so long is available. */
  readonly minReady: Millis
  /** So many bad pods fail the release (0 and 1 both mean the first one), or all of them where there are fewer. */
  readonly allowedBad: number
  /** How long trouble that often passes by itself is borne (a registry's 5xx); 120 s by default. */
  readonly grace?: Millis
  /** How long init containers may take; the stage's deadline by default. */
  readonly init?: Millis
}

export const graceOf = ({ grace = 120 * second, deadline }: Limits): Millis => Math.min(grace, deadline)

/** What a rule may look at. */
export interface Context {
  readonly view: View
  readonly workload: KubeObject
  /** New pods that are not on their way out, by name. */
  readonly pods: readonly Pod[]
  readonly stablePods: readonly Pod[]
  readonly sets: readonly ReplicaSet[]
  readonly limits: Limits
  readonly now: Millis
  readonly memory: Memory
  readonly events: Events
  /** Names of the containers that the workload's own template has. */
  readonly own: ReadonlySet<string>
  /** The Service that the new pods should be behind, and the uids that it sends to; `null` where nobody asked. */
  readonly behind: { readonly service: string; readonly uids: ReadonlySet<string> } | null
}

/** What a rule saw. */
export interface Sign {
  /** One line for people, without the name of the object: `container app: image not found`. */
  readonly because: string
  readonly evidence?: readonly string[]
  /** Instead of the rule's own. */
  readonly confirm?: Millis
  /** The object it is about, where it isn't the pod: `replicaset/web-7c9f`. */
  readonly object?: string
}

interface AnyRule {
  readonly id: string
  /** For people, in lists of rules. */
  readonly summary: string
  /** Seen on two observations at least this far apart; 0: at first sight. */
  readonly confirm: Millis
  /** `either`: an outage of something that both versions use looks the same, so stable's pods are asked as well. */
  readonly blames: 'release' | 'either'
  /** Said as a warning until it is confirmed. */
  readonly warns?: true
}

/** About one new pod. */
export interface PodRule extends AnyRule {
  readonly of: 'pod'
  readonly match: (pod: Pod, context: Context) => Sign | null
}

/** About the release as a whole: one is enough to fail it. */
export interface ReleaseRule extends AnyRule {
  readonly of: 'release'
  readonly match: (context: Context) => Sign | null
}

/** What takes a pod without the release being at fault. Such a pod is not judged, only counted. */
export interface ForeignRule {
  readonly of: 'foreign'
  readonly id: string
  readonly summary: string
  readonly match: (pod: Pod, context: Context) => Sign | null
}

export type Rule = PodRule | ReleaseRule | ForeignRule
