import type { NamedQuery, Reading } from '../../core/metrics.ts'
import type { Call } from '../../ports.ts'
import { difference } from './identity.ts'
import type { PrometheusApi } from './prometheus-api.ts'

/** What a query of the user's own gave. */
export type Named = { readonly value: number | null } | { readonly complaint: string }

/** One number, or none; anything else is said, for it can't be compared with a limit. */
export async function valueOf(api: PrometheusApi, { name, query }: NamedQuery, call: Call): Promise<Named> {
  // The grammar is a large thing to load, and most have no query of their own.
  const { problemIn } = await import('./promql.ts')
  const problem = problemIn(query)
  if (problem !== null) return { complaint: `the query ${name} can not be used: ${problem}` }
  const result = await api.query(query, call)
  if ('down' in result) return { complaint: result.down }
  if ('refused' in result) return { complaint: `Prometheus refuses the query ${name} (${result.refused}): mend it` }
  const { type, found } = result
  if (type === 'matrix' || type === 'string')
    return {
      complaint: `the query ${name} gives ${type === 'matrix' ? 'a range' : 'text'}, not one number: wrap it, as in avg(…) or rate(…)`,
    }
  const [first, second] = found
  if (first && second)
    return {
      complaint: `the query ${name} gives ${found.length} series (${difference(first.labels, second.labels)}, ${difference(second.labels, first.labels)}${found.length > 2 ? ', …' : ''}), not one number: wrap it, as in sum(…) or max(…)`,
    }
  if (first?.isHistogram)
    return {
      complaint: `the query ${name} gives a histogram, not one number: wrap it, as in histogram_quantile(0.95, …)`,
    }
  const value = first?.samples.at(-1)?.[1]
  return { value: value === undefined || !Number.isFinite(value) ? null : value }
}

export function namedValues(
  answers: readonly (readonly [NamedQuery, Named])[],
): Pick<Reading, 'values' | 'complaints'> {
  return {
    values: new Map(answers.map(([{ name }, answer]) => [name, 'value' in answer ? answer.value : null])),
    complaints: new Map(
      answers.flatMap(([{ name }, answer]) => ('complaint' in answer ? [[name, answer.complaint] as const] : [])),
    ),
  }
}
