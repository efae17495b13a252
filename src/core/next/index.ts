import type { Fact } from '../journal.ts'
import { type Plan, type Unit, type Wave, unitsOf } from '../plan.ts'
import { type RunState, unitState } from '../state.ts'
import { minute, type Millis } from '../time.ts'
import { back } from './back.ts'
import { forward } from './forward.ts'
import { frozen } from './frozen.ts'
import { stageNow } from './stages.ts'
import { takeOver } from './takeover.ts'
import { passedReturn } from './turn.ts'
import { type Decision, idle, type SendOrder, type UnitDecision, type World } from './world.ts'

export { isStuckBack, wayBack } from './back.ts'
export { soakBegan, stageNow } from './stages.ts'
export { pointPassed } from './turn.ts'
export type { Decision, SendOrder, UnitWorld, World } from './world.ts'

/** The engine looks at least this often, whatever it was told to wait for. */
const mostIdle = minute

/** What comes next: a function of the plan, what was decided and done, what is seen, and the time. */
export function next(plan: Plan, run: RunState, world: World, now: Millis): Decision {
  const facts: Fact[] = []
  const sends: SendOrder[] = []
  const waiting = new Map<string, string>()
  let wake = now + mostIdle
  const wave = plan.waves.find(({ units }) => !units.every((unit) => unitState(run, unit.id).ended))
  const turned = spread(plan, run)
  if (turned) return { facts: [turned], sends, wake: now, waiting }
  for (const unit of wave ? active(wave, run) : []) {
    const seen = world.get(unit.id)
    const decision = seen ? decide(unit, seen) : idle
    facts.push(...decision.facts)
    sends.push(...decision.sends)
    if (decision.waiting) waiting.set(unit.id, decision.waiting)
    wake = Math.min(wake, decision.wake ?? wake, seen?.healthWake ?? wake)
  }
  return { facts, sends, wake: Math.max(now, wake), waiting }

  function decide(unit: Unit, seen: NonNullable<ReturnType<World['get']>>): UnitDecision {
    const unitCase = { plan, run, unit, state: unitState(run, unit.id), world: seen, now }
    const decision =
      unitCase.state.way === 'back'
        ? back(unitCase)
        : unitCase.state.way === 'frozen'
          ? frozen(unitCase)
          : forward(unitCase, wave === undefined || wave.onFailure === 'unit' || othersProven(wave, unit, run))
    // Verdicts need no object: only what would be sent has to wait.
    return decision.facts.length > 0 && decision.sends.length === 0 ? decision : (takeOver(unitCase) ?? decision)
  }
}

/** Units at work: at most `parallel` of those that have not ended; all of them when the wave is going back. */
function active(wave: Wave, run: RunState): readonly Unit[] {
  const living = wave.units.filter((unit) => !unitState(run, unit.id).ended)
  const begun = living.filter(
    (unit) => unitState(run, unit.id).steps.size > 0 || unitState(run, unit.id).way === 'back',
  )
  const idle = living.filter((unit) => !begun.includes(unit))
  const room = Math.max(0, wave.parallel - begun.filter((unit) => !waitsAtBarrier(wave, unit, run)).length)
  return [...begun, ...idle.slice(0, room)]
}

/** Units that go on by themselves only once another has: their turn has not come, or they wait for it at the barrier. */
export function waitingForOthers(plan: Plan, run: RunState): ReadonlySet<string> {
  const wave = plan.waves.find(({ units }) => !units.every((unit) => unitState(run, unit.id).ended))
  if (!wave) return new Set()
  const atWork = active(wave, run).filter(
    (unit) => !waitsAtBarrier(wave, unit, run) || othersProven(wave, unit, run) || unitState(run, unit.id).paused,
  )
  const open = unitsOf(plan).filter((unit) => !unitState(run, unit.id).ended)
  return new Set(open.filter((unit) => !atWork.includes(unit)).map(({ id }) => id))
}

/** The first stage after which there is no way back: nobody enters it before all can. */
const barrier = (unit: Unit): string | undefined =>
  unit.stages.find((stage) => stage.steps.some((step) => step.undo === 'never'))?.id

const isProven = (unit: Unit, run: RunState): boolean => {
  const state = unitState(run, unit.id)
  return (
    state.ended?.outcome === 'done' ||
    (state.way === 'forward' && passedReturn({ unit, state })) ||
    stageNow({ unit, state })?.id === barrier(unit)
  )
}

const othersProven = (wave: Wave, unit: Unit, run: RunState): boolean =>
  wave.units.every((other) => other === unit || isProven(other, run))

const waitsAtBarrier = (wave: Wave, unit: Unit, run: RunState): boolean =>
  wave.onFailure !== 'unit' && isProven(unit, run) && !passedReturn({ unit, state: unitState(run, unit.id) })

/** A unit that fails takes its wave, or everything, back with it; except those that are past their way back. */
function spread(plan: Plan, run: RunState): Fact | null {
  for (const [index, wave] of plan.waves.entries()) {
    const cause = wave.units
      .map((unit) => unitState(run, unit.id))
      .find((state) => state.way !== 'forward' && state.turn)
    if (!cause?.turn || wave.onFailure === 'unit') continue
    // Later waves have not begun: they end here, too.
    const reach = plan.waves.slice(wave.onFailure === 'all' ? 0 : index).flatMap((other) => other.units)
    const units = reach.filter((unit) => {
      const state = unitState(run, unit.id)
      return state.way === 'forward' && !state.ended && !passedReturn({ unit, state })
    })
    if (units.length > 0)
      return {
        type: 'turned',
        units: units.map(({ id }) => id),
        to: 'back',
        why: cause.turn.why,
        cause: cause.turn.cause,
      }
  }
  return null
}
