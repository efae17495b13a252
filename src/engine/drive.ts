import { newBell } from '../core/bell.ts'
import { type ExitCode, exitCodes, messageOf } from '../core/errors.ts'
import type { Entry, Fact } from '../core/journal.ts'
import { type Decision, next, type SendOrder } from '../core/next/index.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { fold, type RunState, stateOf } from '../core/state.ts'
import { second, type Millis } from '../core/time.ts'
import type { Clock, Cluster, Hooks, Journal, Metrics, Notebook, Watched } from '../ports.ts'
import { answer, type Leaving } from './answer.ts'
import type { Asks } from './asks.ts'
import { datedBy } from './dated-by.ts'
import { exitOf, isTakenOver } from './exit.ts'
import { eyesOf, type Look } from './look.ts'
import { type Polled, pollUnit } from './poll.ts'
import { pulseOf } from './pulse.ts'
import { runClock } from './run-clock.ts'
import { intend, send, type Sending } from './send.ts'

export interface Who {
  readonly by: string
  readonly host: string
  readonly pid: number
}

/** What one unit is driven through. */
export interface Reins {
  readonly cluster: Cluster
  readonly watched: Watched
  /** Where its figures come from, if they come from anywhere. */
  readonly metrics?: Metrics
}

export interface Drive {
  readonly plan: Plan
  readonly planHash: string
  readonly run: string
  readonly journal: Journal
  /** By unit; of a run that only goes back, some may be missing. */
  readonly reins: ReadonlyMap<string, Reins>
  readonly hooks: Hooks
  readonly clock: Clock
  readonly who: Who
  readonly reason?: string
  readonly asks: Asks
  /** What the judge knew is kept there; without it, it is lost with the process. */
  readonly notebook?: Notebook
  /** Whether something forward may be begun in a unit now; without it, always. */
  readonly mayBegin?: (unit: string) => boolean
  readonly exitOnPause: boolean
  /** Told of each entry once it is durable. */
  readonly onEntry?: (entry: Entry) => void
  /** Told after each look: for screens. */
  readonly onLook?: (seen: Snapshot) => void
  /** Told after each poll of a source of figures. */
  readonly onPolled?: (polled: Polled) => void
  /** Told when nobody has looked for so long: soaks and deadlines start again. */
  readonly onUnwatched?: (over: Millis) => void
  /** More about a failing pod, for the evidence: called once for each verdict that has one. */
  readonly explain?: (look: Look, reins: Reins) => Promise<readonly string[]>
}

export interface Snapshot {
  readonly run: RunState
  readonly looks: ReadonlyMap<string, Look>
  readonly waiting: ReadonlyMap<string, string>
  readonly now: number
}

export interface Driven {
  readonly exit: ExitCode
  readonly state: RunState
}

