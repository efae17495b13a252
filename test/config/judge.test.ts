import { describe, expect, it } from 'vitest'
import { usualTerms } from '../../src/judge/compared/terms.ts'
import { file, parse, refusal, refused, release } from './sample.ts'

const counters = 'metrics: { source: pods, requests: http_requests_total, errors: \'code=~"5.."\', latency: x_seconds }'

const service = (...lines: readonly string[]): string =>
  file({ services: ['  web:', '    image: a/web', ...lines.map((line) => `    ${line}`)].join('\n') })
const compared = (...lines: readonly string[]) => release(service(counters, ...lines)).watching.comparison
const when = (...triggers: readonly string[]): string => `rollback: { when: [${triggers.join(', ')}] }`
/** Without the place and the line of the file. */
const said = (...lines: readonly string[]): readonly [string, string | undefined] => {
  const { what, remedy } = refused(() => parse(service(...lines)))
  return [what.split('\n')[0]?.replace(/^\S+ services\.web\./, '') ?? '', remedy]
}

const { batch: _, stages: __, ...usual } = usualTerms

describe('where requests are counted, the new version is compared with stable', () => {
  it('on the usual terms, without a word of it', () => {
    expect(compared()).toEqual({ terms: usual, triggers: [], bounds: [] })
  })

  it('and an empty section says the same', () => {
    expect(compared('judge: {}')).toEqual({ terms: usual, triggers: [], bounds: [] })
  })

  it('not where nothing is counted', () => {
    expect(release(service()).watching.comparison).toBeNull()
  })

  it('not where it is switched off', () => {
    expect(compared('judge: false')).toBeNull()
  })
})

