import type { ClusterTarget } from '../config/clusters.ts'
import { DeployError, type ExitCode, exitCodes } from '../core/errors.ts'
import { readLease } from '../core/lease/read.ts'
import { Duration } from '../core/options.ts'
import { hour, minute, type Millis, span } from '../core/time.ts'
import { Locked, wordsOf } from '../engine/leases/refused.ts'
import type { Cluster } from '../ports.ts'
import { clockOf } from './clock.ts'
import type { CommandContext } from './context.ts'
import type { WaitOptions } from './options.ts'
import { connectTo } from './sites.ts'

/** A waiting command says so that often that it still does. */
const toldEvery: Millis = 5 * minute

/**
 * Tries what may meet another run; where it does, waits until that is over and tries again from the start, with nothing
 * held meanwhile. Nothing that was seen before is still believed then.
 */
export async function waiting(
  options: WaitOptions,
  {
    clusters,
    attempt,
  }: { readonly clusters: () => readonly ClusterTarget[]; readonly attempt: () => Promise<ExitCode> },
  context: CommandContext,
): Promise<ExitCode> {
  const { process } = context
  const clock = clockOf(process)
  const until = clock.now() + limitOf(options)
  for (;;) {
    const held = await attempt().catch((error: unknown) => {
      if (error instanceof Locked) return error
      throw error
    })
    if (typeof held === 'number') return held
    const target = clusters().find(({ name }) => name === held.place.cluster)
    if (!target || clock.now() >= until) throw held
    const left = await isLet(held, target, until, context)
    if (left !== null) return left
  }
}

function limitOf({ waitFor }: WaitOptions): Millis {
  if (waitFor === undefined) return hour
  const limit = Duration.safeParse(waitFor)
  if (limit.success) return limit.data
  throw new DeployError({
    code: 'usage',
    what: `--wait-for ${waitFor} is no duration`,
    remedy: 'write it like --wait-for 30m',
  })
}

/** Resolves when the Lease says that nothing is open; with an exit code when a signal came first. */
async function isLet(
  held: Locked,
  target: ClusterTarget,
  until: Millis,
  context: CommandContext,
): Promise<ExitCode | null> {
  const { process, signal: outer } = context
  const clock = clockOf(process)
  const stop = new AbortController()
  let exit: ExitCode | null = null
  using _signals = process.onSignal((name) => {
    exit = name === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated
    stop.abort(name)
  })
  const signal = AbortSignal.any([outer, stop.signal])
  const { cluster } = await connectTo(target, context)
  await using _ = cluster
  const say = (text: string): void => void process.streams.stderr.write(`${text}\n`)
  say(`${held.what}: waiting for its end, for up to ${span(until - clock.now())}; nothing is held meanwhile`)
  const told = { at: clock.now() }
  for await (const lease of seen(cluster, held, { signal, clock, every: toldEvery })) {
    if (!lease?.run || (lease.run.phase === 'closed' && lease.holder === null)) {
      say('it is over: planning again')
      return null
    }
    if (clock.now() >= until) throw held
    if (clock.now() - told.at < toldEvery) continue
    told.at = clock.now()
    const { what, why } = wordsOf(held.place, lease, lease.run, clock.now())
    say(`still waiting: ${what}; ${why}`)
  }
  say('stopped waiting; nothing was begun')
  return exit ?? exitCodes.interrupted
}

interface Seeing {
  readonly signal: AbortSignal
  readonly clock: ReturnType<typeof clockOf>
  readonly every: Millis
}

/** The Lease now, after each change, and now and then; what a watch that fell silent said last is not believed. */
async function* seen(cluster: Cluster, { place: { ref } }: Locked, { signal, clock, every }: Seeing) {
  const what = { kind: ref.kind, namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}` }
  await using watched = await cluster.watch([what], signal)
  while (!signal.aborted) {
    const view = watched.view()
    const object = view.objects.get(`Lease/${ref.name}`)
    if (view.silentSince === null) yield object ? readLease(object) : null
    const enough = new AbortController()
    const either = AbortSignal.any([signal, enough.signal])
    await Promise.race([watched.changed(either, view), clock.sleep(every, either)])
    enough.abort('looked long enough')
  }
}
