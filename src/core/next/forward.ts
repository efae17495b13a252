import { driftOf, type Drifted, noted } from '../drift.ts'
import { isMet } from '../expect.ts'
import type { Fact, PauseCause, TurnCause } from '../journal.ts'
import { canonical } from '../json.ts'
import { keyOf, type Ref, refName } from '../kinds.ts'
import { brakePaths, paths } from '../moves/locks.ts'
import { asserted, written } from '../moves/context.ts'
import type { Gate, Stage, Step } from '../plan.ts'
import { span, type Millis } from '../time.ts'
import { podsOfTrack, strangers } from '../tracks.ts'
import { find } from '../view.ts'
import { advance, retryAfter } from './step.ts'
import { idle, note, passedOver, type UnitCase, type UnitDecision, waitFor } from './world.ts'

/** How often a lock that somebody takes away is put back before a human is asked. */
const mostReasserts = 3

export const stageNow = ({ unit, state }: Pick<UnitCase, 'unit' | 'state'>): Stage | undefined =>
  unit.stages.find((stage) => state.stages.get(stage.id)?.answer !== 'pass')

/** The next step, gate or end of a unit on its way forward. `mayFinish`: all others are ready to leave the old pods. */
export function forward(unitCase: UnitCase, mayFinish: boolean): UnitDecision {
  const { unit, state, world, now } = unitCase
  const stage = stageNow(unitCase)
  if (!stage) return note({ type: 'ended', unit: unit.id, outcome: 'done', because: `serves the new version` })
  if (world.health.answer === 'fail')
    return failed(unitCase, stage, world.health.because, 'failed', world.health.evidence)
  const drifted = onDrift(unitCase)
  if (drifted) return drifted
  if (state.paused) return waitFor(`paused: ${state.paused.why}`)
  if (world.health.answer === 'inconclusive')
    return pause(unitCase, 'environment', `environment, not release: ${world.health.because}`)
  const leaves = stage.steps.some((step) => step.undo === 'never')
  if (leaves && !mayFinish && !begun(unitCase, stage)) return waitFor('the other clusters to come this far')

  const step = stage.steps.find(({ id }) => state.steps.get(id)?.phase !== 'settled')
  if (step) {
    const done = advance(unitCase, step, 'forward', { since: stageBegan(unitCase, stage), deadline: stage.deadline })
    return 'stuck' in done ? stuck(unitCase, stage, step, done.stuck) : done
  }
  if (stage.waitsFor === 'human' && !stableIsGone(unitCase) && state.stages.get(stage.id)?.promoted !== true) {
    return note({ type: 'paused', units: [unit.id], cause: 'human', why: `${stage.title}: a human decides` })
  }
  return judge(unitCase, stage, now)
}

function judge(unitCase: UnitCase, stage: Stage, now: Millis): UnitDecision {
  const { unit, state, world } = unitCase
  const began = soakBegan(unitCase, stage)
  const soaked = began + stage.soak
  if (world.view.silentSince !== null)
    return waitFor(`the cluster is not heard since ${span(now - world.view.silentSince)}: nothing passes on old data`)
  const open = stage.gates.map((gate) => gateOpen(unitCase, gate)).find((waiting) => waiting !== null)
  if (open && state.stages.get(stage.id)?.promoted !== true) {
    if (now > soaked + stage.deadline)
      return failed(unitCase, stage, `not after ${span(stage.soak + stage.deadline)}: ${open}`, 'failed')
    return waitFor(open, soaked + stage.deadline + 1)
  }
  if (now < soaked && !stableIsGone(unitCase)) return waitFor(`soak ${span(stage.soak)}`, soaked)
  return note({
    type: 'judged',
    unit: unit.id,
    stage: stage.id,
    answer: 'pass',
    because: passed(stage, world.health.because),
  })
}

/**
 * Not one stable pod is left and all new ones are ready: a Deployment that is paused still drops its old sets when the
 * brake is taken off at 100 %. Who calls a Service that is pinned to them has nobody else, so names move without a soak.
 */
