import { DeployError } from '../../core/errors.ts'
import { homeOf } from '../../core/home.ts'
import type { Entry } from '../../core/journal.ts'
import {
  fencedAfter,
  idOf,
  type Lease,
  type LeaseAnswer,
  type LeaseNote,
  type Phase,
  renewEvery,
} from '../../core/lease/lease.ts'
import { readLease } from '../../core/lease/read.ts'
import { putBack, release, renew, take } from '../../core/lease/write.ts'
import type { KubeObject } from '../../core/objects.ts'
import { fold, stateOf } from '../../core/state.ts'
import { type Millis, second } from '../../core/time.ts'
import type { Write } from '../../ports.ts'
import { type NoteOf, phaseOf } from './note.ts'
import { type Moment, momentOf, type Seat, type Taken } from './seat.ts'
import type { Taking } from './taking.ts'

/** The Leases of a run's units, held and renewed until this is disposed of. */
export interface Held extends AsyncDisposable {
  /** Of this driver: higher than that of each before it that is known of. */
  readonly epoch: number
  /** By unit, why its Lease could not be had: it is left alone. */
  readonly away: ReadonlyMap<string, DeployError>
  /** The run is kept somewhere: from now on the Leases say that it is open. */
  opened(entries: readonly Entry[]): Promise<void>
  /** The Leases follow the run. */
  noted(entry: Entry): void
  /** Whether something forward may be begun in the unit: its Lease was renewed not long ago. */
  readonly mayBegin: (unit: string) => boolean
}

export const holding = ({ holder, clock }: Taking, note: LeaseNote) => ({
  holder: holder.identity,
  now: clock.now(),
  note,
})

/** One renewal has to be done before the next is due. */
const patience = renewEvery
const never = new AbortController().signal

/** As far as it can be done: whoever comes later looks for a while where it could not. */
export async function written({ cluster }: Seat, write: Write): Promise<void> {
  try {
    await cluster.write(write, { signal: never, timeout: patience })
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
  }
}

interface Chair {
  readonly seat: Seat
  known: Lease
  renewed: Moment
  /** Resolves when it should be renewed before its time. */
  poke: () => void
  poked: Promise<void>
}

