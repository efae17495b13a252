import { followHome } from '../adapters/journal/home/follow.ts'
import { followRun } from '../adapters/journal/follow.ts'
import { DeployError } from '../core/errors.ts'
import { homeOf, leaseOf } from '../core/home.ts'
import type { Entry } from '../core/journal.ts'
import { renewEvery, ttl } from '../core/lease/lease.ts'
import { readLease } from '../core/lease/read.ts'
import { second } from '../core/time.ts'
import type { Cluster } from '../ports.ts'
import { isAttended } from './attended.ts'
import { clockOf } from './clock.ts'
import type { CommandContext } from './context.ts'
import type { Whither } from './elsewhere.ts'
import { hearingOf } from './hearing.ts'
import { isDead } from './leases.ts'
import { loadFor, targetsOf } from './plan-sites.ts'
import { rootOf } from './root.ts'
import type { FoundRun } from './runs.ts'
import { connectTo } from './sites.ts'

export interface Following {
  readonly found: FoundRun
  readonly options: Whither
  readonly signal: AbortSignal
  /** Told when nobody drives the run any more, and when somebody does again. */
  readonly onDriver: (driver: { readonly attended: boolean; readonly who: string | null }) => void
  /** Told when the run's home is not heard, and when it is again. */
  readonly say: (text: string) => void
}

/**
 * The entries of a run as they come, wherever it is driven: from this machine's own journal while it is driven here, then
 * from its home. Ends after `closed`, and when the signal aborts.
 */
export async function* followAnywhere(following: Following, context: CommandContext): AsyncGenerator<Entry> {
  const { found, signal } = following
  const { run, keptIn, follow, driven, entries } = found
  const isOver = entries.at(-1)?.type === 'closed'
  let after = 0
  if (keptIn === null && (isOver || (driven.attended && follow === null))) {
    for await (const entry of followHere(following, context)) {
      after = entry.seq
      yield entry
      if (entry.type === 'closed') return
    }
    if (signal.aborted) return
  }
  const home = homeOf(found.plan)
  const target = targetsOf(found.plan, loadFor(context, following.options.config), context).find(
    ({ name }) => name === home.cluster,
  )
  if (!target) throw new Error(`the plan of run ${run} has no cluster ${home.cluster}`)
  const { cluster } = await connectTo(target, context)
  await using _ = cluster
  const stop = new AbortController()
  const watching = watchDriver(cluster, following, AbortSignal.any([signal, stop.signal]), context)
  try {
    const hearing = hearingOf(home.cluster, following.say)
    const kept = { cluster, namespace: home.namespace, run, clock: clockOf(context.process), signal, hearing }
    for await (const entry of followHome(kept)) if (entry.seq > after) yield entry
  } catch (error) {
    // Whoever stops watching cuts a request off.
    if (!signal.aborted) throw error
  } finally {
    stop.abort()
    await watching
  }
}

/** Until its driver is gone from this machine. */
async function* followHere({ found, options, signal }: Following, context: CommandContext): AsyncGenerator<Entry> {
  const { run, folder } = found
  const gone = new AbortController()
  const looking = setInterval(() => {
    void isAttended(folder).then(
      (attended) => {
        if (!attended) gone.abort()
      },
      // Of a folder that was moved away nothing is known any more.
      () => gone.abort(),
    )
  }, second)
  try {
    yield* followRun({ root: rootOf(context, options), run, signal: AbortSignal.any([signal, gone.signal]) })
  } finally {
    clearInterval(looking)
  }
}

/** A Lease that stands still for a whole TTL of our own clock has no driver; whoever lets go of it says so at once. */
async function watchDriver(
  cluster: Cluster,
  { found: { plan, run }, onDriver }: Following,
  signal: AbortSignal,
  { process }: CommandContext,
): Promise<void> {
  const clock = clockOf(process)
  let pulse = ''
  let since = clock.elapsed()
  let told = true
  while (!signal.aborted) {
    const object = await cluster.get(leaseOf(homeOf(plan)), { signal }).catch(unreadable(signal))
    // What is not seen is not seen to stand still: its driver may be as cut off from it as we are.
    if (object === null && told) since = clock.elapsed()
    const lease = object && readLease(object)
    if (lease?.run?.run === run && lease.run.phase !== 'closed') {
      if (lease.pulse !== pulse) since = clock.elapsed()
      pulse = lease.pulse
      const { release } = lease.run
      const isStill = clock.elapsed() - since >= ttl
      const attended = lease.holder !== null && !isStill && !(await isDead(release?.process ?? null))
      if (attended !== told)
        onDriver({ attended, who: release ? `${release.by} on ${release.host}, process ${release.pid}` : lease.holder })
      told = attended
    }
    await clock.sleep(renewEvery, signal)
  }
}

const unreadable =
  (signal: AbortSignal) =>
  (error: unknown): null => {
    if (error instanceof DeployError || signal.aborted) return null
    throw error
  }
