import { type Bell, newBell } from '../../core/bell.ts'
import { DeployError, nothing } from '../../core/errors.ts'
import type { Lease, LeaseAnswer, LeaseNote } from '../../core/lease/lease.ts'
import { readLease } from '../../core/lease/read.ts'
import { renew, take } from '../../core/lease/write.ts'
import type { KubeObject } from '../../core/objects.ts'
import type { Millis } from '../../core/time.ts'
import type { Clock } from '../../ports.ts'
import { type Moment, momentOf, type Seat, type Taken } from './seat.ts'
import { patience } from './written.ts'

/** What a renewal says. */
export interface Saying {
  readonly note: LeaseNote
  readonly answers: readonly LeaseAnswer[]
  /** That somebody broke the lock before is in the journal, and need not stand here any more. */
  readonly isBreakNoted: boolean
}

/** The Lease of one unit while this driver holds it. */
export interface Chair {
  readonly seat: Seat
  /** As it was seen last. */
  known(): Lease
  /** A watch saw it. */
  saw(object: KubeObject): void
  /** How long it was not renewed. */
  age(): Millis
  /** Rings when it should be renewed before its time. */
  readonly bell: Bell
  /**
   * Says it, and returns the answers that stand there now: none where the cluster could not be reached, which the next
   * renewal mends, or where somebody else holds it, who is told of.
   */
  renew(saying: () => Saying): Promise<readonly LeaseAnswer[]>
}

export interface Sitting {
  readonly seat: Seat
  readonly took: Taken
  /** Its identity. */
  readonly holder: string
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Somebody else holds it. */
  lost(seat: Seat, lease: Lease): void
}

/** From the moment at which it was taken. */
export function sit({ seat, took, holder, clock, signal, lost }: Sitting): Chair {
  const { cluster, ref } = seat
  const call = { signal, timeout: patience }
  let known = took.lease
  let renewed = took.at

  function seen(object: KubeObject | null, at: Moment): void {
    if (object) known = readLease(object)
    renewed = at
  }

  async function attempt(saying: () => Saying, isSecond: boolean): Promise<readonly LeaseAnswer[]> {
    const at = momentOf(clock)
    const { note, answers, isBreakNoted } = saying()
    try {
      const write = renew(ref, known, { holder, now: at.now, note }, answers, isBreakNoted)
      seen(await cluster.write(write, call), at)
      return answers
    } catch (error) {
      if (!(error instanceof DeployError)) throw error
      if (error.code === 'kube-invalid' || error.code === 'kube-conflict') {
        if ((await isStillOurs()) && !isSecond) return attempt(saying, true)
      } else if (error.code === 'kube-not-found') await makeAgain(note, at)
      return []
    }
  }

  /** A `test` failed: another holder, or somebody wrote an ask just now. */
  async function isStillOurs(): Promise<boolean> {
    const object = await cluster.get(ref, call).catch(nothing)
    if (!object) return false
    const lease = readLease(object)
    const isOurs = lease.identity === holder
    if (isOurs) known = lease
    else lost(seat, lease)
    return isOurs
  }

  /** Somebody deleted it: the first to make it again drives. */
  async function makeAgain(note: LeaseNote, at: Moment): Promise<void> {
    try {
      seen(await cluster.write(take(ref, null, { holder, now: at.now, note }), call), at)
    } catch (error) {
      if (!(error instanceof DeployError)) throw error
      if (error.code === 'kube-exists') await isStillOurs()
    }
  }

  return {
    seat,
    known: () => known,
    saw(object) {
      if (isNewer(object, known)) known = readLease(object)
    },
    /**
     * The longer of two: a clock may be set back, and the count of what has elapsed may stand still while the machine
     * sleeps. Who takes over goes by that count alone.
     */
    age() {
      const { now, elapsed } = momentOf(clock)
      return Math.max(now - renewed.now, elapsed - renewed.elapsed)
    },
    bell: newBell(),
    renew: (saying) => attempt(saying, false),
  }
}

/** Of one object, whose versions are numbers that grow. */
const isNewer = ({ metadata }: KubeObject, known: Lease): boolean =>
  Number(metadata.resourceVersion) > Number(known.version)
