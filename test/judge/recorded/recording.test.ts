import { describe, expect, it } from 'vitest'
import { DeployError } from '../../../src/core/errors.ts'
import { minute, second } from '../../../src/core/time.ts'
import { linesOf } from '../../../src/judge/recorded/lines.ts'
import { openRecording } from '../../../src/judge/recorded/recording.ts'
import { good, recorded, text } from './builders.ts'

async function* pieces(...all: readonly string[]): AsyncGenerator<string> {
  for (const piece of all) yield piece
}

async function gathered<T>(all: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = []
  for await (const one of all) values.push(one)
  return values
}

const read = async (lines: readonly string[], unit?: string) => {
  const { polls, ...rest } = await openRecording('samples.ndjson', pieces(lines.join('\n')), unit)
  return { ...rest, polls: await gathered(polls) }
}

const failure = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof DeployError)) throw new Error('it did not fail', { cause: error })
  expect(error).toMatchObject({ code: 'bad-samples', exit: 'usage' })
  return error.what
}

const header = '{"v":1}'
const line = (t: number, requests: number, bad = 0, stable = requests * 19, more = '') =>
  `{"t":${t},"canary":{"requests":${requests},"bad":${bad}},"stable":{"requests":${stable},"bad":0}${more}}`

describe('a recording', () => {
  it('is read as it is documented', async () => {
    const { batch, baseline, endsStage, polls } = await read([
      '{"v":1,"weight":0.05,"poll":5,"scrape":15,"baseline":{"seconds":600,"requests":60022,"bad":61,"phi":1,"slowPhi":{"0.1":5.5},"scrape":15,"buckets":{"0.1":50100,"0.25":58000,"+Inf":60022}},"end":"stage"}',
      '{"t":5,"canary":{"requests":26,"bad":0,"buckets":{"0.1":20,"0.25":25,"+Inf":26}},"stable":{"requests":474,"bad":1,"buckets":{"0.1":400,"0.25":470,"+Inf":474}}}',
      '{"t":10,"canary":null,"stable":{"requests":950,"bad":1,"buckets":{"0.1":800,"0.25":940,"+Inf":950}}}',
    ])
    expect({ batch, endsStage }).toEqual({ batch: 15 * second, endsStage: true })
    expect(baseline).toEqual({
      over: 10 * minute,
      counts: {
        requests: 60_022,
        bad: 61,
        buckets: new Map([
          [100, 50_100],
          [250, 58_000],
          [Number.POSITIVE_INFINITY, 60_022],
        ]),
      },
      overdispersion: 1,
      slowOverdispersion: new Map([[100, 5.5]]),
      scrape: 15 * second,
    })
    expect(polls[0]).toMatchObject({ at: 5 * second, weight: 0.05, stage: null, down: false, notes: [] })
    expect(polls.map(({ fresh, stable }) => [fresh?.requests, stable?.requests])).toEqual([
      [26, 474],
      [undefined, 476],
    ])
    expect(polls[1]?.stable?.buckets.get(250)).toBe(470)
  })

  it('may say nothing but its version', async () => {
    const { batch, baseline, endsStage, polls } = await read([header, line(5, 10)])
    expect({ batch, baseline, endsStage }).toEqual({ batch: null, baseline: null, endsStage: false })
    expect(polls[0]?.weight).toBeNull()
  })

  it('has batches as long as a poll where that is longer than a scrape, and knows no phi that is not there', async () => {
    const { batch, baseline } = await read([
      '{"v":1,"poll":30,"scrape":15,"baseline":{"seconds":60,"requests":10,"bad":0}}',
    ])
    expect([batch, baseline]).toMatchObject([
      30 * second,
      { overdispersion: null, slowOverdispersion: new Map(), scrape: null },
    ])
  })

  it('is that of a run, too', async () => {
    const side = (requests: number) => `{"pods":1,"ready":1,"requests":${requests},"bad":0}`
    const { polls } = await read([
      '{"v":1,"run":"r7f3","plan":"f00d","began":1700000000000}',
      `{"t":10,"unit":"web@one","stage":"weight-25","weight":0.25,"new":${side(10)},"stable":${side(30)}}`,
      `{"t":20,"unit":"web@one","stage":"weight-50","weight":0.5,"new":${side(10)},"stable":${side(30)},"down":"connection refused"}`,
      `{"t":30,"unit":"web@one","stage":null,"weight":0.5,"new":${side(25)},"stable":{"pods":1,"ready":1}}`,
    ])
    expect(
      polls.map(({ weight, stage, fresh, stable, down }) => [weight, stage, fresh?.requests, stable?.requests, down]),
    ).toEqual([
      [0.25, 'weight-25', 10, 30, false],
      [0.5, 'weight-50', undefined, undefined, true],
      [0.5, null, 15, undefined, false],
    ])
  })

  it.each([
    '{"baseline":{"seconds":60,"requests":100,"bad":1},"unit":"a"}',
    ' { "baseline": {"seconds":60,"requests":100,"bad":1}, "unit": "a" }',
    '  {  "baseline":{"seconds":60,"requests":100,"bad":1},"unit":"a"}',
  ])('of a run may say between its samples what stable did before, with the next of them: %s', async (said) => {
    const { polls } = await read([header, line(5, 10), said, line(10, 20), line(15, 30)], 'a')
    expect(polls.map(({ baseline }) => baseline?.counts)).toEqual([
      undefined,
      { requests: 100, bad: 1, buckets: new Map() },
      undefined,
    ])
  })

  it('of several units is read for one of them', async () => {
    const of = (unit: string, t: number, requests: number) => line(t, requests, 0, 0, `,"unit":"${unit}"`)
    const lines = [header, of('a', 5, 10), of('b', 5, 1000), of('a', 10, 15)]
    expect((await read(lines, 'a')).polls.map(({ fresh }) => fresh?.requests)).toEqual([10, 5])
    expect((await read(lines, 'b')).polls.map(({ fresh }) => fresh?.requests)).toEqual([1000])
    expect(await failure(read(lines))).toBe('samples.ndjson:3: samples of b beside those of a')
  })

  it('comes in any pieces', async () => {
    const all = [header, line(5, 10), '', line(10, 30)].join('\r\n')
    const whole = await gathered((await openRecording('x', pieces(all))).polls)
    const chars = await gathered((await openRecording('x', pieces(...all.split(/(?=.)/su)))).polls)
    expect(whole.map(({ fresh }) => fresh?.requests)).toEqual([10, 20])
    expect(chars).toEqual(whole)
  })

  it.each([
    ['nothing', [''], ':1: nothing is recorded'],
    ['no header', [line(5, 10)], ':1: v: a recording of version 1 begins with {"v":1,…}'],
    ['another version', ['{"v":2}'], ':1: v: a recording of version 1'],
    ['a weight beyond 1', ['{"v":1,"weight":5}'], ':1: weight: '],
    ['no weight', ['{"v":1,"weight":0}'], ':1: weight: '],
    ['a poll of no length', ['{"v":1,"poll":0}'], ':1: poll: '],
    ['a scrape of no length', ['{"v":1,"scrape":-1}'], ':1: scrape: '],
    ['another end', ['{"v":1,"end":"never"}'], ':1: end: '],
    ['a baseline of no time', ['{"v":1,"baseline":{"seconds":0,"requests":1,"bad":0}}'], ':1: baseline.seconds: '],
    ['an impossible baseline', ['{"v":1,"baseline":{"seconds":9,"requests":1,"bad":2}}'], ':1: baseline: more bad'],
    ['less than no dispersion', ['{"v":1,"baseline":{"seconds":9,"requests":1,"bad":0,"phi":0.5}}'], 'baseline.phi: '],
    [
      'a baseline whose buckets fall',
      ['{"v":1,"baseline":{"seconds":9,"requests":9,"bad":0,"buckets":{"0.1":8,"0.25":7,"+Inf":9}}}'],
      ':1: baseline.buckets: each bucket holds all of the one before it, up to +Inf',
    ],
    [
      'a baseline of a run whose buckets have no end',
      [header, '{"baseline":{"seconds":9,"requests":9,"bad":0,"buckets":{"0.1":8}},"t":5}'],
      ':2: baseline.buckets: each bucket holds',
    ],
    ['half a line', [header, line(5, 10), line(10, 20).slice(0, -3)], ':3: no JSON'],
    ['NaN', [header, line(5, Number.NaN)], ':2: no JSON (NaN and Infinity are none, either)'],
    ['more than a number can hold', [header, line(5, 10).replace('10,', '1e999,')], ':2: canary.requests: '],
    ['more than is counted by ones', [header, line(5, 1e16)], ':2: canary.requests: '],
    ['a time beyond all', [header, line(1e10, 1)], ':2: t: '],
    ['a time before the beginning', [header, line(-1, 1)], ':2: t: '],
    ['a negative count', [header, line(5, -1)], ':2: canary.requests: '],
    ['a count in quotes', [header, line(5, 10).replace('10,', '"10",')], ':2: canary.requests: '],
    ['more bad requests than requests', [header, line(5, 10, 11)], ':2: canary: more bad requests than requests'],
    ['requests alone', [header, '{"t":5,"canary":{"requests":5},"stable":null}'], ':2: canary: requests and bad come'],
    ['no time', [header, '{"canary":null,"stable":null}'], ':2: t: '],
    [
      'a bound that is none',
      [header, '{"t":5,"canary":{"requests":1,"bad":0,"buckets":{"fast":1}}}'],
      ':2: canary.buckets.fast',
    ],
    ...['0', ' ', 'Infinity', '1e999'].map((le): [string, string[], string] => [
      `a bound of "${le}"`,
      [header, `{"t":5,"canary":{"requests":1,"bad":0,"buckets":{"${le}":1}}}`],
      `:2: canary.buckets.${le}: `,
    ]),
    ['a bound of nothing', [header, '{"t":5,"canary":{"requests":1,"bad":0,"buckets":{"":1}}}'], ':2: canary.buckets'],
    [
      'a bound below zero',
      [header, '{"t":5,"canary":{"requests":1,"bad":0,"buckets":{"-1":1}}}'],
      ':2: canary.buckets',
    ],
    ['a clock that goes backwards', [header, line(5, 10), line(4, 20)], ':3: t is 4 after 5: the clock went backwards'],
    ['a clock that stands still', [header, line(5, 10), '', line(5, 20)], ':4: t is 5 after 5'],
    ['a list', [header, '[]'], ':2: '],
    [
      'an unknown side',
      [header, line(5, 10).replace('canary', 'canery')],
      ':2: unknown key "canery"; known here: t, canary, new, stable, unit, stage, weight, down',
    ],
    ['an unknown key of the header', ['{"v":1,"ned":"stage"}'], ':1: unknown key "ned"; known here: v, weight, poll,'],
    [
      'an unknown count',
      [header, '{"t":5,"canary":{"requests":5,"bad":0,"ok":5}}'],
      ':2: canary: unknown key "ok"; known here: requests, bad, buckets, pods, ready',
    ],
    [
      'an unknown key of a baseline',
      ['{"v":1,"baseline":{"seconds":9,"requests":1,"bad":0,"p":1}}'],
      'baseline: unknown',
    ],
    ['a baseline elsewhere', [header, '{"t":5,"more":{"baseline":{}},"canary":null}'], ':2: unknown key "more"'],
  ])('with %s is refused with its line', async (_, lines, what) => {
    expect(await failure(read(lines))).toContain(what)
  })

  it('with a line of 10 MB is refused before it is held', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<string> {
      yield `${header}\n{"t":5,"canary":`
      for (; given < 1000; given += 1) yield 'x'.repeat(1 << 16)
    }
    const { polls } = await openRecording('big', endless())
    expect(await failure(gathered(polls))).toBe('big:2: a line of more than 1048576 characters')
    expect(given).toBeLessThan(20)
    expect(await failure(gathered(linesOf('big', pieces(`${'x'.repeat(1.1e6)}\n`))))).toContain('big:1: ')
    expect(await gathered(linesOf('big', pieces(`${'x'.repeat(1 << 20)}\ny`)))).toHaveLength(2)
  })

  it('says with the line what is no data', async () => {
    const { polls } = await read([header, line(5, 100, 5), line(10, 90, 6, 2000)])
    expect(polls[1]).toMatchObject({ fresh: null, stable: { requests: 100 } })
    expect(polls[1]?.notes[0]).toBe('line 3, canary: no data: requests went down and failed requests did not')
  })
})

describe('recordings of these tests', () => {
  it('are read without a note', async () => {
    const { polls } = await openRecording('good', pieces(text(recorded(good, minute))))
    expect((await gathered(polls)).flatMap(({ notes }) => notes)).toEqual([])
  })
})
