import { describe, expect, it } from 'vitest'
import { parseRule } from '../../src/config/rule.ts'

const read = (text: string) => parseRule(text, { objective: 0.999 })
const p95 = { kind: 'latency', quantile: 0.95 }

describe('a comparison with another version', () => {
  it.each([
    ['error-rate > 1.25 * stable', { figure: { kind: 'error-rate' }, factor: 1.25, against: 'stable' }],
    ['error-rate > stable', { figure: { kind: 'error-rate' }, factor: 1, against: 'stable' }],
    ['availability < 0.999 * stable', { figure: { kind: 'availability' }, factor: 0.999, against: 'stable' }],
    ['availability < stable', { figure: { kind: 'availability' }, factor: 1, against: 'stable' }],
    ['latency.p95 > 1.3 * stable', { figure: p95, factor: 1.3, against: 'stable' }],
    ['latency.p95 > 100 * baseline', { figure: p95, factor: 100, against: 'baseline' }],
    ['latency.p999 > baseline', { figure: { kind: 'latency', quantile: 0.999 }, factor: 1, against: 'baseline' }],
    ['availability < 0.5 * baseline', { figure: { kind: 'availability' }, factor: 0.5, against: 'baseline' }],
  ] as const)('%s', (text, meaning) => {
    expect(read(text)).toEqual({ text, ...meaning })
  })

  it.each([' error-rate  >1.25*stable ', 'error-rate>1.25 *stable'])('is named by its words: %j', (text) => {
    expect(read(text)).toMatchObject({ text: 'error-rate > 1.25 * stable', factor: 1.25 })
  })
})

describe('what is wrong with a comparison is said with its place', () => {
  it.each([
    [
      'error-rate > 1.25 * stable for 5m',
      28,
      'a comparison with stable has no window: it is right however often one looks',
      'remove for 5m',
    ],
    [
      'latency.p95 > baseline for 1m',
      24,
      'a comparison with baseline has no window: it is right however often one looks',
      'remove for 1m',
    ],
    ['error-rate > stable * 1.25', 21, 'the factor stands before stable', 'write it like 1.25 * stable'],
    ['error-rate > 1.25 * stable or 2', 28, '"or" is too much', 'one comparison: error-rate > 1.25 * stable'],
    [
      'error-rate > 1.25 stable',
      19,
      'between the factor and stable a * is missing',
      'write it like error-rate > 1.25 * stable',
    ],
    ['latency.p95 > 1.3 *', 20, 'after * stable or baseline is missing', 'write it like latency.p95 > 1.3 * stable'],
    ['error-rate > 2 * old', 18, 'after * stable or baseline is missing', 'write it like error-rate > 2 * stable'],
    ['error-rate > * stable', 14, 'before * a factor is missing', 'write it like error-rate > 1.25 * stable'],
    ['error-rate > 5% * stable', 14, '"5%" is not a factor', 'write a number without a unit: 1.25 * stable'],
    ['error-rate > 125% * stable', 14, '"125%" is not a factor', 'write a number without a unit: 1.25 * stable'],
    [
      'availability < 99.9% * baseline',
      16,
      '"99.9%" is not a factor',
      'write a number without a unit: 0.999 * baseline',
    ],
    ['error-rate > -2 * stable', 14, '"-2" is not a factor', 'write a number without a unit: 1.25 * stable'],
    ['error-rate > 0.9 * stable', 14, '0.9 * stable would take back a version that is as good', 'write at least 1'],
    ['latency.p95 > 0 * baseline', 15, '0 * baseline would take back a version that is as good', 'write at least 1'],
    [
      'error-rate > 101 * stable',
      14,
      '101 * stable is hardly ever crossed',
      'write a factor from 1 to 100, or an absolute bound',
    ],
    ['availability < 1.01 * stable', 16, '1.01 * stable would take back a version that is as good', 'write at most 1'],
    [
      'availability < 0.49 * stable',
      16,
      '0.49 * stable would let half of all requests fail',
      'write a factor from 0.5 to 1, like 0.999',
    ],
    ['error-rate < 1.25 * stable', 12, 'error-rate < holds while all is well', /write error-rate >$/],
    ['availability > stable', 14, 'availability > holds while all is well', /write availability <$/],
    [
      'error-rate >= 2 * stable',
      12,
      'a comparison with another version has no bound that can be hit exactly',
      'write >, like error-rate > 1.25 * stable',
    ],
    [
      'burn-rate > 2 * stable',
      1,
      "burn-rate can't be compared with another version",
      /write a number: burn-rate > 14.4$/,
    ],
    ['restarts > baseline', 1, "restarts can't be compared with another version", /write a number: restarts > 2$/],
  ] as const)('%j', (text, at, what, remedy) => {
    expect(read(text)).toEqual({
      at,
      what,
      remedy: typeof remedy === 'string' ? remedy : expect.stringMatching(remedy),
    })
  })
})
