import { hashOf } from '../../src/core/hash.ts'
import type { Entry, Fact, PauseCause, TurnCause } from '../../src/core/journal.ts'
import type { Plan, Stage, Unit } from '../../src/core/plan.ts'
import { fold, type RunState, stateOf } from '../../src/core/state.ts'
import { second, type Millis } from '../../src/core/time.ts'

// Times of day are shown where the reader is.
process.env['TZ'] = 'UTC'

const start: Millis = Date.UTC(2026, 0, 2, 12, 4, 0)

/** A run told entry by entry, as the engine would have journalled it. */
export interface Tale {
  readonly entries: readonly Entry[]
  readonly state: RunState
  readonly now: Millis
  readonly after: (ms: Millis) => Tale
  readonly fact: (...facts: readonly Fact[]) => Tale
  readonly open: () => Tale
  /** All steps of the stage settled, 2 s each. */
  readonly steps: (unit: string, stage: string) => Tale
  readonly pass: (unit: string, stage: string, because?: string) => Tale
  /** Everything before the stage has passed, and its own steps have settled. */
  readonly upTo: (unit: string, stage: string) => Tale
  readonly fail: (unit: string, because: string, evidence?: readonly string[], cause?: TurnCause) => Tale
  /** The way back of what was begun; up to a part of it, or to the end. */
  readonly back: (unit: string, upTo?: 'traffic' | 'services' | 'pods') => Tale
  readonly pause: (unit: string, why: string, cause: PauseCause) => Tale
  readonly done: (unit: string) => Tale
  readonly close: (exit: number, outcome: string) => Tale
}

export const tale = (plan: Plan): Tale => told(plan, [], start)

function told(plan: Plan, entries: readonly Entry[], now: Millis): Tale {
  const state = fold(stateOf(plan), entries)
  const unitOf = (id: string): Unit => {
    const unit = plan.waves.flatMap(({ units }) => units).find((one) => one.id === id)
    if (!unit) throw new Error(`no unit ${id}`)
    return unit
  }
  const stageOf = (unit: string, id: string): Stage => {
    const stage = unitOf(unit).stages.find((one) => one.id === id)
    if (!stage) throw new Error(`no stage ${id}`)
    return stage
  }
  const add = (facts: readonly Fact[], at = now): readonly Entry[] => {
    const list = [...entries]
    for (const fact of facts) {
      const last = list.at(-1)
      list.push({ ...fact, seq: list.length + 1, at, epoch: 1, prev: last ? hashOf(last) : hashOf(plan) })
    }
    return list
  }
  const on = (facts: readonly Fact[]): Tale => told(plan, add(facts), now)
  const step = (tale: Tale, unit: string, id: string, way: 'forward' | 'back'): Tale =>
    tale
      .fact({ type: 'intended', unit, step: id, way, body: 'b' })
      .fact({ type: 'sent', unit, step: id, way, receipt: { resourceVersion: '101' } })
      .after(2 * second)
      .fact({ type: 'settled', unit, step: id, way })

  const self: Tale = {
    entries,
    state,
    now,
    after: (ms) => told(plan, entries, now + ms),
    fact: (...facts) => on(facts),
    open: () => on([{ type: 'opened', run: 'r7f3', plan: hashOf(plan), by: 'anna', host: 'ci-7' }]),
    steps: (unit, stage) =>
      stageOf(unit, stage).steps.reduce<Tale>((tale, { id }) => step(tale, unit, id, 'forward'), self),
    pass: (unit, stage, because = '3 of 3 new pods available') =>
      on([{ type: 'judged', unit, stage, answer: 'pass', because }]),
    upTo: (unit, stage) => {
      const before = unitOf(unit).stages.slice(0, unitOf(unit).stages.indexOf(stageOf(unit, stage)))
      return before
        .filter(({ id }) => state.units.get(unit)?.stages.get(id)?.answer !== 'pass')
        .reduce<Tale>((tale, { id, soak }) => tale.steps(unit, id).after(soak).pass(unit, id), self)
        .steps(unit, stage)
    },
    fail: (unit, because, evidence = [], cause = 'failed') => {
      const present = unitOf(unit).stages.find(({ id }) => state.units.get(unit)?.stages.get(id)?.answer !== 'pass')
      return on([
        {
          type: 'judged',
          unit,
          stage: present?.id ?? '',
          answer: 'fail',
          because,
          ...(evidence.length > 0 && { evidence }),
        },
        { type: 'turned', units: [unit], to: 'back', why: because, cause },
      ])
    },
    back: (unit, upTo) => {
      const order = ['traffic', 'services', 'pods', 'rest']
      const begun = state.units.get(unit)?.steps
      const due = unitOf(unit).back.filter(({ undoes }) => undoes.some((id) => begun?.has(id)))
      const some = due.filter(({ moves }) => upTo === undefined || order.indexOf(moves) <= order.indexOf(upTo))
      const tale = some.reduce<Tale>((all, { id }) => step(all, unit, id, 'back'), self)
      const because = state.units.get(unit)?.turn?.why ?? ''
      return upTo === undefined ? tale.fact({ type: 'ended', unit, outcome: 'taken-back', because }) : tale
    },
    pause: (unit, why, cause) => on([{ type: 'paused', units: [unit], why, cause }]),
    done: (unit) => on([{ type: 'ended', unit, outcome: 'done', because: 'serves the new version' }]),
    close: (exit, outcome) => on([{ type: 'closed', exit, outcome }]),
  }
  return self
}
