import type { Compared } from '../../../src/core/comparing.ts'
import { type Decision, next, type UnitWorld } from '../../../src/core/next/index.ts'
import type { Fact } from '../../../src/core/journal.ts'
import type { Plan } from '../../../src/core/plan.ts'
import type { RunState } from '../../../src/core/state.ts'
import type { Millis } from '../../../src/core/time.ts'
import type { Answer } from '../../../src/core/verdict.ts'
import type { View } from '../../../src/core/view.ts'
import type { History as Counted } from '../../../src/judge/history.ts'

export interface Sight {
  readonly health?: Answer
  readonly because?: string
  /** Since the run was opened. */
  readonly after?: Millis
  readonly view?: View
  readonly silentSince?: Millis
  readonly healthWake?: Millis
  readonly compared?: Compared
  /** What the pods have counted. */
  readonly counted?: Counted
}

/** A run in the middle: a `History` is one. */
export interface Moment {
  readonly plan: Plan
  readonly state: RunState
  readonly view: View
}

/** What comes next when every unit looks like this. */
export function decided({ plan, state, view: seenNow }: Moment, sight: Sight = {}): Decision {
  const {
    health = 'pass',
    because = 'looks well',
    after = 0,
    view = seenNow,
    silentSince,
    healthWake,
    compared,
    counted,
  } = sight
  const seen: UnitWorld = {
    view: { ...view, silentSince: silentSince ?? null },
    health: { answer: health, because },
    healthWake: healthWake ?? null,
    ...(compared && { compared }),
    ...(counted && { history: counted }),
  }
  const units = plan.waves.flatMap((wave) => wave.units)
  return next(plan, state, new Map(units.map(({ id }) => [id, seen])), state.opened + after)
}

/** A decision as lines: what is noted, what is sent, what is waited for. */
const linesOf = ({ facts, sends, waiting }: Decision): string[] => [
  ...facts.map(factLine),
  ...sends.map(
    ({ step, way, unit }) =>
      `send ${step}${way === 'back' ? ' (back)' : ''}${unit.endsWith('us-east-1') ? '' : ` in ${unit}`}`,
  ),
  ...[...waiting.values()].map((text) => `wait: ${text}`),
]

function factLine(fact: Fact): string {
  switch (fact.type) {
    case 'settled':
      return `settled ${fact.step}`
    case 'judged':
      return `judged ${fact.stage} ${fact.answer}: ${fact.because}`
    case 'turned':
      return `turned ${fact.units.join(',')} ${fact.to} (${fact.cause}): ${fact.why}`
    case 'paused':
      return `paused ${fact.units.join(',')} (${fact.cause}): ${fact.why}`
    case 'ended':
      return `ended ${fact.outcome}: ${fact.because}`
    case 'drifted':
      return `drifted ${fact.object}${fact.path} (${fact.action})`
    default:
      return fact.type
  }
}

export const comes = (moment: Moment, sight: Sight = {}): string[] => linesOf(decided(moment, sight))
