import type { Ref } from '../core/kinds.ts'
import { type Lease, renewEvery } from '../core/lease/lease.ts'
import { readLease } from '../core/lease/read.ts'
import { type Millis, second } from '../core/time.ts'
import type { Call, Clock, Cluster } from '../ports.ts'
import { type Driven, nobody } from './attended.ts'
import { isDead } from './leases.ts'

/** A little longer than it takes a driver that lives. */
const patience: Millis = renewEvery + 2 * second

/**
 * A holder that renewed just now is taken for alive. Else the Lease is looked at until it changes, for as long as a driver
 * that lives needs: clocks of two machines say nothing.
 */
export async function drivenBy(
  { cluster, ref, run }: { readonly cluster: Cluster; readonly ref: Ref; readonly run: string },
  clock: Clock,
  call: Call,
): Promise<Driven> {
  const first = await leaseIn(cluster, ref, call)
  if (!first?.run || first.run.run !== run) return nobody
  const { release } = first.run
  const heard = first.renewed === null ? Number.NaN : Date.parse(first.renewed)
  const who = release ? `${release.by} on ${release.host}, process ${release.pid}` : first.holder
  const told = { who, heard: Number.isNaN(heard) ? null : heard }
  if (first.holder === null || (await isDead(release?.process ?? null))) return { ...told, attended: false }
  if (Math.abs(clock.now() - heard) <= patience) return { ...told, attended: true }
  const live = await nextPulse({ cluster, ref, pulse: first.pulse }, patience, clock, call)
  return { ...told, attended: live !== null && live.holder !== null }
}

/** The Lease once its holder has renewed it, or another holds it; `null`: not within that time. */
export async function nextPulse(
  { cluster, ref, pulse }: { readonly cluster: Cluster; readonly ref: Ref; readonly pulse: string },
  within: Millis,
  clock: Clock,
  call: Call,
): Promise<Lease | null> {
  for (const until = clock.elapsed() + within; clock.elapsed() < until && !call.signal.aborted; ) {
    await clock.sleep(second, call.signal)
    const live = await leaseIn(cluster, ref, call)
    if (live && live.pulse !== pulse) return live
  }
  return null
}

async function leaseIn(cluster: Cluster, ref: Ref, call: Call): Promise<Lease | null> {
  const object = await cluster.get(ref, call)
  return object && readLease(object)
}
