import type { Check, Finding } from '../check.ts'
import { byStrategy } from '../merged.ts'

export const rights: Check = {
  name: 'rights',
  asks: 'May this identity do what a release does?',
  look: ({ trials }) =>
    trials.flatMap(({ place, strategies }): Finding[] => {
      const asked = strategies.filter(({ lacking }) => lacking !== null)
      if (asked.length === 0) return [{ answer: 'skipped', place, what: 'no strategy could be planned, see release' }]
      const lacking = byStrategy(
        place,
        asked.map(({ strategy, lacking }) => ({ strategy, complaints: lacking ?? [] })),
      )
      const names = asked.map(({ strategy }) => strategy).join(', ')
      return lacking.length > 0 ? lacking : [{ answer: 'ok', place, what: `all that ${names} need` }]
    }),
}
