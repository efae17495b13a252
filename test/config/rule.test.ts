import { describe, expect, it } from 'vitest'
import { parseQueryRule, parseRule } from '../../src/config/rule.ts'
import { minute, second } from '../../src/core/time.ts'

const read = (text: string) => parseRule(text, { objective: 0.999 })

describe('a trigger', () => {
  it.each([
    ['error-rate > 1% for 5m', { figure: { kind: 'error-rate' }, op: '>', value: 0.01, over: 5 * minute }],
    ['error-rate>=0.5%', { figure: { kind: 'error-rate' }, op: '>=', value: 0.005, over: minute }],
    ['availability < 99.5% for 1m30s', { figure: { kind: 'availability' }, op: '<', value: 0.995, over: 90 * second }],
    ['latency.p95 > 2s for 5m', { figure: { kind: 'latency', quantile: 0.95 }, value: 2000, over: 5 * minute }],
    ['latency.p999 > 250ms', { figure: { kind: 'latency', quantile: 0.999 }, value: 250 }],
    ['burn-rate > 14.4 for 5m', { figure: { kind: 'burn-rate', objective: 0.999 }, value: 14.4 }],
    ['burn-rate > 6x for 30m', { value: 6, over: 30 * minute }],
    ['restarts > 2', { figure: { kind: 'restarts' }, value: 2, over: 0 }],
  ] as const)('%s', (text, meaning) => {
    expect(read(text)).toMatchObject(meaning)
  })

  it('is named by its words, however it was spaced', () => {
    expect(read('  error-rate   >1%   for  5m ')).toMatchObject({ text: 'error-rate > 1% for 5m' })
  })
})

describe('what is wrong with a trigger is said with its place', () => {
  it.each([
    ['', 1, 'empty', 'error-rate > 1% for 5m'],
    ['error-rte > 1%', 1, 'not a metric', 'did you mean error-rate?'],
    ['latency.p9 > 1s', 1, 'not a metric', 'did you mean latency.p9'],
    ['error-rate 1%', 12, 'comparison is missing', '>, >=, < or <='],
    ['error-rate == 1%', 12, 'comparison is missing', '>, >=, < or <='],
    ['error-rate < 1%', 12, 'holds while all is well', 'write error-rate >'],
    ['availability > 99%', 14, 'holds while all is well', 'write availability <'],
    ['error-rate >', 13, 'value is missing', 'error-rate > 1% for 5m'],
    ['error-rate > 1', 14, 'no unit', 'write a percentage: 1%'],
    ['error-rate > 0%', 14, 'never be crossed', 'between 0 and 100'],
    ['error-rate > 100%', 14, 'never be crossed', 'between 0 and 100'],
    ['error-rate > many', 14, 'not a value', 'error-rate > 1% for 5m'],
    ['latency.p95 > 2', 15, 'no unit', 'write 2ms or 2s'],
    ['latency.p95 > 2%', 15, 'no unit', 'write 2ms or 2s'],
    ['restarts > 2s', 12, 'has a unit', 'write 2'],
    ['restarts > 2 for 5m', 14, 'since the new pods were made', 'remove for 5m'],
    ['error-rate > 1% in 5m', 17, 'not expected', 'for'],
    ['error-rate > 1% for', 20, 'a duration', 'error-rate > 1% for 5m'],
    ['error-rate > 1% for 5', 21, 'a duration', 'error-rate > 1% for 5m'],
    ['error-rate > 1% for 9h', 21, 'a duration', 'error-rate > 1% for 5m'],
    ['error-rate > 1% for 5m or 6m', 24, 'too much', 'one comparison'],
    ['latency.p00 > 1s', 1, 'not a metric', 'did you mean latency.p'],
  ] as const)('%j', (text, at, what, remedy) => {
    expect(read(text)).toMatchObject({
      at,
      what: expect.stringContaining(what),
      remedy: expect.stringContaining(remedy),
    })
  })

  it('a burn rate without a promise', () => {
    expect(parseRule('burn-rate > 6')).toMatchObject({ at: 1, remedy: expect.stringContaining('availability') })
  })

  it.each([
    ['burn-rate > 14.4', 0.93, 'write less than 14.28'],
    ['burn-rate > 20 for 5m', 0.95, 'write less than 20'],
    ['burn-rate >= 20.1x for 5m', 0.95, 'write at most 20'],
    ['burn-rate > 1000', 0.999, 'write less than 1000'],
  ])('a burn rate that no requests have: %s with %d', (text, objective, remedy) => {
    expect(parseRule(text, { objective })).toMatchObject({
      at: text.search(/\d/) + 1,
      what: expect.stringContaining('can never be crossed'),
      remedy: expect.stringContaining(remedy),
    })
  })

  it.each([
    ['burn-rate > 14.28', 0.93],
    ['burn-rate >= 20', 0.95],
    ['burn-rate > 999.9', 0.999],
    ['burn-rate > 14.4', 0.999999],
  ])('no burn rate that requests can have: %s with %d', (text, objective) => {
    expect(parseRule(text, { objective })).toMatchObject({ figure: { kind: 'burn-rate', objective } })
  })

  it.each([
    ['1000', 1, 'begin with a comparison'],
    ['>', 2, 'a number is missing'],
    ['> many', 3, 'a number is missing'],
    ['> 1 2', 5, 'too much'],
    ['> 1.25 * stable', 3, "can't be compared with another version"],
    ['> baseline', 3, "can't be compared with another version"],
  ] as const)('the comparison %j of a query', (is, at, what) => {
    expect(parseQueryRule('queue', is, minute)).toMatchObject({ at, what: expect.stringContaining(what) })
  })
})
