import type { Duplex } from 'node:stream'
import type { Entry, Fact, Receipt } from './core/journal.ts'
import type { Kind, Ref } from './core/kinds.ts'
import type { KubeObject } from './core/objects.ts'
import type { Reading, Unread } from './core/metrics.ts'
import type { Hook, Track } from './core/plan.ts'
import type { Millis } from './core/time.ts'
import type { View } from './core/view.ts'
import type { Write } from './core/write.ts'

export type { PatchOp, Write } from './core/write.ts'

export interface Call {
  readonly signal: AbortSignal
  /** For this call, its retries included. Every port has a default of its own. */
  readonly timeout?: Millis
}

/** What to list and keep watching; all in one namespace. */
export interface Watching {
  readonly kind: Kind
  readonly namespace: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/** A cache that watches keep up to date. */
export interface Watched extends AsyncDisposable {
  /** The newest state, as a value. */
  view(): View
  /**
   * Resolves when there is something newer than `since` (without it, than the last view that was handed out): an object
   * changed, or the watch fell silent, or it hears again. At once when that is so already. Aborting resolves it too.
   */
  changed(signal: AbortSignal, since?: View): Promise<void>
  /** The answer to a write of ours, so that the next view is never older than what we know we did. */
  took(ref: Ref, object: KubeObject | null): void
}

/**
 * One cluster. Every error that it throws is a DeployError with a code of `kube-*`:
 * unauthorized, forbidden, not-found, exists, conflict, invalid (422: a `test` of a patch failed, or validation),
 * throttled, unavailable, tls, dns, refused, timeout, protocol.
 */
export interface Cluster extends AsyncDisposable {
  readonly name: string
  /** uid of namespace `kube-system`, and the server's version (`v1.36.3`). */
  identify(call: Call): Promise<{ readonly uid: string; readonly version: string }>
  get(ref: Ref, call: Call): Promise<KubeObject | null>
  list(what: Watching, call: Call): Promise<KubeObject[]>
  /** Resolves when every kind was listed once. A kind that the server does not know counts as empty. */
  watch(what: readonly Watching[], signal: AbortSignal): Promise<Watched>
  /** The object as it is after the write; `null` for a delete. `dryRun`: the server goes all the way but stores nothing. */
  write(write: Write, call: Call & { readonly dryRun?: boolean }): Promise<KubeObject | null>
  /** SelfSubjectAccessReview. `null`: the question itself was refused, so it is not known. */
  may(
    verb: string,
    kind: Kind,
    namespace: string,
    call: Call & { readonly subresource?: string },
  ): Promise<boolean | null>
  /** The last lines of a container's log; `previous` is the one before its restart. */
  log(
    pod: Ref,
    options: { readonly container: string; readonly previous: boolean; readonly lines: number },
    call: Call,
  ): Promise<string>
}

/** Time comes in here; the engine has no other clock. */
export interface Clock {
  now(): Millis
  /** Since some moment of its own: only differences mean something. Nobody can set it, and it may stand still while a machine sleeps. */
  elapsed(): Millis
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  sleep(ms: Millis, signal: AbortSignal): Promise<void>
}

/** Append-only, one writer; kept where it is written, and copied to the run's home. */
export interface Journal extends AsyncDisposable {
  /** All entries so far, the chain checked, a torn last line dropped. */
  readonly entries: readonly Entry[]
  /** Durable when it resolves (fsync). */
  append(facts: readonly Fact[], at: Millis): Promise<readonly Entry[]>
  /**
   * Resolves once whatever another driver has to know of what was appended so far is in the home copy, too: then it can go
   * on from there. Rejects with the signal's reason when that aborts, and with `run-lost` when another driver has gone on.
   */
  shared(signal: AbortSignal): Promise<void>
}

export interface HookResult {
  readonly receipt: Receipt
  readonly timedOut: boolean
  /**
   * Keeps what it said, for the operator alone, and says where and with which hash; `null`: it said nothing. The journal,
   * which others can read in the cluster, has no more of it.
   */
  readonly kept: () => Promise<string | null>
}

export interface Hooks {
  run(hook: Hook, env: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HookResult>
}

/** Finds the digest of a tag. `null`: the registry could not be asked; then running pods are. */
export interface Registry {
  digest(image: string, call: Call): Promise<string | null>
}

/** A pod whose figures are wanted. */
export interface MeasuredPod {
  readonly name: string
  readonly uid: string
  readonly track: Track
  /** Of the pod: where its figures are, unless the source says so. */
  readonly annotations: Readonly<Record<string, string>>
  /** How often its containers were restarted. */
  readonly restarts?: number
}

export interface DatedReading extends Reading {
  /** What the clock that dates its samples said when they were read. */
  readonly at: Millis
}

/** Where the figures of one unit come from. */
export interface Metrics extends AsyncDisposable {
  /** For people: `prometheus https://prometheus.internal`, `pods by port-forward`. */
  readonly name: string
  /** How often it makes sense to ask. */
  readonly every: Millis
  /**
   * One poll: all these pods, and the user's own queries. `over`: how far back samples are wanted, for sources that keep
   * them. Never throws for what the provider does or doesn't say.
   */
  read(pods: readonly MeasuredPod[], over: Millis, call: Call): Promise<DatedReading | Unread>
}

/** What is known of a unit's figures, for whoever goes on with the run. */
export interface Note {
  /** The comparison with stable; `null`: there is none yet. */
  readonly judge: string | null
  /** Where counters stood. `null`: not known, what was counted since then is nobody's. */
  readonly counters: string | null
}

/** Keeps notes over the end of a process. It never throws: what is lost is evidence, and the judge says so. */
export interface Notebook {
  read(unit: string): Promise<Note | null>
  /** The note is made when it is written down, which is not each time. */
  keep(unit: string, note: () => Note): void
}

/** A port of a pod. */
export interface PodPort {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

/**
 * Ways into a pod that lead through its API server. What fails of the way itself (no permission, a proxy that lets no
 * WebSocket through) is a DeployError of `kube-*`; what fails at the pod (nothing listens there) is `pod-unreachable`.
 */
export interface PodDoor {
  /** The bytes of a port, as `kubectl port-forward` has them: they come out beside the pod's own processes. */
  forward(pod: PodPort, call: Call): Promise<Duplex>
  /** A GET by the API server itself. The status is the pod's. */
  get(
    pod: PodPort,
    request: { readonly scheme: 'http' | 'https'; readonly path: string },
    call: Call,
  ): Promise<{ readonly status: number; readonly body: AsyncIterable<Uint8Array> }>
}
