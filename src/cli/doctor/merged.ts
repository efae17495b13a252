import type { Complaint } from '../../core/preflight/complaint.ts'
import type { Finding } from './check.ts'

export interface Complained {
  readonly strategy: string
  readonly complaints: readonly Complaint[]
}

/**
 * What is said of several strategies is said once. A refusal is a failure only where no strategy is left: a StatefulSet
 * can be released by one of them, and that is well.
 */
export function byStrategy(place: string, all: readonly Complained[]): Finding[] {
  const hopeless = all.every(({ complaints }) => complaints.some(({ level }) => level === 'refuse'))
  const said = new Map<string, { complaint: Complaint; strategies: string[] }>()
  for (const { strategy, complaints } of all)
    for (const complaint of complaints) {
      const known = said.get(`${complaint.code} ${complaint.what}`)
      if (known) known.strategies.push(strategy)
      else said.set(`${complaint.code} ${complaint.what}`, { complaint, strategies: [strategy] })
    }
  return [...said.values()].map(({ complaint: { level, what, why, remedy }, strategies }) => ({
    answer: level === 'refuse' && hopeless ? 'fail' : level === 'not-checked' ? 'skipped' : 'warn',
    place,
    what: `${strategies.length === all.length ? '' : `${[...new Set(strategies)].join(', ')}: `}${[what, why].filter(Boolean).join(': ')}`,
    ...(remedy !== '' && { remedy }),
  }))
}
