import type { Unit } from '../core/plan.ts'
import { podsOfTrack, setsOf } from '../core/tracks.ts'
import { isReady, type View } from '../core/view.ts'
import type { UnitCounts } from './screen.ts'

/** What the screens show of a unit's pods. */
export function countsOf(unit: Unit, run: string, view: View): UnitCounts {
  const fresh = podsOfTrack(unit, run, view, 'new')
  const asked = setsOf(unit, run, view, 'new').reduce((sum, set) => sum + (set.spec.replicas ?? 0), 0)
  return {
    readyNew: fresh.filter(isReady).length,
    wantNew: Math.max(asked, fresh.length),
    readyStable: podsOfTrack(unit, run, view, 'stable').filter(isReady).length,
  }
}