describe('the section judge', () => {
  it.each([
    ['confidence: 95%', { alpha: 0.05 }],
    ['confidence: 99.9999%', { alpha: 0.000001 }],
    ['errors: { ratio: 2 }', { tolerance: { ratio: 2, margin: 0.0001 } }],
    ['errors: { margin: 0% }', { tolerance: { ratio: 1.25, margin: 0 } }],
    [
      'latency: { quantile: p999, slower: 30%, margin: 1%, warmUp: 0s }',
      { latency: { quantile: 0.999, slowdown: 0.3, margin: 0.01, warmUp: 0 } },
    ],
    ['latency: { slower: 50% }', { latency: { ...usual.latency, slowdown: 0.5 } }],
    ['latency: false', { weights: { errors: 0.5, latency: 0, other: 0.2 }, latency: usual.latency }],
    ['advance: { ratio: 1.2, margin: 0.1%, chance: 1% }', { advance: { ratio: 1.2, margin: 0.001 }, beta: 0.01 }],
    ['minSoak: 5m', { minSoak: 300_000 }],
    ['overdispersion: auto', { overdispersion: 'auto' }],
    ['overdispersion: 1000', { overdispersion: 1000 }],
    ['bets: { first: 50%, restart: 10m, cap: auto, anytime: 75% }', {}],
    ['bets: { first: 30%, restart: 5m }', { bets: { first: 0.3, restart: 300_000, cap: 'auto', anytime: 0.75 } }],
    ['bets: { cap: 50, anytime: 90% }', { bets: { first: 0.5, restart: 600_000, cap: 50, anytime: 0.9 } }],
    ['weights: { errors: 1, other: 0 }', { weights: { errors: 1, latency: 0.3, other: 0 } }],
  ] as const)('%s', (text, terms) => {
    expect(compared(`judge: { ${text} }`)?.terms).toEqual({ ...usual, ...terms })
  })

  const share = (least: number, most: number, example: string): string =>
    `write a percentage from ${least}% to ${most}%, like ${example}`
  const number = (most: number, example: string, least = 1): string =>
    `write a number from ${least} to ${most}, like ${example}`

  it.each([
    ['confidence: 79%', 'confidence: "79%" is not a confidence', share(80, 99.9999, '99%')],
    ['confidence: 100%', 'confidence: "100%" is not a confidence', share(80, 99.9999, '99%')],
    ['confidence: 0.99', 'confidence: 0.99 is not a confidence', share(80, 99.9999, '99%')],
    ['errors: { ratio: 0.9 }', 'errors.ratio: 0.9 is not a ratio', number(100, '1.25')],
    ['errors: { ratio: 101 }', 'errors.ratio: 101 is not a ratio', number(100, '1.25')],
    ['errors: { ratio: 125% }', 'errors.ratio: "125%" is not a ratio', number(100, '1.25')],
    ['errors: { margin: 0.001 }', 'errors.margin: 0.001 is not a margin', share(0, 50, '0.1%')],
    ['errors: { margin: 51% }', 'errors.margin: "51%" is not a margin', share(0, 50, '0.1%')],
    ['errors: { margin: -1% }', 'errors.margin: "-1%" is not a margin', share(0, 50, '0.1%')],
    ['latency: { quantile: p96 }', 'latency.quantile: "p96" is not possible here', /^did you mean p90\? /],
    ['latency: { slower: 1001% }', 'latency.slower: "1001%" is not a slowdown', share(0, 1000, '15%')],
    ['latency: { slower: 1.15 }', 'latency.slower: 1.15 is not a slowdown', share(0, 1000, '15%')],
    ['latency: { margin: 50.1% }', 'latency.margin: "50.1%" is not a margin', share(0, 50, '0.1%')],
    ['latency: { warmUp: 60 }', 'latency.warmUp: 60 is not a duration', 'add a unit: 60s, 60m or 60h'],
    ['latency: true', 'latency: true is not how latency is compared', 'write { quantile: p95, slower: 15% }, or false'],
    ['bets: { first: 5% }', 'bets.first: "5%" is not a bet', share(10, 90, '50%')],
    ['bets: { restart: 0s }', 'bets.restart: "0s" is too short', /./],
    ['bets: { cap: 1 }', 'bets.cap: 1 is not a cap', 'write auto, or a number from 2'],
    ['bets: { cap: 100% }', 'bets.cap: "100%" is not a cap', 'write auto, or a number from 2'],
    ['bets: { anytime: 96% }', 'bets.anytime: "96%" is not a share', share(10, 95, '75%')],
    ['advance: { ratio: 0 }', 'advance.ratio: 0 is not a ratio', number(100, '1.25')],
    ['advance: { margin: 60% }', 'advance.margin: "60%" is not a margin', share(0, 50, '0.1%')],
    ['advance: { chance: 0% }', 'advance.chance: "0%" is not a chance', share(0.01, 20, '5%')],
    ['advance: { chance: 21% }', 'advance.chance: "21%" is not a chance', share(0.01, 20, '5%')],
    ['minSoak: 0s', 'minSoak: "0s" is too short', 'write at least 1s'],
    [
      'overdispersion: 0.5',
      'overdispersion: 0.5 is not how much pods differ',
      'write auto, or a number from 1 (as much as chance has it) to 1000',
    ],
    [
      'overdispersion: 1001',
      'overdispersion: 1001 is not how much pods differ',
      'write auto, or a number from 1 (as much as chance has it) to 1000',
    ],
    [
      'overdispersion: none',
      'overdispersion: "none" is not how much pods differ',
      'write auto, or a number from 1 (as much as chance has it) to 1000',
    ],
    ['weights: { errors: 0 }', 'weights.errors: errors are always compared', 'write a number above 0'],
    ['weights: { latency: -1 }', 'weights.latency: -1 is not a weight', number(1000, '0.3', 0)],
    ['weights: { other: .inf }', 'weights.other: Infinity is not a weight', number(1000, '0.3', 0)],
    ['alpha: 0.01', 'alpha: unknown key', /^known here: confidence, errors, latency, advance, minSoak, over/],
    ['error: { ratio: 2 }', 'error: unknown key', /^did you mean errors\? /],
  ] as const)('refuses %s', (text, what, remedy) => {
    expect(said(counters, `judge: { ${text} }`)).toEqual([
      `judge.${what}`,
      typeof remedy === 'string' ? remedy : expect.stringMatching(remedy),
    ])
  })

  it.each(['true', 'on', '99%', '[]'])('refuses judge: %s', (text) => {
    expect(said(counters, `judge: ${text}`)).toEqual([
      expect.stringMatching(/^judge: .* is not how versions are compared$/),
      'write { confidence: 95% }, or false; without judge: the defaults hold',
    ])
  })

  it('refuses terms where nothing is measured', () => {
    expect(said('judge: { confidence: 95% }')).toEqual([
      'judge: nothing measures what is to be compared',
      'add metrics: { source: pods, requests: http_requests_total, errors: code=~"5.." }',
    ])
  })

  it('belongs to a service', () => {
    expect(refusal(() => parse(file({ more: 'judge: {}' })))).toContain('judge: unknown key')
  })
})