function stableIsGone({ unit, state, run, world }: UnitCase): boolean {
  const namesToMove = unit.stages.some(({ id }) => id === 'names' && state.stages.get(id)?.answer !== 'pass')
  if (!namesToMove || podsOfTrack(unit, run.run, world.view, 'stable').length > 0) return false
  const sight = { unit, run: run.run, view: world.view, now: world.view.at }
  return isMet({ kind: 'capacity', track: 'new', percent: 100 }, sight).met
}

function passed(stage: Stage, health: string): string {
  const judged = stage.gates.some((gate) => gate.kind === 'pods') ? health : 'every step settled'
  const unproved = stage.gates.some((gate) => gate.kind === 'weight' && gate.proof === 'accepted')
  return `${judged}${stage.soak > 0 ? ` for ${span(stage.soak)}` : ''}${unproved ? ' · weight accepted, not proved' : ''}`
}

function gateOpen({ unit, run, world, now }: UnitCase, gate: Gate): string | null {
  if (gate.kind === 'pods') return world.health.answer === 'pass' ? null : world.health.because
  if (gate.proof === 'accepted') return null
  const result = isMet(gate.proof, { unit, run: run.run, view: world.view, now })
  return result.met ? null : result.waiting
}

const begun = ({ state }: UnitCase, stage: Stage): boolean => stage.steps.some(({ id }) => state.steps.has(id))

/** The first `intended` of the stage; again from the start when a new driver took over or a human resumed. */
function stageBegan({ state, run, unit, now }: UnitCase, stage: Stage): Millis {
  const first = stage.steps.map(({ id }) => state.steps.get(id)?.since).find((since) => since !== undefined)
  const index = unit.stages.indexOf(stage)
  const before = index > 0 ? state.stages.get(unit.stages[index - 1]?.id ?? '')?.at : run.opened
  return Math.max(first ?? before ?? now, run.attached, state.resumed)
}

/** After a resume the soak starts again: nobody was looking in between. */
export function soakBegan({ state, run, unit }: Pick<UnitCase, 'state' | 'run' | 'unit'>, stage: Stage): Millis {
  const settled = stage.steps.map(({ id }) => state.steps.get(id)?.at ?? 0)
  const index = unit.stages.indexOf(stage)
  const before = index > 0 ? (state.stages.get(unit.stages[index - 1]?.id ?? '')?.at ?? 0) : run.opened
  return Math.max(before, ...settled, run.attached, state.resumed)
}

/** A write that found another value, or another run's token, is nobody's failure: a human decides whose it is. */
function stuck(unitCase: UnitCase, stage: Stage, step: Step, because: string): UnitDecision {
  const { unit, state } = unitCase
  const code = state.steps.get(step.id)?.refusal?.code
  // The release is done; what a hook after it could not do is said, and takes nothing back.
  if (step.action.mutation.verb === 'hook' && stage.otherwise === 'pause')
    return passedOver(unit.id, step.id, 'forward', because)
  if (code === 'drift' || code === 'locked') return pause(unitCase, 'drift', because)
  return failed(unitCase, stage, because, code === undefined || code === 'hook-failed' ? 'failed' : 'no-verdict')
}

/** The way back; or, once the new version is proven, a pause with it serving. */
function failed(
  unitCase: UnitCase,
  stage: Stage,
  because: string,
  cause: TurnCause,
  evidence: readonly string[] = [],
): UnitDecision {
  const { unit, state } = unitCase
  const verdict: Fact = {
    type: 'judged',
    unit: unit.id,
    stage: stage.id,
    answer: 'fail',
    because,
    ...(evidence.length > 0 && { evidence }),
  }
  if (stage.otherwise === 'pause' || passedReturn(unitCase)) {
    if (state.paused) return waitFor(`paused: ${state.paused.why}`)
    return note(verdict, { type: 'paused', units: [unit.id], cause: 'finish', why: `${stage.title}: ${because}` })
  }
  return note(verdict, { type: 'turned', units: [unit.id], to: 'back', why: because, cause })
}

/** Whether a step that can't be undone was begun. */
export const passedReturn = ({ unit, state }: Pick<UnitCase, 'unit' | 'state'>): boolean =>
  unit.stages.some((stage) => stage.steps.some((step) => step.undo === 'never' && state.steps.has(step.id)))

