import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseErrors, parseSelector } from '../../src/config/selector.ts'
import { matcherText } from '../../src/core/matchers.ts'

describe('a selector', () => {
  it.each([
    ['up', { name: 'up', matchers: [] }],
    [' job:requests:total {} ', { name: 'job:requests:total', matchers: [] }],
    [
      'http_requests_total{namespace="web", code=~"5..",}',
      {
        name: 'http_requests_total',
        matchers: [
          { label: 'namespace', op: '=', value: 'web' },
          { label: 'code', op: '=~', value: '5..' },
        ],
      },
    ],
    [
      `a{x!='it"s \\'', y!~\`\\d+\`}`,
      {
        name: 'a',
        matchers: [
          { label: 'x', op: '!=', value: `it"s '` },
          { label: 'y', op: '!~', value: '\\d+' },
        ],
      },
    ],
  ])('%s is understood', (text, selector) => {
    expect(parseSelector(text)).toEqual(selector)
  })

  it.each([
    ['', 1, 'no metric is named'],
    ['  {code="500"}', 3, 'no metric is named'],
    ['rate(a[5m])', 5, 'rate(…) is an expression'],
    ['a[5m]', 2, 'a range has no place here'],
    ['a{x="1"}[5m]', 9, 'a range has no place here'],
    ['a b', 3, '"b" is too much'],
    ['a{x="1"', 8, 'a } is missing'],
    ['a{x="1" y="2"}', 9, '"y" is not expected here'],
    ['a{="1"}', 3, 'the name of a label is missing'],
    ['a{x}', 4, 'after x a comparison is missing'],
    ['a{x=="1"}', 4, '== compares numbers, not labels'],
    ['a{x=1}', 5, 'the value is not in quotes'],
    ['a{x="1}', 5, 'the quotes are not closed'],
    ['a{x=~"("}', 6, '"(" is not a regular expression'],
    ['a{x=~"(?!5).*"}', 6, 'Prometheus has no lookaround in regular expressions'],
  ])('%s is refused at character %i: %s', (text, at, what) => {
    expect(parseSelector(text)).toMatchObject({ at, what })
  })

  it('is read as it was written, whatever its values are', () => {
    const matcher = fc.record({
      label: fc.stringMatching(/^[a-z_][a-z0-9_]{0,5}$/),
      op: fc.constantFrom<'=' | '!='>('=', '!='),
      value: fc.string().filter((text) => JSON.stringify(text).match(/\\u|\\[bf]/) === null),
    })
    fc.assert(
      fc.property(fc.array(matcher), (matchers) => {
        expect(parseSelector(`x{${matchers.map(matcherText).join(',')}}`)).toEqual({ name: 'x', matchers })
      }),
    )
  })
})

describe('which requests failed', () => {
  it.each([
    ['code=~"5.."', { matchers: [{ label: 'code', op: '=~', value: '5..' }] }],
    ['{ code!="200" }', { matchers: [{ label: 'code', op: '!=', value: '200' }] }],
    ['http_errors_total', { name: 'http_errors_total', matchers: [] }],
    [
      'http_errors_total{grave="yes"}',
      { name: 'http_errors_total', matchers: [{ label: 'grave', op: '=', value: 'yes' }] },
    ],
  ])('%s is understood', (text, read) => {
    expect(parseErrors(text)).toEqual(read)
  })

  it.each([
    ['code=~5..', 7, 'the value is not in quotes'],
    ['code="500" or code="501"', 12, '"o" is not expected here'],
    ['{code="500"', 12, 'a } is missing'],
  ])('%s is refused at character %i: %s', (text, at, what) => {
    expect(parseErrors(text)).toMatchObject({ at, what })
  })
})
