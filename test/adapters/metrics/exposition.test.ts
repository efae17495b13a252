import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readerOf, type Sample } from '../../../src/adapters/metrics/exposition.ts'

const read = (text: string, ...wanted: string[]) => {
  const reader = readerOf(new Set(wanted))
  reader.feed(Buffer.from(text))
  return reader.end()
}
const samples = (text: string, ...wanted: string[]): readonly Omit<Sample, 'line'>[] =>
  read(text, ...wanted).samples.map(({ name, labels, value }) => ({ name, labels, value }))

describe('the text format', () => {
  it('is read for the metrics that are wanted, and no others', () => {
    const text = `# HELP a_total Requests.
# TYPE a_total counter
a_total{code="200"} 7
a_total 1
a_total_more 3
b_total 4
`
    expect(samples(text, 'a_total')).toEqual([
      { name: 'a_total', labels: { code: '200' }, value: 7 },
      { name: 'a_total', labels: {}, value: 1 },
    ])
  })

  it.each([
    ['a{x="say \\"hi\\""} 1', { x: 'say "hi"' }],
    ['a{x="C:\\\\n"} 1', { x: 'C:\\n' }],
    ['a{x="two\\nlines"} 1', { x: 'two\nlines' }],
    ['a{x="}",y="a,b=c"} 1', { x: '}', y: 'a,b=c' }],
    ['a{ x = "1" , y="2", } 1', { x: '1', y: '2' }],
    ['a{} 1', {}],
    ['a{x="é"} 1', { x: 'é' }],
  ])('labels: %s', (line, labels) => {
    expect(samples(line, 'a')).toEqual([{ name: 'a', labels, value: 1 }])
  })

  it.each([
    ['a 1e3', 1000],
    ['a +Inf', Infinity],
    ['a -Inf', -Infinity],
    ['a NaN', Number.NaN],
    ['a 0.5 1700000000000', 0.5],
    ['a{x="1"} 12 # {trace_id="b"} 0.4 1700000000', 12],
    ['a\t3', 3],
    ['a 3\r', 3],
    ['  a 3', 3],
    ['a 3 1700000000.5 # {} 1', 3],
  ])('values: %s', (line, value) => {
    expect(samples(line, 'a').map((sample) => sample.value)).toEqual([value])
  })

  it.each(['a', 'a{', 'a{x="1"', 'a{x=1} 1', 'a{x="1} 1', 'a{x="1" 990', '\ta{'])(
    '%s is a line without labels',
    (line) => {
      expect(read(line, 'a')).toMatchObject({
        samples: [],
        unreadable: [{ name: 'a', labels: null, text: line.trim() }],
      })
    },
  )

  it.each(['a{x="1"}', 'a{x="1"} one', 'a{x="1"} 10 a{x="2"} 990', 'a{x="1"} 1e999'])(
    '%s is a line without a value',
    (line) => {
      expect(read(line, 'a')).toMatchObject({
        samples: [],
        unreadable: [{ name: 'a', labels: { x: '1' }, text: line }],
      })
    },
  )

  it.each(['{a="1"} 1', '', 'b{', 'b one', '# a', '#a{', ' # a'])('%s is nothing that is wanted', (line) => {
    expect(read(line, 'a')).toMatchObject({ samples: [], unreadable: [] })
  })

  it('says which line is which', () => {
    const page = read('# TYPE a counter\n\na 1\nb 2\na{\r\na 3', 'a')
    expect([page.samples, page.unreadable].map((of) => of.map(({ line }) => line))).toEqual([[3, 6], [5]])
  })

  it('says the types of metrics', () => {
    const { types } = read('# TYPE a counter\n# TYPE b histogram\n# HELP c x\n#TYPE d gauge\n# EOF', 'a')
    expect(Object.fromEntries(types)).toEqual({ a: 'counter', b: 'histogram' })
  })

  it('is the same however it is cut', () => {
    const text = '# TYPE é counter\né{naïve="日本"} 4\nb{x="1"} 2\n'
    const whole = read(text, 'é', 'b')
    fc.assert(
      fc.property(fc.array(fc.nat(Buffer.byteLength(text)), { maxLength: 6 }), (cuts) => {
        const reader = readerOf(new Set(['é', 'b']))
        const edges = [0, ...cuts.sort((a, b) => a - b), Buffer.byteLength(text)]
        for (const [index, edge] of edges.slice(1).entries())
          reader.feed(Buffer.from(text).subarray(edges[index], edge))
        expect(reader.end()).toEqual(whole)
      }),
    )
  })

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '{', '}', '"', '\\', '=', ',', ' ', '1', '\n', '#', 'é') }),
        (text) => {
          for (const { value } of samples(text, 'a')) expect(typeof value).toBe('number')
        },
      ),
    )
  })
})