describe('a trigger against stable becomes what the comparison is held to', () => {
  it.each([
    ['error-rate > 2 * stable', { tolerance: { ratio: 2, margin: 0.0001 } }],
    ['error-rate > stable', { tolerance: { ratio: 1, margin: 0.0001 } }],
    ['availability < 0.999 * stable', { tolerance: { ratio: 0.999, margin: 0.001 } }],
    ['latency.p99 > 1.3 * stable', { latency: { ...usual.latency, quantile: 0.99, slowdown: 0.3 } }],
  ] as const)('%s', (text, terms) => {
    expect(compared(when(text))).toEqual({ terms: { ...usual, ...terms }, triggers: [text], bounds: [] })
  })

  it('with the margin of the section judge', () => {
    expect(compared('judge: { errors: { margin: 1% } }', when('error-rate > 2 * stable'))?.terms.tolerance).toEqual({
      ratio: 2,
      margin: 0.01,
    })
  })

  it('one against the baseline becomes a bound beside it', () => {
    const text = 'latency.p95 > 1.5 * baseline'
    expect(compared(when(text))).toEqual({
      terms: usual,
      triggers: [text],
      bounds: [{ text, figure: { kind: 'latency', quantile: 0.95 }, factor: 1.5 }],
    })
  })

  it('neither is a rule of its own', () => {
    const { triggers } = release(
      service(counters, when('error-rate > 2 * stable', 'error-rate > 3 * baseline', 'restarts > 2')),
    ).watching
    expect(triggers.map(({ text }) => text)).toEqual(['restarts > 2'])
  })
})

describe('triggers that can not be compared are refused', () => {
  it.each([
    [
      ['judge: false', when('error-rate > 2 * stable')],
      '"error-rate > 2 * stable" is a comparison, and judge: false compares nothing',
      'remove judge: false, or write an absolute bound, like error-rate > 1% for 5m',
    ],
    [
      ['judge: false', when('latency.p95 > 2 * baseline')],
      '"latency.p95 > 2 * baseline" is a comparison, and judge: false compares nothing',
      'remove judge: false, or write an absolute bound, like error-rate > 1% for 5m',
    ],
    [
      ['judge: { latency: false }', when('latency.p95 > 2 * stable')],
      '"latency.p95 > 2 * stable", but latency is not compared',
      'remove latency: false from judge, or the trigger',
    ],
    [
      ['judge: { weights: { latency: 0 } }', when('latency.p95 > 2 * stable')],
      '"latency.p95 > 2 * stable", but latency is not compared',
      'write a latency above 0 into judge.weights, or remove the trigger',
    ],
    [
      ['judge: { weights: { other: 0 } }', when('error-rate > 2 * baseline')],
      '"error-rate > 2 * baseline" has no part of the evidence',
      'write an other above 0 into judge.weights, or remove the trigger',
    ],
  ])('%j', (lines, what, remedy) => {
    expect(said(counters, ...lines)).toEqual([`rollback.when[0]: ${what}`, remedy])
  })

  it.each([
    [['error-rate > 2 * stable', 'availability < 0.9 * stable'], 'failed requests'],
    [['latency.p95 > 2 * stable', 'latency.p99 > 2 * stable'], 'latency'],
  ])('two of %j, naming both', (triggers, about) => {
    expect(said(counters, when(...triggers))).toEqual([
      `rollback.when[1]: "${triggers[0]}" and "${triggers[1]}" are both about ${about}, which is compared once`,
      'remove one of them',
    ])
  })

  it('the same twice, however it is spaced', () => {
    expect(said(counters, when('error-rate > 2 * baseline', 'error-rate>2*baseline'))).toEqual([
      'rollback.when[1]: "error-rate > 2 * baseline" is there twice',
      'remove one of them',
    ])
  })

  it('where nothing is counted', () => {
    expect(said(when('error-rate > 2 * stable'))).toEqual([
      'rollback.when[0]: nothing measures "error-rate > 2 * stable"',
      'add metrics: { source: pods, requests: http_requests_total, errors: code=~"5.." }',
    ])
  })

  it('but not one of each kind', () => {
    const triggers = ['error-rate > 2 * stable', 'latency.p95 > 2 * stable', 'error-rate > 3 * baseline']
    expect(compared(when(...triggers))?.triggers).toEqual(triggers)
  })
})

it('early is an option of every strategy', () => {
  const early = (strategy: string, set: readonly string[] = []): unknown =>
    release(file(), { strategy, set }).policy.early
  expect([early('canary'), early('canary', ['early=true']), early('rolling', ['early=true'])]).toEqual([
    false,
    true,
    true,
  ])
})