/** Drives a run until it is over, or until it is left: look, decide, note, send, and again. */
export async function drive(input: Drive): Promise<Driven> {
  const { plan, planHash, journal, reins, clock, who, asks, exitOnPause } = input
  const units = unitsOf(plan)
  /** Nothing is read or sent there: they are left as they are. */
  const away = new Set(units.map(({ id }) => id).filter((id) => !reins.has(id)))
  const eyes = new Map(units.map((unit) => [unit.id, eyesOf(unit)]))
  const flying = new Set<Promise<void>>()
  /** Those of them that are no hooks. */
  const writing = new Set<Promise<void>>()
  /** Of each unit, what its turn stops. */
  const forwards = new Map<string, AbortController>()
  const polled = new Map<string, Polled>()
  const noted = newBell()
  const stop = new AbortController()
  let crash: unknown = null
  let state = fold(stateOf(plan), journal.entries)
  let leaving: Leaving | null = null

  const now = runClock(clock, state.last)
  const note = async (facts: readonly Fact[]): Promise<void> => {
    if (facts.length === 0) return
    const entries = await journal.append(facts, now())
    state = fold(state, entries)
    noted.ring()
    for (const entry of entries) {
      if (entry.type === 'turned') for (const unit of entry.units) forwards.get(unit)?.abort('the unit has turned')
      input.onEntry?.(entry)
    }
  }

  await note(
    journal.entries.length === 0
      ? [{ type: 'opened', run: input.run, plan: planHash, ...reasonIn(input), by: who.by, host: who.host }]
      : [{ type: 'attached', ...who }],
  )
  const polling = startPolling()
  const pulse = pulseOf({ clock, now, signal: stop.signal })
  try {
    for (;;) {
      // Whoever has taken over drives now: nothing more is noted or begun here.
      if (crash === null && isTakenOver(state)) {
        if (writing.size === 0) return { exit: exitCodes.locked, state }
        await Promise.race(writing)
        continue
      }
      const asked = answer(plan, state, asks.take())
      leaving = asked.leaving ?? leaving
      if (leaving?.when === 'now') for (const forward of forwards.values()) forward.abort('the driver leaves')
      await note(asked.facts)
      asks.answered(asked.answers)
      const over = pulse.missed()
      if (over > 0) {
        state = { ...state, watched: now() }
        input.onUnwatched?.(over)
      }
      const heard = polling.polled()
      const looks = look()
      const decision = wanted(next(plan, state, looks, now()))
      input.onLook?.({ run: state, looks, waiting: decision.waiting, now: now() })
      if (crash !== null) throw crash
      await note(await explained(decision, looks))
      const settled = decision.facts.length === 0 && decision.sends.length === 0
      // A hook that a driver which leaves has under way ends with it; whoever comes next asks what became of it.
      const busy = leaving ? writing : flying
      const exit = busy.size === 0 && (settled || leaving) ? exitOf({ plan, state, exitOnPause, leaving, away }) : null
      if (exit) {
        if (exit.closes) await note([{ type: 'closed', exit: exit.code, outcome: exit.outcome }])
        return { exit: exit.code, state }
      }
      await launch(decision.sends)
      if (!settled) continue
      await somethingHappens(decision.wake, looks, heard)
    }
  } finally {
    stop.abort()
    await Promise.allSettled([...flying, ...polling.loops])
  }

  /**
   * Whoever was told to end begins nothing more; and whose Lease was not renewed for a while nothing forward: another
   * driver may be about to take over.
   */
  function wanted(decision: Decision): Decision {
    if (leaving?.when === 'now') return { ...decision, sends: [] }
    const held = decision.sends.filter(({ unit, way }) => way === 'forward' && input.mayBegin?.(unit) === false)
    if (held.length === 0) return decision
    const waiting = new Map(decision.waiting)
    for (const { unit } of held) waiting.set(unit, 'its Lease to be renewed: nothing is begun without it')
    const sends = decision.sends.filter((order) => !held.includes(order))
    return { ...decision, sends, waiting, wake: Math.min(decision.wake, now() + second) }
  }

  function look(): Map<string, Look> {
    return new Map(
      units.flatMap((unit) => {
        const seen = reins.get(unit.id)
        const eye = eyes.get(unit.id)
        const figures = polled.get(unit.id)
        if (!seen || !eye) return []
        return [[unit.id, { ...eye(seen.watched.view(), state, now()), ...(figures && figuresOf(figures)) }] as const]
      }),
    )
  }

  function startPolling(): { readonly loops: readonly Promise<void>[]; readonly polled: () => Promise<void> } {
    const told = newBell()
    const loops = units.flatMap((unit) => {
      const rein = reins.get(unit.id)
      if (!rein?.metrics || !unit.evidence?.source) return []
      const loop = pollUnit({
        unit,
        metrics: datedBy(now, rein.metrics),
        clock,
        now,
        seen: () => ({ view: rein.watched.view(), run: state }),
        notebook: input.notebook ?? forgetful,
        noted: noted.rung,
        signal: stop.signal,
        onPolled(figures) {
          polled.set(unit.id, figures)
          input.onPolled?.(figures)
          told.ring()
        },
      }).catch((error: unknown) => {
        crash = error
        told.ring()
      })
      return [loop]
    })
    return { loops, polled: told.rung }
  }

  /**
   * Sends run side by side: a slow cluster does not hold up the others. All that is intended is durable, by one append,
   * before this returns.
   */
  async function launch(orders: readonly SendOrder[]): Promise<void> {
    if (orders.length === 0) return
    const all = orders.map(sendingOf).map((sending) => ({ sending, intention: intend(sending) }))
    await note(all.flatMap(({ intention }) => intention.facts))
    for (const { sending, intention } of all) {
      const flight = send(sending, intention)
        .catch((error: unknown) => {
          crash = error
        })
        .finally(() => {
          flying.delete(flight)
          writing.delete(flight)
        })
      flying.add(flight)
      if (sending.order.action.mutation.verb !== 'hook') writing.add(flight)
    }
  }

  function sendingOf(order: SendOrder): Sending {
    const unit = units.find(({ id }) => id === order.unit)
    const rein = reins.get(order.unit)
    if (!unit || !rein) throw new Error(`unit ${order.unit} has no cluster`)
    const { signal } = stop
    const forward = goingForward(unit).signal
    const mayBegin = (): boolean => input.mayBegin?.(order.unit) !== false
    return { order, unit, run: state, ...rein, hooks: input.hooks, clock, journal, note, signal, forward, mayBegin }
  }

  function goingForward({ id }: Unit): AbortController {
    const known = forwards.get(id)
    if (known && !known.signal.aborted) return known
    const made = new AbortController()
    forwards.set(id, made)
    return made
  }

  async function somethingHappens(wake: number, looks: ReadonlyMap<string, Look>, heard: Promise<void>): Promise<void> {
    const waiting = new AbortController()
    const { signal } = waiting
    const changes = [...reins].map(([id, { watched }]) => watched.changed(signal, looks.get(id)?.view))
    await Promise.race([
      ...changes,
      ...flying,
      heard,
      asks.some(signal),
      clock.sleep(Math.max(0, wake - now()), signal),
    ])
    // With a reason of its own: an error with a stack would be made each time.
    waiting.abort('something happened')
  }

  /** A failed verdict is noted with the worst pod's log, as far as it can be had. */
  async function explained({ facts }: Decision, looks: ReadonlyMap<string, Look>): Promise<Fact[]> {
    const explain = input.explain
    if (!explain) return [...facts]
    return Promise.all(
      facts.map(async (fact) => {
        if (fact.type !== 'judged' || fact.answer !== 'fail') return fact
        const seen = looks.get(fact.unit)
        const rein = reins.get(fact.unit)
        return seen?.worst && rein ? { ...fact, evidence: await explain(seen, rein).catch(unexplained) } : fact
      }),
    )
  }
}

/** Nobody waits for a way back because more could not be found out. */
const unexplained = (error: unknown): readonly string[] => [`(nothing more is known: ${messageOf(error)})`]

const forgetful: Notebook = { read: () => Promise.resolve(null), keep: () => undefined }

const figuresOf = ({ history, compared }: Polled): Pick<Look, 'history' | 'compared'> => ({
  history,
  ...(compared && { compared }),
})

const reasonIn = ({ reason }: Drive): { reason?: string } => (reason === undefined ? {} : { reason })
