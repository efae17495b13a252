import type { Stage, Step } from '../plan.ts'
import { span } from '../time.ts'
import { onDrift } from './drifting.ts'
import { alarmOf, blindness, providerNews, providerPatience } from './evidence.ts'
import { judge, stableIsGone } from './gates.ts'
import { allSettled, begun, stageBegan, stageNow } from './stages.ts'
import { advance } from './step.ts'
import { failed, goBack, pause, unfinished } from './turn.ts'
import { note, passedOver, type UnitCase, type UnitDecision, waitFor } from './world.ts'

/** The next step, gate or end of a unit on its way forward. `mayFinish`: all others are ready to leave the old pods. */
export function forward(unitCase: UnitCase, mayFinish: boolean): UnitDecision {
  const { unit, state, world, now } = unitCase
  const stage = stageNow(unitCase)
  if (!stage) return note({ type: 'ended', unit: unit.id, outcome: 'done', because: `serves the new version` })
  if (world.health.answer === 'fail' && !state.overruled)
    return failed(unitCase, stage, world.health.because, 'failed', world.health.evidence)
  const alarm = state.overruled ? null : alarmOf(unitCase)
  if (alarm && !alarm.shared) return failed(unitCase, stage, alarm.because, 'failed')
  const news = providerNews(unitCase)
  if (news) return note(news)
  const drifted = onDrift(unitCase)
  if (drifted) return drifted
  if (state.paused) return waitFor(`paused: ${state.paused.why}`)
  if (alarm) return pause(unitCase, 'environment', `environment, not release: ${alarm.because}`)
  if (world.health.answer === 'inconclusive')
    return pause(unitCase, 'environment', `environment, not release: ${world.health.because}`)
  const unseen = onBlindness(unitCase, stage)
  if (unseen) return unseen
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

/** Figures can't be had: the weight is held, and after a while a human is asked or the release goes back. */
function onBlindness(unitCase: UnitCase, stage: Stage): UnitDecision | null {
  const { unit, now } = unitCase
  const blind = blindness(unitCase)
  if (!blind || stage.otherwise === 'pause' || (stage.weight ?? 0) === 0) return null
  const until = blind.since + providerPatience
  if (now < until) return begun(unitCase, stage) && !allSettled(unitCase, stage) ? null : waitFor(blind.why, until)
  const why = `${blind.why}, for ${span(now - blind.since)}`
  return unit.evidence?.onProviderDown === 'undo' ? goBack(unitCase, why) : pause(unitCase, 'provider', why)
}

/** A write that found another value, or another run's token, is nobody's failure: a human decides whose it is. */
function stuck(unitCase: UnitCase, stage: Stage, step: Step, because: string): UnitDecision {
  const { unit, state } = unitCase
  const code = state.steps.get(step.id)?.refusal?.code
  // The release is done; what a hook after it could not do is said, and takes nothing back.
  if (step.action.mutation.verb === 'hook' && stage.otherwise === 'pause')
    return passedOver(unit.id, step.id, 'forward', because)
  if (code === 'drift' || code === 'locked') return pause(unitCase, 'drift', because)
  return unfinished(unitCase, stage, because, code === undefined || code === 'hook-failed' ? 'failed' : 'no-verdict')
}
