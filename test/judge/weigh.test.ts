import { describe, expect, it } from 'vitest'
import { minute, second } from '../../src/core/time.ts'
import { heard, noHistory } from '../../src/judge/history.ts'
import { boundOf, figureText, percentText, weigh } from '../../src/judge/weigh.ts'
import { pods, reading, rule, series, steady } from './builders.ts'

const errors = rule({ kind: 'error-rate' }, '>', 0.01, 5 * minute)
const at = (seconds: number) => ({ since: 0, now: seconds * second })

describe('a window that is not full', () => {
  it.each([
    { what: 'every request failing', requests: 10, bad: 10, seconds: 1, answer: 'crossed' },
    { what: 'nine failing requests', requests: 9, bad: 9, seconds: 1, answer: 'too-few' },
    { what: 'three bad ones of fifty', requests: 50, bad: 3, seconds: 1, answer: 'too-few' },
    { what: '5 % of a thousand', requests: 100, bad: 5, seconds: 10, answer: 'crossed' },
    { what: '2 % of four hundred', requests: 100, bad: 2, seconds: 4, answer: 'too-few' },
    { what: 'none bad of three hundred', requests: 100, bad: 0, seconds: 3, answer: 'clear' },
    { what: 'none bad of two hundred', requests: 100, bad: 0, seconds: 2, answer: 'too-few' },
    { what: 'no request', requests: 0, bad: 0, seconds: 3, answer: 'no-data' },
  ] as const)('is $answer by $what', ({ requests, bad, seconds, answer }) => {
    expect(weigh(errors, steady({ requests, bad, seconds }), 'new', at(seconds)).answer).toBe(answer)
  })
})

describe('a full window', () => {
  const short = { ...errors, over: 10 * second }
  it.each([
    { what: '1.2 % of a thousand', requests: 1000, bad: 12, seconds: 10, answer: 'crossed' },
    { what: 'exactly 1 %', requests: 1000, bad: 10, seconds: 10, answer: 'clear' },
    { what: '2 % of fewer than three hundred', requests: 25, bad: 0.5, seconds: 10, answer: 'too-few' },
  ] as const)('is $answer by $what', ({ requests, bad, seconds, answer }) => {
    expect(weigh(short, steady({ requests, bad, seconds }), 'new', at(seconds)).answer).toBe(answer)
  })

  it('is crossed by exactly 1 % where >= is written', () => {
    const history = steady({ requests: 1000, bad: 10, seconds: 10 })
    expect(weigh({ ...short, op: '>=' }, history, 'new', at(10)).answer).toBe('crossed')
  })

  it('forgets what is older than itself', () => {
    const calm = steady({ requests: 100, bad: 100, seconds: 5 })
    const later = heard(calm, reading(series('n', 'requests', [60, 5000])), pods({ n: 'new' }), 60 * second)
    expect(weigh(short, later, 'new', at(60)).answer).toBe('clear')
  })
})

describe('what is said of a window', () => {
  const short = { ...errors, over: 10 * second }
  const promised = rule({ kind: 'availability' }, '<', 0.99, 10 * second)
  const burning = rule({ kind: 'burn-rate', objective: 0.999 }, '>', 14.4, 10 * second)
  const history = steady({ requests: 1000, bad: 20, seconds: 10 })

  it.each([
    [short, 10, 0.02, 'errors 2 % of 10000 requests in 10 s'],
    [errors, 10, 0.02, 'errors 2 % of 10000 requests so far'],
    [short, 15, 0.02, 'errors 2 % of 5000 requests in 10 s'],
    [promised, 10, 0.98, 'availability 98 % of 10000 requests in 10 s'],
    [burning, 10, 20, 'burn rate 20.0 of 10000 requests in 10 s'],
  ])('is its figure, and on how much it rests: $text %# at %d s', (of, seconds, figure, because) => {
    const seen = weigh(of, history, 'new', at(seconds))
    expect(seen.figure).toBeCloseTo(figure, 9)
    expect(seen.because).toBe(because)
  })

  it('is that nothing was counted', () => {
    const empty = weigh(short, noHistory, 'new', at(10))
    expect(empty).toMatchObject({ figure: null, seen: 0, because: 'no requests were counted' })
    const slow = rule({ kind: 'latency', quantile: 0.95 }, '>', 250, 10 * second)
    expect(weigh(slow, history, 'new', at(10))).toMatchObject({ answer: 'no-data', figure: null })
  })

  it('is the quantile of a latency', () => {
    const slow = rule({ kind: 'latency', quantile: 0.9 }, '>', 250, 10 * second)
    const some = heard(
      noHistory,
      reading(
        series('n', 'requests', [10, 1000]),
        series('n', { le: 200 }, [10, 900]),
        series('n', { le: Number.POSITIVE_INFINITY }, [10, 1000]),
      ),
      pods({ n: 'new' }),
      10 * second,
    )
    expect(weigh(slow, some, 'new', at(10))).toMatchObject({
      figure: 200,
      because: 'p90 200 ms of 1000 requests in 10 s',
    })
  })
})

