import { describe, expect, it } from 'vitest'
import { readerOf } from '../../../src/adapters/metrics/exposition.ts'
import { familiesOf, seriesIn, type Wanted } from '../../../src/adapters/metrics/families.ts'
import type { Matcher } from '../../../src/core/metrics.ts'

const code: Matcher = { label: 'code', op: '=~', value: '5..' }
const named = (name: string, ...matchers: Matcher[]) => ({ name, matchers })
const plain: Wanted = { requests: named('a_total'), errors: { matchers: [code] } }

const read = (lines: readonly string[], wanted: Wanted = plain) => {
  const families = familiesOf(wanted)
  const reader = readerOf(new Set(families.map(({ selector }) => selector.name)))
  reader.feed(Buffer.from(lines.join('\n')))
  return seriesIn(reader.end(), { pod: 'web-1', at: 5, families })
}

describe('series of a page', () => {
  it('count requests, and those that failed as both', () => {
    expect(read(['a_total{code="200"} 7', 'a_total{code="503"} 2'])).toEqual([
      { pod: 'web-1', id: 'a_total{code="200"}', counted: 'requests', samples: [[5, 7]] },
      { pod: 'web-1', id: 'a_total{code="503"}', counted: 'both', samples: [[5, 2]] },
    ])
  })

  it('count errors by a counter of its own', () => {
    const wanted = { ...plain, errors: { selector: named('e_total', { label: 'grave', op: '=', value: 'yes' }) } }
    expect(read(['a_total 7', 'e_total{grave="yes"} 2', 'e_total{grave="no"} 9'], wanted)).toMatchObject([
      { counted: 'requests', samples: [[5, 7]] },
      { id: 'e_total{grave="yes"}', counted: 'errors', samples: [[5, 2]] },
    ])
  })

  it('count requests up to a bound, in milliseconds', () => {
    const wanted = { ...plain, latency: { selector: named('t_seconds'), unit: 1000 } }
    const lines = ['# TYPE t_seconds histogram', 't_seconds_bucket{le="0.3"} 4', 't_seconds_bucket{le="+Inf"} 6']
    expect(read(lines, wanted)).toMatchObject([{ counted: { le: 300 } }, { counted: { le: Infinity } }])
  })

  it('are narrowed by the labels that are asked for', () => {
    const wanted = { ...plain, requests: named('a_total', { label: 'path', op: '!=', value: '/metrics' }) }
    expect(read(['a_total{path="/metrics"} 7', 'a_total{path="/"} 2'], wanted)).toMatchObject([{ samples: [[5, 2]] }])
  })

  it('have the same id whatever the order of labels', () => {
    expect(read(['a_total{b="1",a="2"} 1'])).toMatchObject([{ id: 'a_total{a="2",b="1"}' }])
  })

  it('may be none yet', () => {
    expect(read(['# TYPE a_total counter'])).toEqual([])
  })
})

describe('a line that may have counted errors is never left out', () => {
  const narrowed = { ...plain, requests: named('a_total', { label: 'path', op: '!=', value: '/metrics' }) }
  const own = { ...plain, errors: { selector: named('e_total') } }
  const latency = { ...plain, latency: { selector: named('t_seconds'), unit: 1000 } }
  it.each<[string, string, Wanted]>([
    ['a_total{code="500" 990', 'line 2 can\'t be read: a_total{code="500" 990', plain],
    ['a_total{code="500"} 99O', 'line 2 can\'t be read: a_total{code="500"} 99O', plain],
    ['a_total{path="/metrics" 7', 'line 2 can\'t be read: a_total{path="/metrics" 7', narrowed],
    ['e_total', "line 2 can't be read: e_total", own],
    ['a_total{x="\u001B[2J" 1', 'line 2 can\'t be read: a_total{x="\\x1b[2J" 1', plain],
    ['a_total{code="500"} NaN', 'line 2: a_total is NaN, a counter is a number of 0 or more', plain],
    ['a_total{code="500"} +Inf', 'line 2: a_total is Infinity, a counter is a number of 0 or more', plain],
    ['a_total{code="500"} -3', 'line 2: a_total is -3, a counter is a number of 0 or more', plain],
    ['e_total NaN', 'line 2: e_total is NaN, a counter is a number of 0 or more', own],
    ['t_seconds_bucket{le="1"} NaN', 'line 2: t_seconds_bucket is NaN, a counter is a number of 0 or more', latency],
    ['t_seconds_bucket{le="1s"} 4', 'line 2: t_seconds_bucket has le="1s", which is no number', latency],
    ['t_seconds_bucket 4', 'line 2: t_seconds_bucket has le="", which is no number', latency],
  ])('%s', (line, why, wanted) => {
    expect(read(['a_total{code="200"} 10', line], wanted)).toEqual({ why })
  })

  it('a long one is cut', () => {
    const page = read([`a_total{x="${'y'.repeat(5000)}" 1`])
    expect('why' in page ? page.why.length : 0).toBeLessThan(150)
  })

  it.each([
    ['of a series that is not asked for, NaN', 'a_total{path="/metrics"} NaN'],
    ['of a series that is not asked for, no number', 'a_total{path="/metrics"} one'],
    ['of another metric', 'b_total{path="/" 7'],
    ['of another metric, NaN', 'a_total_seconds NaN'],
  ])('but one %s spoils nothing', (_, line) => {
    expect(read(['a_total{path="/"} 2', line], narrowed)).toMatchObject([{ samples: [[5, 2]] }])
  })
})

