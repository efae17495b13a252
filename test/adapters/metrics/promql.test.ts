import { describe, expect, it } from 'vitest'
import { problemIn } from '../../../src/adapters/metrics/promql.ts'

describe('a query', () => {
  it.each([
    'sum(rate(http_requests_total{code=~"5.."}[5m]))',
    'max_over_time(queue_length[1h]) > bool 3',
    'histogram_quantile(0.9, sum(rate(x_bucket[5m])) by (le))',
    '(a offset 5m)',
    '7',
  ])('%s may give one number', (query) => {
    expect(problemIn(query)).toBe(null)
  })

  it.each([
    ['sum(rate(a[5m])) by (x', 'it is no PromQL from character 23 on, where it ends'],
    ['a b', 'it is no PromQL from character 3 on: "b"'],
    ['a >', 'it is no PromQL from character 4 on, where it ends'],
    ['', 'it is no PromQL from character 1 on, where it ends'],
    ['frobnicate(a)', 'it is no PromQL from character 11 on: "(a)"'],
    ['a[5m]', 'it gives a range, not one number: wrap it, as in rate(…) or avg_over_time(…)'],
    ['((a[5m:1m]))', 'it gives a range, not one number: wrap it, as in rate(…) or avg_over_time(…)'],
    ['"x"', 'it gives text, not one number'],
  ])('%s is refused: %s', (query, problem) => {
    expect(problemIn(query)).toBe(problem)
  })
})