describe('what a rule allows', () => {
  it.each([
    [rule({ kind: 'error-rate' }, '>', 0.01, minute), 0.01],
    [rule({ kind: 'availability' }, '<', 0.75, minute), 0.25],
    [rule({ kind: 'burn-rate', objective: 0.75 }, '>', 2, minute), 0.5],
    [rule({ kind: 'burn-rate', objective: 0.75 }, '>', 14.4, minute), 1],
    [rule({ kind: 'latency', quantile: 0.75 }, '>', 300, minute), 0.25],
  ])('%o is %d', (of, bound) => {
    expect(boundOf(of)).toBe(bound)
  })
})

describe('an availability', () => {
  it('is the other side of an error rate', () => {
    const promised = rule({ kind: 'availability' }, '<', 0.99, 10 * second)
    const answers = [9, 10, 11].map(
      (bad) => weigh(promised, steady({ requests: 1000, bad, seconds: 10 }), 'new', at(10)).answer,
    )
    expect(answers).toEqual(['clear', 'clear', 'crossed'])
  })
})

describe('a burn rate', () => {
  const burning = rule({ kind: 'burn-rate', objective: 0.999 }, '>', 14.4, 50 * second)

  it('is crossed when its window and the last fifth of it are', () => {
    expect(weigh(burning, steady({ requests: 100, bad: 5, seconds: 50 }), 'new', at(50)).answer).toBe('crossed')
  })

  it('is clear again as soon as the last fifth is', () => {
    const burnt = steady({ requests: 100, bad: 5, seconds: 40 })
    const calm = heard(
      burnt,
      reading(series('n', 'requests', [41, 3895], [50, 8000]), series('n', 'both', [41, 200])),
      pods({ n: 'new' }),
      50 * second,
    )
    expect(weigh(burning, calm, 'new', at(51)).answer).toBe('clear')
  })
})

describe('a latency', () => {
  const slow = rule({ kind: 'latency', quantile: 0.95 }, '>', 250, 10 * second)
  const buckets = (within250: number) =>
    heard(
      noHistory,
      reading(series('n', { le: 250 }, [10, within250]), series('n', { le: Number.POSITIVE_INFINITY }, [10, 1000])),
      pods({ n: 'new' }),
      10 * second,
    )

  it('is crossed when more than its share took longer', () => {
    expect([960, 950, 940].map((n) => weigh(slow, buckets(n), 'new', at(10)).answer)).toEqual([
      'clear',
      'clear',
      'crossed',
    ])
  })
})

