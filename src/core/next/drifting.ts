import { driftOf, type Drifted, noted } from '../drift.ts'
import type { Fact } from '../journal.ts'
import { canonical } from '../json.ts'
import { keyOf, type Ref, refName } from '../kinds.ts'
import { marks } from '../marks.ts'
import { asserted, written } from '../moves/context.ts'
import { brakePaths, paths } from '../moves/locks.ts'
import { strangers } from '../tracks.ts'
import { find } from '../view.ts'
import { retryAfter } from './step.ts'
import { pause } from './turn.ts'
import { note, type UnitCase, type UnitDecision, waitFor } from './world.ts'

/** How often a lock that somebody takes away is put back before a human is asked. */
const mostReasserts = 3

/** Locks are ours for the run and are put back; anything else that was changed is somebody's wish: a human decides. */
export function onDrift(unitCase: UnitCase): UnitDecision | null {
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

function mayReassert(unitCase: UnitCase, drift: Drifted): boolean {
  const { state, world } = unitCase
  if (isTag(drift) && !isHeld(unitCase)) return false
  if (!drift.again && !find(world.view, drift.object.kind, drift.object.name)) return false
  const known = state.drifts.find((other) => other.object === keyOf(drift.object) && other.path === drift.path)
  const isAgreed = known?.agreed === true && canonical(known.now) === canonical(noted(drift.path, drift.now))
  return (isAgreed || isLock(drift)) && (known?.times ?? 0) < mostReasserts
}

const isLock = ({ object, path, again }: Drifted): boolean =>
  again !== undefined ||
  (object.kind === 'Deployment' &&
    [...brakePaths, paths.paused, paths.strategy, paths.note].some((lock) => lock === path)) ||
  isTag({ object, path }) ||
  object.kind === 'HorizontalPodAutoscaler'

const isTag = ({ object, path }: Pick<Drifted, 'object' | 'path'>): boolean =>
  object.kind === 'ReplicaSet' && path === paths.stableTag

/**
 * Neither paused nor on its way to the new pods, a Deployment makes a set of its own beside one that is tagged, and the
 * pods that serve go: somebody has let go of it, perhaps a driver that went back and could not tell.
 */
function isHeld({ unit, run, world }: UnitCase): boolean {
  const deployment = find(world.view, 'Deployment', unit.workload.name)
  return deployment?.spec.paused === true || deployment?.spec.template.metadata?.labels?.[marks.release] === run.run
}

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
    keeps: true as const,
  }
  return { facts: again === null ? drifts.map((drift) => factOf(unitCase, drift)) : [], sends: [order] }
}
