import type { Lease, LeaseRun } from '../core/lease/lease.ts'
import { readLease } from '../core/lease/read.ts'
import { minute, type Millis, span } from '../core/time.ts'
import { type Locked, wordsOf } from '../engine/leases/refused.ts'
import type { Clock, Cluster } from '../ports.ts'

/** A waiting command says so that often that it still does. */
const toldEvery: Millis = 5 * minute

export interface Waiting {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** By `clock.elapsed()`: how long is waited is nothing that a clock which is set may change. */
  readonly until: Millis
  readonly say: (text: string) => void
}

/**
 * Waits until the Lease says that nothing is open; false when the signal aborts before. When the time is up, what was met
 * is thrown, whether the cluster is heard or not.
 */
export async function untilOver(cluster: Cluster, held: Locked, waiting: Waiting): Promise<boolean> {
  const { clock, until, say } = waiting
  let told = clock.elapsed()
  let wasHeard = true
  for await (const { lease, silentSince } of seen(cluster, held, waiting)) {
    const isHeard = silentSince === null
    const run = lease?.run
    if (isHeard && (!run || (run.phase === 'closed' && lease.holder === null))) return true
    if (clock.elapsed() >= until) throw held
    if (isHeard === wasHeard && clock.elapsed() - told < toldEvery) continue
    told = clock.elapsed()
    wasHeard = isHeard
    if (!isHeard) say(`still waiting: ${cluster.name} is not heard for ${span(clock.now() - silentSince)}`)
    else if (run) say(`still waiting: ${stillHeld(held, lease, run, clock.now())}`)
  }
  return false
}

interface Seen {
  /** As it was told last. */
  readonly lease: Lease | null
  /** Not believed any more then. */
  readonly silentSince: Millis | null
}

/** The Lease now, after each change, when the watch falls silent or is heard again, now and then, and when the time is up. */
async function* seen(
  cluster: Cluster,
  { place: { ref } }: Locked,
  { signal, clock, until }: Waiting,
): AsyncGenerator<Seen> {
  const what = { kind: ref.kind, namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}` }
  await using watched = await cluster.watch([what], signal)
  while (!signal.aborted) {
    const view = watched.view()
    const object = view.objects.get(`Lease/${ref.name}`)
    yield { lease: object ? readLease(object) : null, silentSince: view.silentSince }
    const enough = new AbortController()
    const either = AbortSignal.any([signal, enough.signal])
    const longest = Math.min(toldEvery, until - clock.elapsed())
    await Promise.race([watched.changed(either, view), clock.sleep(longest, either)])
    enough.abort('looked long enough')
  }
}

function stillHeld({ place }: Locked, lease: Lease, run: LeaseRun, now: Millis): string {
  const { what, why } = wordsOf(place, lease, run, now)
  return `${what}; ${why}`
}