/** From the moment at which they were taken. */
export function hold(
  taking: Taking,
  taken: readonly { readonly seat: Seat; readonly took: Taken }[],
  away: ReadonlyMap<string, DeployError>,
  epoch: number,
  noteOf: NoteOf,
): Held {
  const { plan, clock, asks, holder } = taking
  const stop = new AbortController()
  const home = homeOf(plan)
  const chairs = taken.map(({ seat, took }): Chair => chairOf(seat, took))
  const answers: LeaseAnswer[] = []
  const heard = new Set<string>()
  let state = stateOf(plan)
  let isKept = false
  let isLost = false
  let isBreakNoted = false
  let phase: Phase = 'closed'
  let loops: Promise<void>[] = []

  asks.onAnswered((given) => {
    answers.push(...given)
    chairs.find(isHome)?.poke()
  })

  function isHome({ seat }: Chair): boolean {
    return seat.unit === home
  }

  function noteNow(chair: Chair): LeaseNote {
    const known = chair.known.run?.run === taking.run ? chair.known.run.phase : 'closed'
    return noteOf(chair.seat.unit, isKept ? phase : known, state)
  }

  /** Asks come twice, in the answer to a renewal and over the watch: each is heard once. */
  function listen(chair: Chair): void {
    const { run } = chair.known
    if (!isHome(chair) || run?.run !== taking.run || !isKept || !run.ask) return
    hear(run.ask)
  }

  function hear(read: NonNullable<NonNullable<Lease['run']>['ask']>): void {
    const key = `${idOf(read)} ${read.raw}`
    if (heard.has(key)) return
    heard.add(key)
    if ('ask' in read) asks.ask(read.ask)
    else asks.ask({ verb: 'warn', id: read.id, by: read.by, because: read.problem })
  }

  async function renewOne(chair: Chair, isSecond = false): Promise<void> {
    const { cluster, ref } = chair.seat
    const at = momentOf(clock)
    const mine = isHome(chair) ? [...answers] : []
    const write = renew(
      ref,
      chair.known,
      { holder: holder.identity, now: at.now, note: noteNow(chair) },
      mine,
      isBreakNoted,
    )
    try {
      seen(chair, await cluster.write(write, { signal: stop.signal, timeout: patience }), at)
      if (isHome(chair)) answers.splice(0, mine.length)
    } catch (error) {
      if (!(error instanceof DeployError)) throw error
      if (error.code === 'kube-invalid' || error.code === 'kube-conflict') {
        if ((await isStillOurs(chair)) && !isSecond) return renewOne(chair, true)
      } else if (error.code === 'kube-not-found') await makeAgain(chair, at)
    }
    listen(chair)
  }

  function seen(chair: Chair, object: KubeObject | null, at: Moment): void {
    if (object) chair.known = readLease(object)
    chair.renewed = at
  }

  /** A `test` failed: another holder, or somebody wrote an ask just now. */
  async function isStillOurs(chair: Chair): Promise<boolean> {
    const { cluster, ref } = chair.seat
    const object = await cluster.get(ref, { signal: stop.signal, timeout: patience }).catch(notThere)
    if (!object) return false
    const lease = readLease(object)
    if (lease.identity === holder.identity) chair.known = lease
    else lost(chair, lease)
    return lease.identity === holder.identity
  }

  /** Somebody deleted it: the first to make it again drives. */
  async function makeAgain(chair: Chair, at: Moment): Promise<void> {
    const { cluster, ref } = chair.seat
    const write = take(ref, null, { holder: holder.identity, now: at.now, note: noteNow(chair) })
    try {
      seen(chair, await cluster.write(write, { signal: stop.signal, timeout: patience }), at)
    } catch (error) {
      if (!(error instanceof DeployError)) throw error
      if (error.code === 'kube-exists') await isStillOurs(chair)
    }
  }

  function lost({ seat: { unit } }: Chair, { holder: other, run }: Lease): void {
    if (isLost) return
    isLost = true
    stop.abort('a Lease was lost')
    const who = run?.release && other ? `${run.release.by} on ${run.release.host} (process ${run.release.pid})` : other
    const broke = run?.broken ? `${run.broken.by} broke its lock: ${run.broken.reason}` : 'its lock was taken away'
    asks.ask({ verb: 'lost', by: other === null ? broke : `${who} drives ${unit.id} now` })
  }

  async function keep(chair: Chair): Promise<void> {
    while (!stop.signal.aborted) {
      const due = Math.max(0, renewEvery - ageOf(chair))
      await slept(due === 0 ? second : Math.min(due, renewEvery), chair)
      if (!stop.signal.aborted) await renewOne(chair).catch(unlessStopped)
    }
  }

  /** Until it is time, or until there is something to say. */
  async function slept(ms: number, chair: Chair): Promise<void> {
    const enough = new AbortController()
    const end = (): void => enough.abort('enough')
    stop.signal.addEventListener('abort', end)
    await Promise.race([clock.sleep(ms, enough.signal), chair.poked])
    end()
    stop.signal.removeEventListener('abort', end)
    rest(chair)
  }

  /** Between renewals, what is asked is heard at once. Where it may not be watched it is heard by the next renewal. */
  async function watchHome(chair: Chair): Promise<void> {
    const { cluster, ref } = chair.seat
    const what = { kind: ref.kind, namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}` }
    const watched = await cluster.watch([what], stop.signal).catch(notThere)
    if (!watched) return
    await using _ = watched
    for (let view = watched.view(); !stop.signal.aborted; view = watched.view()) {
      const object = view.objects.get(`Lease/${ref.name}`)
      const run = object && readLease(object).run
      if (object && run?.run === taking.run && run.ask) {
        // For the answer, which takes exactly this ask away.
        if (isNewer(object, chair.known)) chair.known = readLease(object)
        hear(run.ask)
      }
      await watched.changed(stop.signal, view)
    }
  }

  const unlessStopped = (error: unknown): void => {
    if (!stop.signal.aborted) throw error
  }

  /**
   * The longer of two: a clock may be set back, and the count of what has elapsed may stand still while the machine sleeps.
   * Who takes over goes by that count alone.
   */
  function ageOf({ renewed }: Chair): Millis {
    const { now, elapsed } = momentOf(clock)
    return Math.max(now - renewed.now, elapsed - renewed.elapsed)
  }

  return {
    epoch,
    away,
    mayBegin: (unit) => {
      const chair = chairs.find(({ seat }) => seat.unit.id === unit)
      return chair !== undefined && !isLost && ageOf(chair) <= fencedAfter
    },
    async opened(entries) {
      state = fold(stateOf(plan), entries)
      isKept = true
      phase = phaseOf(plan, state)
      for (const entry of entries) if (entry.type === 'asked' && entry.id !== undefined) answered(entry.id)
      for (const { seat, known } of chairs) {
        const broken = known.run?.run === taking.run ? known.run.broken : null
        if (broken)
          asks.ask({
            verb: 'warn',
            by: broken.by,
            unit: seat.unit.id,
            because: `${broken.by} on ${broken.host} broke the lock of ${broken.holder}: ${broken.reason}`,
          })
      }
      await Promise.all(chairs.map((chair) => renewOne(chair)))
      const homeChair = chairs.find(isHome)
      loops = [...chairs.map(keep), ...(homeChair ? [watchHome(homeChair).catch(unlessStopped)] : [])]
      // What went wrong is told when it is over; until then no renewal means that nothing forward is begun.
      for (const loop of loops) loop.catch(() => {})
    },
    noted(entry) {
      state = fold(state, [entry])
      if (entry.type === 'warned') isBreakNoted = true
      const now = phaseOf(plan, state)
      // The last one goes along when the Lease is let go.
      if (now !== phase && now !== 'closed') for (const chair of chairs) chair.poke()
      phase = now
    },
    async [Symbol.asyncDispose]() {
      stop.abort('the run is left')
      const ends = await Promise.allSettled(loops)
      await Promise.all(chairs.map(leave))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
  }

  /** An ask that a driver before this one has journalled, but not answered any more. */
  function answered(id: string): void {
    const ask = chairs.find(isHome)?.known.run?.ask
    if (!ask || idOf(ask) !== id) return
    heard.add(`${id} ${ask.raw}`)
    answers.push({ id })
  }

  async function leave(chair: Chair): Promise<void> {
    const { seat, known } = chair
    const before = taken.find((one) => one.seat === seat)?.took.before ?? null
    const now = holding(taking, noteNow(chair))
    const open =
      isHome(chair) && known.run?.ask && phase === 'closed'
        ? [{ id: idOf(known.run.ask), refused: 'the run is over' }]
        : []
    const done = isHome(chair) ? [...answers, ...open] : []
    await written(seat, isKept ? release(seat.ref, known, now, done) : putBack(seat.ref, before, now))
  }
}

const notThere = (error: unknown): null => {
  if (error instanceof DeployError) return null
  throw error
}

/** Of one object, whose versions are numbers that grow. */
const isNewer = ({ metadata }: KubeObject, known: Lease): boolean =>
  Number(metadata.resourceVersion) > Number(known.version)

function chairOf(seat: Seat, { lease, at }: Taken): Chair {
  const chair: Chair = { seat, known: lease, renewed: at, poke: () => {}, poked: Promise.resolve() }
  rest(chair)
  return chair
}

function rest(chair: Chair): void {
  const { promise, resolve } = Promise.withResolvers<void>()
  chair.poke = resolve
  chair.poked = promise
}
