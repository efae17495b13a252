import type { Complaint } from '../../../core/preflight/complaint.ts'
import type { Check, Finding } from '../check.ts'
import { byStrategy } from '../merged.ts'

const codes = new Set(['pin-left', 'budget-pin-left', 'tag-left', 'brake-left', 'name-taken', 'run-open'])

export const isLeftOver = ({ code }: Complaint): boolean => codes.has(code)

export const leftOver: Check = {
  name: 'left over',
  asks: 'Is a run open, or anything left of one that is over?',
  look: ({ trials }) =>
    trials.flatMap(({ place, view, strategies }): Finding[] => {
      if (!view) return []
      const found = byStrategy(
        place,
        strategies.map(({ strategy, complaints }) => ({
          strategy,
          // An open run is nothing bad, and is said.
          complaints: complaints
            .filter(isLeftOver)
            .map((one) => (one.code === 'run-open' ? { ...one, level: 'warn' } : one)),
        })),
      )
      return found.length > 0 ? found : [{ answer: 'ok', place, what: 'nothing' }]
    }),
}
