import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { Batches, Duration, Percent, Timeout, Weights } from '../../src/core/options.ts'
import { asWritten, durationText } from '../../src/config/written.ts'

const saidOf = (schema: z.ZodType, input: unknown): string | undefined =>
  schema.safeParse(input).error?.issues[0]?.message

describe('a duration', () => {
  it.each([
    ['0s', 0],
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1m500ms', 60_500],
  ])('reads %s as %i ms', (text, millis) => {
    expect(Duration.parse(text)).toBe(millis)
  })

  it('written by us reads as itself', () => {
    fc.assert(fc.property(fc.nat(300 * 24 * 3_600_000), (span) => Duration.parse(durationText(span)) === span))
  })

  it.each<[unknown, string]>([
    [5, '5 is not a duration\nadd a unit: 5s, 5m or 5h'],
    ['5', '"5" is not a duration\nadd a unit: 5s, 5m or 5h'],
    ...['-5m', '', 'm', '5 m', '5min', '5m1h', '1.5h', '5m5m', '9999999d', 'soon'].map((text): [string, string] => [
      text,
      `"${text}" is not a duration\nwrite it like 90s, 5m, 1h30m or 0s: whole numbers with d, h, m, s or ms, at most a year`,
    ]),
    [
      null,
      'nothing is not a duration\nwrite it like 90s, 5m, 1h30m or 0s: whole numbers with d, h, m, s or ms, at most a year',
    ],
    [
      '366d',
      '"366d" is not a duration\nwrite it like 90s, 5m, 1h30m or 0s: whole numbers with d, h, m, s or ms, at most a year',
    ],
  ])('refuses %o', (input, message) => {
    expect(saidOf(Duration, input)).toBe(message)
  })

  it('that is a deadline cannot be under a second', () => {
    expect(saidOf(Timeout, '999ms')).toBe('"999ms" is too short\nwrite at least 1s')
    expect(Timeout.parse('1s')).toBe(1000)
  })
})

describe('a percentage', () => {
  it('is the same with and without its sign', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (n) => Percent.parse(n) === n && Percent.parse(`${n}%`) === n),
    )
  })

  it.each([0, 101, 12.5, -5, Number.NaN, '0%', '101%', '12.5%', '25', 'x', true, null, [25]])('refuses %o', (input) => {
    expect(saidOf(Percent, input)).toMatch(
      / is not a percentage from 1 to 100\nwrite a whole percentage from 1 to 100, like 25 or 25%$/,
    )
  })
})

describe('weights', () => {
  it('may pause anywhere and end at 100', () => {
    expect(Weights.parse(['pause', 1, '5%', 'pause', 100])).toEqual(['pause', 1, 5, 'pause', 100])
  })

  it.each([
    [[], 'there is no weight\nwrite at least one, like [5, 25, 50]'],
    [['pause'], 'there is no weight\nwrite at least one, like [5, 25, 50]'],
    [[25, 5], '5 after 25 does not rise\nwrite them in rising order, each once, like [5, 25, 50]'],
    [[5, 'pause', 5], '5 after 5 does not rise\nwrite them in rising order, each once, like [5, 25, 50]'],
    [25, '25 is not a list of weights\nwrite a list: [5, 25, 50]'],
    [['stop'], '"stop" is not a weight\nwrite whole percentages from 1 to 100, or pause: [5, 25, pause, 50]'],
  ])('refuse %o', (input, message) => {
    expect(saidOf(Weights, input)).toBe(message)
  })
})

describe('batches', () => {
  it('are percentages', () => {
    expect(Batches.parse(['25%', '50%', '100%'])).toEqual([25, 50, 100])
  })

  it.each([
    [[25, '50%'], '25 has no unit: pods or percent?\nwrite 25%; batches are percentages of the replicas'],
    [['0%'], '"0%" is not a batch\nwrite percentages that rise: [25%, 50%, 100%]'],
    [['50%', '25%'], '25 after 50 does not rise\nwrite them in rising order, each once, like [25%, 50%, 100%]'],
    [[], 'there is no batch\nwrite at least one, like [25%, 50%, 100%]'],
  ])('refuse %o', (input, message) => {
    expect(saidOf(Batches, input)).toBe(message)
  })
})

it('a value is shown as one would write it', () => {
  expect(asWritten(Duration, 300_000)).toBe('5m')
  expect(asWritten(Batches, [25, 100])).toEqual(['25%', '100%'])
  expect(asWritten(Weights, [5, 'pause'])).toEqual([5, 'pause'])
  expect(asWritten(Percent, 25)).toBe(25)
})