describe('a query of the user', () => {
  const queue = rule({ kind: 'query', name: 'queue' }, '>', 10, 20 * second)
  const values = (...all: readonly (readonly [number, number | null])[]) =>
    all.reduce(
      (history, [seconds, value]) =>
        heard(history, { ...reading(), values: new Map([['queue', value]]) }, pods({}), seconds * second),
      noHistory,
    )

  it.each([
    {
      what: 'every value of the window',
      all: [
        [5, 11],
        [15, 12],
        [25, 13],
      ],
      answer: 'crossed',
    },
    {
      what: 'all but one',
      all: [
        [5, 11],
        [15, 2],
        [25, 13],
      ],
      answer: 'clear',
    },
    {
      what: 'nothing but gaps',
      all: [
        [5, null],
        [25, null],
      ],
      answer: 'no-data',
    },
    {
      what: 'what is known beside a gap',
      all: [
        [5, 11],
        [15, null],
        [25, 13],
      ],
      answer: 'crossed',
    },
  ] as const)('is $answer by $what', ({ all, answer }) => {
    expect(weigh(queue, values(...all), 'new', at(25)).answer).toBe(answer)
  })

  it.each([
    { what: 'once of once allowed', all: [11, 2, 3], failureLimit: 1, answer: 'clear' },
    { what: 'twice, not in a row', all: [11, 2, 13], failureLimit: 1, answer: 'crossed' },
    { what: 'once of none allowed', all: [2, 13, 2], failureLimit: 0, answer: 'crossed' },
    { what: 'long ago', all: [11, 12, 2, 3, 4, 5], failureLimit: 1, answer: 'clear' },
    { what: 'gaps, which are no failures', all: [11, null, null, 2], failureLimit: 1, answer: 'clear' },
  ] as const)('with a limit of failures is $answer when it holds $what', ({ all, failureLimit, answer }) => {
    const polls = all.map((value, index) => [5 * (index + 1), value] as const)
    const now = at(5 * all.length)
    expect(weigh({ ...queue, failureLimit }, values(...polls), 'new', now).answer).toBe(answer)
  })

  it.each([
    ['>', 10, 'clear'],
    ['>', 11, 'crossed'],
    ['>=', 9, 'clear'],
    ['>=', 10, 'crossed'],
    ['<', 10, 'clear'],
    ['<', 9, 'crossed'],
    ['<=', 11, 'clear'],
    ['<=', 10, 'crossed'],
  ] as const)('is compared as it is written: %s 10 of %d is %s', (op, value, answer) => {
    expect(weigh({ ...queue, op }, values([10, value], [25, value]), 'new', at(25)).answer).toBe(answer)
  })

  it('forgets what is older than its window, and counts no value twice', () => {
    const seen = weigh(queue, values([4, 2], [5, 2], [15, 12], [25, 13]), 'new', at(25))
    expect(seen).toEqual({ answer: 'crossed', figure: 13, seen: 2, wanted: 1, because: 'queue 13 for 20 s' })
    expect(weigh(queue, values([10, 2], [25, 13]), 'new', { since: 10 * second, now: 25 * second }).seen).toBe(1)
  })

  it('is full when its whole length was watched', () => {
    expect([19, 20].map((now) => weigh(queue, values([15, 12]), 'new', at(now)).answer)).toEqual(['too-few', 'crossed'])
  })

  it('is no data when its last value is older than a minute', () => {
    const long = { ...queue, over: 10 * minute }
    expect([75, 76].map((now) => weigh(long, values([15, 2]), 'new', at(now)).answer)).toEqual(['clear', 'no-data'])
    expect(weigh(queue, noHistory, 'new', at(25))).toMatchObject({ answer: 'no-data', because: 'queue gives no data' })
  })

  it('is crossed by no window of which a minute or more is not known', () => {
    const long = { ...queue, over: 10 * minute }
    const polls = (known: (seconds: number) => boolean) =>
      values(...Array.from({ length: 61 }, (_, at) => [10 * at, known(10 * at) ? 12 : null] as const))
    const answer = (known: (seconds: number) => boolean) => weigh(long, polls(known), 'new', at(600)).answer
    expect(answer(() => true)).toBe('crossed')
    expect(answer((seconds) => seconds === 600)).toBe('too-few')
    expect(answer((seconds) => seconds >= 60)).toBe('crossed')
    expect(answer((seconds) => seconds >= 70)).toBe('too-few')
    expect(answer((seconds) => seconds <= 300 || seconds >= 360)).toBe('crossed')
    expect(answer((seconds) => seconds <= 300 || seconds >= 370)).toBe('too-few')
  })

  it('misses nothing between polls that are minutes apart', () => {
    const long = { ...queue, over: 10 * minute }
    const slow = { since: 0, now: 600 * second, every: 3 * minute }
    expect(weigh(long, values([180, 11], [360, 12], [540, 13]), 'new', slow).answer).toBe('crossed')
    expect(weigh(long, values([540, 13]), 'new', slow).answer).toBe('too-few')
  })

  it('is not crossed before its window is full', () => {
    expect(weigh(queue, values([5, 11]), 'new', at(6)).answer).toBe('too-few')
  })
})

describe('figures for people', () => {
  it.each([
    [{ kind: 'error-rate' }, 0.082, 'errors 8.2 %'],
    [{ kind: 'error-rate' }, 0.0009, 'errors 0.09 %'],
    [{ kind: 'error-rate' }, 0, 'errors 0 %'],
    [{ kind: 'error-rate' }, 1, 'errors 100 %'],
    [{ kind: 'availability' }, 0.9991, 'availability 99.91 %'],
    [{ kind: 'burn-rate', objective: 0.999 }, 14.42, 'burn rate 14.4'],
    [{ kind: 'latency', quantile: 0.95 }, 212.4, 'p95 212 ms'],
    [{ kind: 'latency', quantile: 0.5 }, 3, 'p50 3 ms'],
    [{ kind: 'latency', quantile: 0.999 }, 12_000, 'p999 12 s'],
    [{ kind: 'query', name: 'queue' }, 1234.56, 'queue 1235'],
    [{ kind: 'query', name: 'queue' }, null, 'queue ?'],
    [{ kind: 'latency', quantile: 0.95 }, null, 'p95 ?'],
    [{ kind: 'latency', quantile: 0.95 }, 10_000, 'p95 10 s'],
    [{ kind: 'latency', quantile: 0.95 }, 9_999, 'p95 9999 ms'],
    [{ kind: 'restarts' }, 3, '3 restarts'],
  ] as const)('%o of %d is %s', (figure, value, text) => {
    expect(figureText(figure, value)).toBe(text)
  })
})

describe('percent for people', () => {
  it.each([
    [0, '0 %'],
    [0.000_94, '0.094 %'],
    [0.000_01, '0.001 %'],
    [1e-8, '0.000001 %'],
    [1e-300, '0 %'],
    [-0.05, '-5 %'],
    [-0.000_01, '-0.001 %'],
    [0.009_94, '0.99 %'],
    [0.01, '1 %'],
    [0.0125, '1.3 %'],
    [0.1234, '12.3 %'],
    [0.98765, '98.8 %'],
    [0.99, '99 %'],
    [0.99123, '99.12 %'],
    [0.999_97, '99.997 %'],
    [0.999_99, '99.999 %'],
    [0.999_985, '99.9985 %'],
    [1, '100 %'],
  ])('%d is %s', (share, text) => {
    expect(percentText(share)).toBe(text)
  })
})
