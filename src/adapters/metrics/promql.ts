import { parser } from '@prometheus-io/lezer-promql'

/**
 * What is wrong with the text of a query that shall give one number, by the grammar that Prometheus' own editor uses;
 * `null` where nothing is. Names of functions and labels are known to the server alone.
 */
export function problemIn(query: string): string | null {
  const tree = parser.parse(query)
  let wrong = -1
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError && wrong < 0) wrong = from
    },
  })
  if (wrong >= 0) return `it is no PromQL from character ${wrong + 1} on${near(query, wrong)}`
  let top = tree.topNode.firstChild
  while (top?.name === 'ParenExpr') top = top.firstChild
  const range = top?.name === 'MatrixSelector' || top?.name === 'SubqueryExpr'
  if (range) return 'it gives a range, not one number: wrap it, as in rate(…) or avg_over_time(…)'
  return top?.name === 'StringLiteral' ? 'it gives text, not one number' : null
}

const near = (query: string, at: number): string => {
  const rest = query.slice(at).trim()
  return rest === '' ? ', where it ends' : `: ${JSON.stringify(rest.slice(0, 20))}`
}