describe('a series that a page says twice', () => {
  const latency = { ...plain, latency: { selector: named('t_seconds'), unit: 1000 } }
  it.each<[string, readonly string[], string]>([
    [
      'is of nobody knows which registry',
      ['a_total{code="200",x="1"} 1000', 'a_total{code="500"} 1', 'a_total{x="1",code="200"} 7'],
      'line 3: says a_total{code="200",x="1"} twice: let only one registry say it',
    ],
    [
      'with the same value, too',
      ['a_total 7', 'a_total 7'],
      'line 2: says a_total{} twice: let only one registry say it',
    ],
    [
      'may write its bound in another way',
      ['t_seconds_bucket{le="1"} 4', 't_seconds_bucket{le="+Inf"} 4', 't_seconds_bucket{le="1.0"} 9'],
      'line 3: says t_seconds_bucket{le="1.0"} twice: let only one registry say it',
    ],
  ])('%s', (_, lines, why) => {
    expect(read(lines, latency)).toEqual({ why })
  })

  it('is cut and made safe where it is shown', () => {
    const line = `a_total{x="\u001B[2J${'y'.repeat(5000)}"} 1`
    const page = read([line, line])
    expect('why' in page ? page.why : '').toMatch(
      /^line 2: says a_total\{x="\\.{1,120} twice: let only one registry say it$/,
    )
  })

  it('spoils nothing where it is not asked for', () => {
    const narrowed = { ...plain, requests: named('a_total', { label: 'path', op: '!=', value: '/metrics' }) }
    const lines = ['a_total{path="/metrics"} 7', 'a_total{path="/metrics"} 9', 'a_total{path="/"} 2']
    expect(read(lines, narrowed)).toMatchObject([{ samples: [[5, 2]] }])
  })
})

describe('histograms of one page', () => {
  const wanted: Wanted = { ...plain, latency: { selector: named('t_seconds'), unit: 1000 } }
  const histogram = (labels: string, ...bounds: readonly string[]): string[] =>
    bounds.map((le) => `t_seconds_bucket{${labels}le="${le}"} 4`)
  const slow = histogram('code="200",route="/a",', '0.1', '0.25', '+Inf')

  it('with different buckets can not be added up', () => {
    const why =
      't_seconds has different buckets in one page ({route="/a"}, {route="/b"}): name one of them with labels in latency'
    expect(read([...slow, ...histogram('code="200",route="/b",', '0.05', '1', '+Inf')], wanted)).toEqual({ why })
    expect(read([...slow, ...histogram('code="200",route="/b",', '0.1', '+Inf')], wanted)).toEqual({ why })
    expect(
      read(
        [...histogram('code="200",route="/a",', '0.1', '+Inf'), ...slow.map((line) => line.replace('/a', '/b'))],
        wanted,
      ),
    ).toEqual({ why })
  })

  it('are told apart by labels that one of them lacks', () => {
    expect(read([...slow, ...histogram('code="200",', '1', '+Inf')], wanted)).toMatchObject({
      why: expect.stringContaining('({route="/a"}, {route=""})') as string,
    })
  })

  it('with the same buckets can, however they are written and ordered', () => {
    const lines = ['+Inf', '1e-1', '0.250'].map((le) => `t_seconds_bucket{route="/b",le="${le}",code="200"} 4`)
    expect(read([...slow, ...lines], wanted)).toHaveLength(6)
  })

  it('are only those that are asked for', () => {
    const selector = named('t_seconds', { label: 'route', op: '=', value: '/a' })
    const lines = [...slow, ...histogram('route="/b",', '0.05', '1', '+Inf')]
    expect(read(lines, { ...wanted, latency: { selector, unit: 1000 } })).toHaveLength(3)
  })
})

describe('a metric of another type is refused by name', () => {
  const latency = { ...plain, latency: { selector: named('t_seconds'), unit: 1000 } }
  it.each([
    ['# TYPE a_total gauge', plain, 'a_total is a gauge, requests needs a counter'],
    ['# TYPE a_total untyped', plain, 'a_total is of no type, requests needs a counter'],
    ['# TYPE a_total histogram', plain, 'a_total is a histogram, requests needs a counter: use a_total_count'],
    ['# TYPE e gauge', { ...plain, errors: { selector: named('e') } }, 'e is a gauge, errors needs a counter'],
    ['# TYPE t_seconds summary', latency, 't_seconds is a summary, and quantiles of several pods can not be added up'],
    ['# TYPE t_seconds gauge', latency, 't_seconds is a gauge, latency needs a histogram'],
    ['# TYPE t_seconds histogram\nt_seconds_bucket{le="+Inf"} 3', latency, 't_seconds has no classic buckets'],
  ] as const)('%s', (text, wanted, why) => {
    expect(read(text.split('\n'), wanted)).toMatchObject({ why: expect.stringContaining(why) as string })
  })

  it.each([
    ['the count of a histogram', '# TYPE t histogram', 't_count'],
    ['the count of a summary', '# TYPE t summary', 't_count'],
    ['a counter as OpenMetrics names it', '# TYPE t counter', 't_total'],
    ['what has no type', '', 't_total'],
  ])('but not %s', (_, type, name) => {
    expect(read([type, `${name} 3`], { ...plain, requests: named(name) })).toMatchObject([{ samples: [[5, 3]] }])
  })

  it('a label that only Prometheus adds is said, not silently never found', () => {
    const wanted = { ...plain, requests: named('a_total', { label: 'namespace', op: '=', value: 'web' }) }
    expect(read(['a_total{code="200"} 7'], wanted)).toEqual({
      why: 'no a_total there has a label namespace: Prometheus may add it, pods do not; remove namespace="web"',
    })
  })
})
