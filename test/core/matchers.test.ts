import { describe, expect, it } from 'vitest'
import { matcherOf } from '../../src/core/matchers.ts'

describe('a matcher is about the whole value of a label', () => {
  it.each([
    ['=', '500', '500', true],
    ['=', '500', '50', false],
    ['=', '', undefined, true],
    ['!=', '500', '200', true],
    ['!=', '500', undefined, true],
    ['!=', '', undefined, false],
    ['=~', '5..', '503', true],
    ['=~', '5..', '1503', false],
    ['=~', '4..|5..', '404', true],
    ['=~', '4..|5..', '4045', false],
    ['=~', '.*', undefined, true],
    ['=~', '.+', undefined, false],
    ['=~', '(?i)get', 'GET', true],
    ['=~', 'a.b', 'a\nb', true],
    ['!~', '5..', '503', false],
    ['!~', '5..', undefined, true],
  ] as const)('%s "%s" for %o: %o', (op, value, said, expected) => {
    const labels: Record<string, string> = said === undefined ? {} : { code: said }
    expect(matcherOf([{ label: 'code', op, value }])(labels)).toBe(expected)
  })

  it('and all of them hold together', () => {
    const both = matcherOf([
      { label: 'code', op: '=~', value: '5..' },
      { label: 'method', op: '=', value: 'GET' },
    ])
    expect([both({ code: '500', method: 'GET' }), both({ code: '500', method: 'PUT' })]).toEqual([true, false])
  })
})
