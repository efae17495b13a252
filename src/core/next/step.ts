import { isMet, type Sight } from '../expect.ts'
import type { Way } from '../journal.ts'
import { type Action, stepsOf } from '../plan.ts'
import { unreadyOf } from '../resolve.ts'
import type { StepState } from '../state.ts'
import { second, span, type Millis } from '../time.ts'
import { idle, note, type UnitCase, type UnitDecision, waitFor } from './world.ts'

interface Doing {
  readonly id: string
  readonly does: string
  readonly action: Action
}

export type Stuck = { readonly stuck: string }

/** A quarter of a second after the first refusal, then twice as long each time, up to half a minute. */
export const retryAfter = (attempts: number): Millis => Math.min(30 * second, 250 * 2 ** Math.min(attempts - 1, 7))

/** For the next driver: what has been done and failed may happen only once all the same. */
const mayTryAnew = ({ send }: Action, { refusal }: StepState): boolean =>
  send !== 'once' || refusal?.retry === true || refusal?.code === 'turned'

/** Actions that an earlier driver began and that nobody here can look whether they took place. */
export const unknownOutcomes = ({ unit, state, run }: Pick<UnitCase, 'unit' | 'state' | 'run'>): readonly string[] =>
  stepsOf(unit).flatMap(({ id, action }) => {
    const at = state.steps.get(id)
    return action.send === 'once' && at?.phase === 'intended' && at.epoch < run.epoch ? [id] : []
  })

/**
 * One step further: send it, wait for it, or settle it. `since` is when its stage (or the way back) began; past the
 * deadline it is stuck, and what that means is the caller's to say.
 */
export function advance(
  unitCase: UnitCase,
  step: Doing,
  way: Way,
  { since, deadline }: { since: Millis; deadline: Millis },
): UnitDecision | Stuck {
  const { state, unit, run, world, now } = unitCase
  const at = state.steps.get(step.id)
  const late = now > since + deadline
  const order: UnitDecision = {
    facts: [],
    sends: [{ unit: unit.id, step: step.id, does: step.does, action: step.action, way }],
  }
  const orWait = (waiting: string, wake?: Millis): UnitDecision | Stuck =>
    late
      ? { stuck: `not after ${span(deadline)}: ${waiting}` }
      : waitFor(waiting, Math.min(wake ?? Number.POSITIVE_INFINITY, since + deadline + 1))

  if (at === undefined) return guarded()
  switch (at.phase) {
    case 'settled':
      return idle
    case 'intended':
      if (at.epoch === run.epoch) return waitFor(`${step.does}: no answer yet`)
      return step.action.send === 'once' && state.resumed <= at.at ? unknownOutcome() : guarded()
    case 'refused':
      // A human who resumes has mended it, or wants it tried again.
      return state.resumed > at.at || (run.attached > at.at && mayTryAnew(step.action, at))
        ? guarded()
        : refused(at.refusal, at.at + retryAfter(at.attempts))
    case 'sent':
      return settle()
  }

  function guarded(): UnitDecision | Stuck {
    if (!step.action.guard) return order
    const holds = isMet(step.action.guard, sight())
    return holds.met ? order : orWait(`before "${step.does}": ${holds.waiting}`, holds.wake)
  }

  function refused(refusal: { because: string; retry: boolean } | undefined, again: Millis): UnitDecision | Stuck {
    if (!refusal?.retry) return { stuck: refusal?.because ?? 'refused' }
    return now >= again && !late ? guarded() : orWait(`${step.does}: ${refusal.because}; tried again soon`, again)
  }

  function settle(): UnitDecision | Stuck {
    const { mutation } = step.action
    const result = isMet(step.action.expect, {
      ...sight(),
      ...(mutation.verb !== 'hook' && { object: mutation.object }),
      ...(at?.receipt && { receipt: at.receipt }),
    })
    // It deleted those that it found; a controller that goes by order waits for the next one as well.
    if (!result.met && at && mutation.verb === 'delete-unready' && unreadyOf(unit, run.run, world.view).length > 0) {
      const again = at.at + retryAfter(at.attempts)
      return now >= again && !late ? guarded() : orWait(result.waiting, again)
    }
    const followed = (at?.at ?? now) + (step.action.linger ?? 0)
    if (result.met && now < followed) return waitFor(`${step.does}: the data plane to follow`, followed)
    if (result.met) return note({ type: 'settled', unit: unit.id, step: step.id, way })
    // A human who resumes wants it tried again: what states a state may be said twice.
    if (!result.met && at && state.resumed > at.at && step.action.send === 'assert') return guarded()
    return orWait(result.waiting, result.wake)
  }

  /** A hook that was started by a driver that died: nobody but a human can look whether it ran, and say `resume`. */
  function unknownOutcome(): UnitDecision {
    const { mutation } = step.action
    if (mutation.verb === 'hook' && mutation.hook.rerun === 'safe') return order
    return note({
      type: 'paused',
      units: [unit.id],
      cause: 'unknown-outcome',
      why: `"${step.does}" was started by a driver that is gone, and whether it ran can't be known`,
    })
  }

  function sight(): Sight {
    return { unit, run: run.run, view: world.view, now }
  }
}
