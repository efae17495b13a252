import { newBell } from '../../../core/bell.ts'
import { DeployError } from '../../../core/errors.ts'
import type { Entry } from '../../../core/journal.ts'
import { type Millis, second } from '../../../core/time.ts'
import type { Call, Clock } from '../../../ports.ts'
import { hashOf } from '../hash.ts'
import { type Establishing, establish, further, hasMoved, type Joined, tellFollowed } from './establish.ts'
import { segmentRef } from './names.ts'
import { paceOf } from './pace.ts'
import { isPressing } from './pressing.ts'
import { readHome } from './read.ts'
import { fencing } from './segment.ts'

export interface HomeWriting extends Establishing {
  readonly clock: Clock
  /** All entries of this machine's copy, as they are now. */
  readonly entries: () => readonly Entry[]
  /** As the home was taken; `null`: it could not be reached then. */
  readonly joined: Joined | null
  /** Another driver has gone on with the run: this one must stop. Told once. */
  readonly onLost: (error: DeployError) => void
}

export interface HomeWriter {
  /** There are entries that are not in the home yet. */
  appended(entries: readonly Entry[]): void
  shared(signal: AbortSignal): Promise<void>
  /** Brings over what is left, within so much time. Resolves with what stood in the way, or `null`. */
  finish(within: Millis): Promise<DeployError | null>
}

/** Nobody waits for most entries: they go together. */
const lazy: Millis = second
const patience: Millis = 10 * second
const shortest: Millis = second / 2
const longest: Millis = 15 * second

/**
 * Copies a journal to its home, behind the driver: what waits goes in one patch, and a home that is away gets all of it
 * when it is back.
 */
export function homeWriter(input: HomeWriting): HomeWriter {
  const { cluster, place, planHash, epoch, clock, entries, onLost } = input
  const home = { cluster, place }
  const pace = paceOf(clock)
  const stop = new AbortController()
  /** The driver is about to end: a home that was away may be back, and there is no other time to try. */
  const last = new AbortController()
  const call: Call = { signal: stop.signal, timeout: patience }
  const waiting = new Set<Waiter>()
  let joined = input.joined
  /** Of the last entry that somebody else has to know of. */
  let pressing = entries().length
  let isUrgent = joined === null
  const work = newBell()
  let failures = 0
  let trouble: DeployError | null = null
  let ended: unknown = null

  const hasAll = (): boolean => joined !== null && joined.seq >= entries().length

  const working = copy().catch((error: unknown) => {
    ended = error
    for (const { reject } of waiting) reject(error)
    waiting.clear()
    if (error instanceof DeployError) onLost(error)
  })

  async function copy(): Promise<void> {
    while (!stop.signal.aborted) {
      if (hasAll()) {
        isUrgent = false
        await work.rung()
        continue
      }
      if (!isUrgent) await together()
      await pace.turn(stop.signal)
      if (!stop.signal.aborted) await attempt()
    }
  }

  /** A moment for more to come, unless somebody waits. */
  async function together(): Promise<void> {
    const until = clock.now() + lazy
    const isEarly = (): boolean => !isUrgent && clock.now() < until && !stop.signal.aborted
    while (isEarly()) {
      const woken = new AbortController()
      await Promise.race([work.rung(), clock.sleep(until - clock.now(), woken.signal)])
      woken.abort()
    }
  }

  async function attempt(): Promise<void> {
    try {
      const before = joined
      joined = before ? await further(home, before, entries().slice(before.seq), call) : await join()
      if (before && joined.standing.number > before.standing.number) {
        await pace.turn(stop.signal)
        await tellFollowed(home, before.standing.number, call)
      }
      failures = 0
      trouble = null
      answer()
    } catch (error) {
      if (stop.signal.aborted) return
      if (!(error instanceof DeployError) || error.code === 'run-lost') throw error
      if (hasMoved(error)) joined = null
      trouble = error
      failures += 1
      // What a lost answer did is looked up at once; anything else has to pass first.
      if (failures === 1 && joined === null) return
      await rest()
    }
  }

  async function rest(): Promise<void> {
    if (last.signal.aborted) return clock.sleep(shortest, stop.signal)
    return clock.sleep(Math.min(longest, shortest * 2 ** failures), AbortSignal.any([stop.signal, last.signal]))
  }

  /** Looks what the home holds: what this driver thinks it wrote, or what another one did. */
  async function join(): Promise<Joined> {
    const copy = await readHome({ cluster, namespace: place.namespace, run: place.run }, call)
    if (copy === null) return establish(input, call, 'perhaps')
    const { standing, entries: theirs } = copy
    const mine = theirs.length === 0 ? planHash : hashIn(entries()[theirs.length - 1])
    if (standing.epoch > epoch || mine !== (theirs.length === 0 ? standing.base : hashIn(theirs.at(-1))))
      throw lost(place.run, Math.max(standing.epoch, theirs.at(-1)?.epoch ?? 0))
    const seq = theirs.length
    if (standing.sealed || standing.epoch === epoch) return { seq, standing: { ...standing, epoch } }
    await cluster.write(fencing(segmentRef(place, standing.number), standing, epoch), call)
    return { seq, standing: { ...standing, epoch } }
  }

  function answer(): void {
    for (const waiter of waiting) {
      if ((joined?.seq ?? 0) < waiter.seq) continue
      waiting.delete(waiter)
      waiter.resolve()
    }
  }

  return {
    appended(fresh) {
      pressing = fresh.findLast(isPressing)?.seq ?? pressing
      // Whoever is about to send something waits for it; nobody waits for these.
      isUrgent ||= fresh.some(({ type }) => type === 'turned' || type === 'closed')
      work.ring()
    },
    shared(signal) {
      if (ended !== null) return Promise.reject(ended)
      if (signal.aborted) return Promise.reject(signal.reason)
      if (joined !== null && joined.seq >= pressing) return Promise.resolve()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const waiter: Waiter = { seq: pressing, resolve, reject }
      waiting.add(waiter)
      const abort = (): void => {
        waiting.delete(waiter)
        reject(signal.reason)
      }
      signal.addEventListener('abort', abort, { once: true })
      isUrgent = true
      work.ring()
      return promise.finally(() => signal.removeEventListener('abort', abort))
    },
    async finish(within) {
      const late = new AbortController()
      const enough = clock.sleep(within, late.signal)
      if (ended === null && !hasAll()) {
        const all = Promise.withResolvers<void>()
        waiting.add({ seq: entries().length, resolve: all.resolve, reject: () => all.resolve() })
        isUrgent = true
        last.abort('the driver ends')
        work.ring()
        await Promise.race([all.promise, enough])
      }
      late.abort()
      const left = ended === null && !hasAll() ? (trouble ?? slow()) : null
      stop.abort()
      work.ring()
      await working
      return left
    },
  }
}

interface Waiter {
  readonly seq: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

const hashIn = (entry: Entry | undefined): string | null => (entry ? hashOf(entry) : null)

const lost = (run: string, epoch: number): DeployError =>
  new DeployError({
    code: 'run-lost',
    what: `another driver has gone on with run ${run}: driver ${epoch} writes its journal now`,
    why: 'two drivers of one run would undo what the other does, so this one stops',
    remedy: `see what it does: deploy status ${run}`,
    exit: 'locked',
  })

const slow = (): DeployError =>
  new DeployError({ code: 'journal-unreachable', what: 'the cluster takes longer than that', exit: 'refused' })
