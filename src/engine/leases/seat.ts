import { DeployError } from '../../core/errors.ts'
import { leaseOf } from '../../core/home.ts'
import type { Ref } from '../../core/kinds.ts'
import { chanceOf } from '../../core/lease/chance.ts'
import { type Lease, type LeaseNote, ttl } from '../../core/lease/lease.ts'
import { readLease, writerOf } from '../../core/lease/read.ts'
import { take } from '../../core/lease/write.ts'
import type { KubeObject } from '../../core/objects.ts'
import type { Unit } from '../../core/plan.ts'
import { type Millis, second } from '../../core/time.ts'
import type { Clock, Cluster } from '../../ports.ts'
import { forbidden, foreign, Locked, type LeasePlace } from './refused.ts'

/** One unit's Lease, as somebody sees it who wants to hold it. */
export interface Seat {
  readonly unit: Unit
  readonly cluster: Cluster
  readonly ref: Ref
  readonly place: LeasePlace
}

export interface Wanting {
  readonly run: string
  readonly holder: string
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Whether the process that a Lease tells of is known to be dead; a process of another machine never is. */
  readonly isDead: (process: unknown) => Promise<boolean>
  /** The pulse of a holder that was seen to be gone before. */
  readonly gone: string | null
  /** Told before it is waited. */
  readonly say: (text: string) => void
  /** A cluster that falls away meanwhile is waited for no longer than a driver that may be dead is. */
  readonly isBack?: boolean
}

/** A Lease that may be taken in the state in which it was read. */
export interface Taken {
  /** `null`: there was none. */
  readonly before: Lease | null
  readonly lease: Lease
  /** When it was asked for. */
  readonly at: Moment
}

/** By the clock and by what counts on whatever the clock is set to. */
export interface Moment {
  readonly now: Millis
  readonly elapsed: Millis
}

export const momentOf = (clock: Clock): Moment => ({ now: clock.now(), elapsed: clock.elapsed() })

export const seatOf = (unit: Unit, cluster: Cluster): Seat => {
  const ref = leaseOf(unit)
  return { unit, cluster, ref, place: { cluster: unit.cluster, ref } }
}

const patience = 10 * second
const looksEvery = 2 * second
const mostAttempts = 5
/** Somebody was faster, or nobody knows whether it was done: what stands there says. */
const undecided = new Set([
  'kube-conflict',
  'kube-invalid',
  'kube-exists',
  'kube-not-found',
  'kube-timeout',
  'kube-unavailable',
])

interface Found {
  readonly lease: Lease | null
  readonly object: KubeObject | null
}

/** Reads it. A refusal for want of a right says which one. */
async function read({ cluster, ref, place }: Seat, signal: AbortSignal): Promise<Found> {
  try {
    const object = await cluster.get(ref, { signal, timeout: patience })
    return { object, lease: object && readLease(object) }
  } catch (error) {
    throw isForbidden(error) ? forbidden(place, error) : error
  }
}

/** A Lease that may be taken: at once, or after its holder was not seen to renew for a whole TTL. Throws `Locked`. */
export async function free(seat: Seat, wanting: Wanting): Promise<Lease | null> {
  return awaited(seat, wanting, await read(seat, wanting.signal))
}

async function awaited(seat: Seat, wanting: Wanting, first: Found): Promise<Lease | null> {
  const { clock, signal } = wanting
  let began = clock.elapsed()
  let seen = began
  let { lease } = first
  let object = first.object
  for (let isTold = false; ; isTold = true) {
    const isSame = lease?.pulse === first.lease?.pulse
    const isGone =
      lease?.pulse === wanting.gone ||
      (isSame && clock.elapsed() - began >= ttl) ||
      (await wanting.isDead(lease?.run?.release?.process ?? null))
    const chance = chanceOf(lease, { ...wanting, isGone })
    if (chance.may === 'take' || chance.may === 'keep') return lease
    if (chance.may === 'not' || !isSame) throw refusalOf(seat, { lease, object }, wanting)
    if (!isTold) wanting.say(waitText(seat, lease))
    await clock.sleep(looksEvery, signal)
    signal.throwIfAborted()
    const next = await again(seat, signal)
    if ('lease' in next) {
      ;({ lease, object } = next)
      seen = clock.elapsed()
      continue
    }
    if (wanting.isBack && clock.elapsed() - seen >= ttl) throw next
    if (seen >= began) wanting.say(`${seat.place.cluster} can't be seen meanwhile: ${next.what}`)
    // Nobody could renew, or nobody could see it: that proves nothing.
    began = clock.elapsed()
  }
}

const again = (seat: Seat, signal: AbortSignal): Promise<Found | DeployError> =>
  read(seat, signal).catch((error: unknown) => {
    if (error instanceof DeployError && error.code !== 'lease-forbidden') return error
    throw error
  })

const waitText = ({ place }: Seat, lease: Lease | null): string => {
  const { run, release } = lease?.run ?? {}
  const who = release ? `${release.by} on ${release.host} (process ${release.pid})` : (lease?.holder ?? 'somebody')
  return `run ${run} in ${place.cluster} was last driven by ${who}: looking for up to ${ttl / second} s whether that is alive`
}

function refusalOf({ place }: Seat, { lease, object }: Found, { clock }: Wanting): DeployError {
  if (!lease?.run) return foreign(place, lease as Lease, object && writerOf(object))
  return new Locked(place, lease, lease.run, clock.now())
}

/** Takes it, from the state in which it was found free; whoever comes first has it. */
export async function takeSeat(
  seat: Seat,
  found: Lease | null,
  note: (lease: Lease | null) => LeaseNote,
  wanting: Wanting,
): Promise<Taken> {
  const { cluster, ref, place } = seat
  const { clock, holder, signal } = wanting
  let lease = found
  let before = found
  for (let attempt = 1; ; attempt += 1) {
    const at = momentOf(clock)
    try {
      const write = take(ref, lease, { holder, now: at.now, note: note(lease) })
      const object = await cluster.write(write, { signal, timeout: patience })
      return { before, lease: readLease(object as KubeObject), at }
    } catch (error) {
      if (isForbidden(error)) throw forbidden(place, error)
      if (!(error instanceof DeployError) || !undecided.has(error.code) || attempt === mostAttempts) throw error
      const live = await read(seat, signal)
      if (live.lease?.identity === holder) return { before, lease: live.lease, at }
      lease = await awaited(seat, wanting, live)
      before = lease
    }
  }
}

export const isForbidden = (error: unknown): error is DeployError =>
  error instanceof DeployError && error.code === 'kube-forbidden'
