import { onDrift } from './drifting.ts'
import { type UnitCase, type UnitDecision, waitFor } from './world.ts'

/** Past its way back, and failing: what stands is held as it stands, and a human decides. */
export function frozen(unitCase: UnitCase): UnitDecision {
  const { state, now } = unitCase
  const why = state.turn?.why ?? ''
  const held = onDrift({ ...unitCase, state: { ...state, paused: { why, cause: 'finish', at: now } } })
  return held && (held.sends.length > 0 || held.facts.length > 0) ? held : waitFor(`frozen: ${why}`)
}
