import type { Entry } from '../../../core/journal.ts'
import { type Plan, unitsOf } from '../../../core/plan.ts'

/**
 * What another machine must know before it happens: a step that it would have to take back, that may happen only once, or
 * from which there is no way back; and that the release goes back, or is over. What comes after the point of no return
 * states what is to be, and may be said again: it goes along with the next request.
 */
export function pressingIn(plan: Plan): (entry: Entry) => boolean {
  const later = new Map<string, ReadonlySet<string>>()
  for (const { id, stages } of unitsOf(plan)) {
    const [, ...rest] = stages.flatMap(({ steps }) => steps).filter(({ undo }) => undo === 'never')
    later.set(id, new Set(rest.filter(({ action }) => action.send !== 'once').map((step) => step.id)))
  }
  return (entry) => {
    if (entry.type === 'intended') return entry.way === 'forward' && later.get(entry.unit)?.has(entry.step) !== true
    return entry.type === 'turned' || entry.type === 'closed'
  }
}
