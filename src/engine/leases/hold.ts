import { type DeployError, nothing } from '../../core/errors.ts'
import { homeOf } from '../../core/home.ts'
import type { Entry } from '../../core/journal.ts'
import { fencedAfter, idOf, type Lease, type LeaseNote, type Phase, renewEvery } from '../../core/lease/lease.ts'
import { readLease } from '../../core/lease/read.ts'
import { putBack, release } from '../../core/lease/write.ts'
import { fold, stateOf } from '../../core/state.ts'
import { type Millis, second } from '../../core/time.ts'
import { type Chair, type Saying, sit } from './chair.ts'
import { newEar } from './ear.ts'
import { type NoteOf, phaseOf } from './note.ts'
import type { Seat, Taken } from './seat.ts'
import type { Taking } from './taking.ts'
import { holding, written } from './written.ts'

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

/** From the moment at which they were taken. */
export function hold(
  taking: Taking,
  taken: readonly { readonly seat: Seat; readonly took: Taken }[],
  away: ReadonlyMap<string, DeployError>,
  epoch: number,
  noteOf: NoteOf,
): Held {
  const { plan, clock, asks, run } = taking
  const { identity: holder } = taking.holder
  const stop = new AbortController()
  const { signal } = stop
  const ear = newEar(asks)
  const chairs = taken.map(({ seat, took }) => sit({ seat, took, holder, clock, signal, lost }))
  const home = chairs.find(({ seat }) => seat.unit === homeOf(plan))
  let state = stateOf(plan)
  let isKept = false
  let isLost = false
  let isBreakNoted = false
  let phase: Phase = 'closed'
  let loops: Promise<void>[] = []

  asks.onAnswered(() => home?.bell.ring())

  /** What the Lease says of this run; `null` where it is of another. */
  const ownRun = (chair: Chair): Lease['run'] => {
    const known = chair.known().run
    return known?.run === run ? known : null
  }

  const noteNow = (chair: Chair): LeaseNote =>
    noteOf(chair.seat.unit, isKept ? phase : (ownRun(chair)?.phase ?? 'closed'), state)

  const sayingOf = (chair: Chair): Saying => ({
    note: noteNow(chair),
    answers: chair === home ? ear.answers() : [],
    isBreakNoted,
  })

  async function renew(chair: Chair): Promise<void> {
    const given = await chair.renew(() => sayingOf(chair))
    if (chair !== home) return
    ear.given(given)
    const ask = ownRun(chair)?.ask
    if (isKept && ask) ear.hear(ask)
  }

  function lost({ unit }: Seat, { holder: other, run: theirs }: Lease): void {
    if (isLost) return
    isLost = true
    stop.abort('a Lease was lost')
    const { release: driver, broken } = theirs ?? {}
    const who = driver && other ? `${driver.by} on ${driver.host} (process ${driver.pid})` : other
    const broke = broken ? `${broken.by} broke its lock: ${broken.reason}` : 'its lock was taken away'
    asks.ask({ verb: 'lost', by: other === null ? broke : `${who} drives ${unit.id} now` })
  }

  /** Renews it when it is due, and when its bell has rung. */
  async function keep(chair: Chair, woken: Promise<void>): Promise<void> {
    for (let rung = woken; !signal.aborted; ) {
      const due = Math.max(0, renewEvery - chair.age())
      await slept(due === 0 ? second : Math.min(due, renewEvery), rung)
      // What rings during the renewal is not in it.
      rung = chair.bell.rung()
      if (!signal.aborted) await renew(chair).catch(unlessStopped)
    }
  }

  async function slept(ms: Millis, rung: Promise<void>): Promise<void> {
    const enough = new AbortController()
    const end = (): void => enough.abort('enough')
    signal.addEventListener('abort', end)
    await Promise.race([clock.sleep(ms, enough.signal), rung])
    end()
    signal.removeEventListener('abort', end)
  }

  /** Between renewals, what is asked is heard at once. Where it may not be watched it is heard by the next renewal. */
  async function watch(chair: Chair): Promise<void> {
    const { cluster, ref } = chair.seat
    const what = { kind: ref.kind, namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}` }
    const watched = await cluster.watch([what], signal).catch(nothing)
    if (!watched) return
    await using _ = watched
    for (let view = watched.view(); !signal.aborted; view = watched.view()) {
      const object = view.objects.get(`Lease/${ref.name}`)
      const seen = object && readLease(object).run
      if (object && seen?.run === run && seen.ask) {
        // For the answer, which takes exactly this ask away.
        chair.saw(object)
        ear.hear(seen.ask)
      }
      await watched.changed(signal, view)
    }
  }

  const unlessStopped = (error: unknown): void => {
    if (!signal.aborted) throw error
  }

  /** What was done to the Leases before they were taken. */
  function sayBroken(): void {
    for (const chair of chairs) {
      const broken = ownRun(chair)?.broken
      if (broken)
        asks.ask({
          verb: 'warn',
          by: broken.by,
          unit: chair.seat.unit.id,
          because: `${broken.by} on ${broken.host} broke the lock of ${broken.holder}: ${broken.reason}`,
        })
    }
  }

  async function leave(chair: Chair): Promise<void> {
    const { seat } = chair
    const now = holding(taking, noteNow(chair))
    if (!isKept) {
      const before = taken.find((one) => one.seat === seat)?.took.before ?? null
      return written(seat, putBack(seat.ref, before, now))
    }
    const { ask } = chair.known().run ?? {}
    const tooLate = ask && phase === 'closed' ? [{ id: idOf(ask), refused: 'the run is over' }] : []
    const answers = chair === home ? [...ear.answers(), ...tooLate] : []
    await written(seat, release(seat.ref, chair.known(), now, answers))
  }

  return {
    epoch,
    away,
    mayBegin: (unit) => {
      const chair = chairs.find(({ seat }) => seat.unit.id === unit)
      return chair !== undefined && !isLost && chair.age() <= fencedAfter
    },
    async opened(entries) {
      state = fold(stateOf(plan), entries)
      isKept = true
      phase = phaseOf(plan, state)
      const ask = home?.known().run?.ask
      if (ask && entries.some((entry) => entry.type === 'asked' && entry.id === idOf(ask))) ear.wasDone(ask)
      sayBroken()
      const sitting = chairs.map((chair) => ({ chair, rung: chair.bell.rung() }))
      await Promise.all(chairs.map(renew))
      loops = sitting.map(({ chair, rung }) => keep(chair, rung))
      if (home) loops.push(watch(home).catch(unlessStopped))
      // What went wrong is told when it is over; until then no renewal means that nothing forward is begun.
      for (const loop of loops) loop.catch(() => {})
    },
    noted(entry) {
      state = fold(state, [entry])
      if (entry.type === 'warned') isBreakNoted = true
      const now = phaseOf(plan, state)
      // The last one goes along when the Lease is let go.
      if (now !== phase && now !== 'closed') for (const { bell } of chairs) bell.ring()
      phase = now
    },
    async [Symbol.asyncDispose]() {
      stop.abort('the run is left')
      const ends = await Promise.allSettled(loops)
      await Promise.all(chairs.map(leave))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
  }
}