const pause = ({ unit, state }: UnitCase, cause: PauseCause, why: string): UnitDecision =>
  state.paused ? idle : note({ type: 'paused', units: [unit.id], cause, why })

/** Locks are ours for the run and are put back; anything else that was changed is somebody's wish: a human decides. */
function onDrift(unitCase: UnitCase): UnitDecision | null {
  const { unit, state, run, world } = unitCase
  const strange = strangers(unit, run.run, world.view)
  if (strange[0] && !state.paused)
    return pause(unitCase, 'drift', `replicaset ${strange[0].metadata.name} has pods and belongs to neither version`)
  const drifts = driftOf(unit, state, run.run, run.epoch, world.view)
  const flying = drifts.find(({ object }) => isFlying(unitCase, object))
  if (flying) return waitFor(`${refName(flying.object)}: put back as it was`)
  // Locks first: while a human is waited for, nothing may move.
  const ours = drifts.filter((drift) => mayReassert(unitCase, drift))
  if (ours[0]) return reassert(unitCase, ours[0].object, ours)
  const [drift] = drifts
  if (!drift) return null
  if (state.paused) return waitFor(`paused: ${state.paused.why}`)
  const why = `${refName(drift.object)} was changed by ${drift.who}${drift.path && `: ${drift.path}`}`
  return note(
    { ...factOf(unitCase, drift), action: 'pause' },
    { type: 'paused', units: [unit.id], cause: 'drift', why },
  )
}

function mayReassert({ state, world }: UnitCase, drift: Drifted): boolean {
  if (!drift.again && !find(world.view, drift.object.kind, drift.object.name)) return false
  const known = state.drifts.find((other) => other.object === keyOf(drift.object) && other.path === drift.path)
  const isAgreed = known?.agreed === true && canonical(known.now) === canonical(noted(drift.path, drift.now))
  return (isAgreed || isLock(drift)) && (known?.times ?? 0) < mostReasserts
}

const isLock = ({ object, path, again }: Drifted): boolean =>
  again !== undefined ||
  (object.kind === 'Deployment' &&
    [...brakePaths, paths.paused, paths.strategy, paths.note].some((lock) => lock === path)) ||
  (object.kind === 'ReplicaSet' && path === paths.stableTag) ||
  object.kind === 'HorizontalPodAutoscaler'

const factOf = ({ unit }: UnitCase, { object, path, was, now, who }: Drifted): Extract<Fact, { type: 'drifted' }> => ({
  type: 'drifted',
  unit: unit.id,
  object: keyOf(object),
  path,
  was: noted(path, was),
  now: noted(path, now),
  who,
  action: 'reassert',
})

const holdOf = (object: Ref): string => `hold.${keyOf(object)}`

function isFlying({ state, run }: UnitCase, object: Ref): boolean {
  const at = state.steps.get(holdOf(object))
  return at?.phase === 'intended' && at.epoch === run.epoch
}

/** All of an object's fields at once: the brake's two are valid only together. */
function reassert(unitCase: UnitCase, object: Ref, all: readonly Drifted[]): UnitDecision {
  const drifts = all.filter((drift) => keyOf(drift.object) === keyOf(object))
  const before = unitCase.state.steps.get(holdOf(object))
  const again = before?.phase === 'refused' && before.refusal?.retry ? before.at + retryAfter(before.attempts) : null
  if (again !== null && unitCase.now < again) return waitFor(`${refName(object)}: tried again soon`, again)
  const made = drifts.find(({ again }) => again)?.again
  const changes = drifts.map(({ path, was, now }) => ({ path, from: [now], to: was }))
  const order = {
    unit: unitCase.unit.id,
    step: holdOf(object),
    does: made
      ? `make ${refName(object)} again`
      : `put ${drifts.map(({ path }) => path).join(', ')} of ${refName(object)} back`,
    action: made ?? asserted({ verb: 'change', object, changes }, written),
    way: 'forward' as const,
  }
  return { facts: again === null ? drifts.map((drift) => factOf(unitCase, drift)) : [], sends: [order] }
}
