import type { Check, Finding } from '../check.ts'
import { failed } from '../failed.ts'
import { byStrategy } from '../merged.ts'
import { isLeftOver } from './left-over.ts'
import { isOfRouter } from './router.ts'

export const release: Check = {
  name: 'release',
  asks: 'Could every service be released now?',
  look: ({ trials }) =>
    trials.flatMap(({ place, problem, strategies }): Finding[] => {
      if (problem) return [failed(problem, place)]
      const own = strategies.map(({ strategy, complaints }) => ({
        strategy,
        complaints: complaints.filter((one) => !isOfRouter(one) && !isLeftOver(one)),
      }))
      const found = byStrategy(place, own)
      const good = strategies.filter(({ complaints }) => complaints.every(({ level }) => level !== 'refuse'))
      if (good.length > 0)
        return [{ answer: 'ok', place, what: `by ${good.map(({ strategy }) => strategy).join(', ')}` }, ...found]
      return found.length > 0
        ? found
        : [{ answer: 'skipped', place, what: 'not while that of the other checks stands' }]
    }),
}
