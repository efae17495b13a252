import * as z from 'zod'
import type { Comparison } from '../core/evidence.ts'
import { Duration, Timeout } from '../core/options.ts'
import { says, shown } from '../core/shown.ts'
import { same } from '../core/json.ts'
import { exactly } from './exactly.ts'
import { quantiles } from './slo.ts'

interface Bad {
  readonly input?: unknown
}

/** A percentage from `least` to `most`. Becomes a share from 0 to 1. */
const share = (noun: string, { least, most }: { readonly least: number; readonly most: number }, example: string) => {
  const remedy = `write a percentage from ${least}% to ${most}%, like ${example}`
  const error = ({ input }: Bad): string => says(`${shown(input)} is not ${noun}`, remedy)
  return z
    .string({ error })
    .regex(/^\d{1,4}(?:\.\d{1,6})?%$/, { error, abort: true })
    .refine((text) => Number.parseFloat(text) >= least && Number.parseFloat(text) <= most, { error })
    .transform((text) => exactly(Number.parseFloat(text) / 100))
}

const number = (noun: string, { least, most }: { readonly least: number; readonly most: number }, example: string) => {
  const error = ({ input }: Bad): string =>
    says(`${shown(input)} is not ${noun}`, `write a number from ${least} to ${most}, like ${example}`)
  return z.number({ error }).min(least, { error }).max(most, { error })
}

const ratio = number('a ratio', { least: 1, most: 100 }, '1.25')
const margin = share('a margin', { least: 0, most: 50 }, '0.1%')
const weight = number('a weight', { least: 0, most: 1000 }, '0.3')

const aMap =
  (noun: string, remedy: string) =>
  ({ code, input }: Bad & { readonly code?: string | undefined }): string | undefined =>
    code === 'invalid_type' ? says(`${shown(input)} is not ${noun}`, remedy) : undefined

const Errors = z
  .strictObject({
    ratio: ratio
      .prefault(1.25)
      .meta({ description: 'So many times what stable fails is tolerated.', examples: [1.25] }),
    margin: margin.prefault('0.01%').meta({
      description: 'And so much more, of all requests; a tenth of the error budget is a good value.',
      examples: ['0.01%'],
    }),
  })
  .prefault({ ratio: 1.25, margin: '0.01%' })
  .meta({ description: 'When new pods fail too many requests.', examples: [{ ratio: 1.25, margin: '0.01%' }] })

const slow = { quantile: 'p95', slower: '15%', margin: '0.2%', warmUp: '60s' } as const

const Slow = z.strictObject(
  {
    quantile: z
      .enum(quantiles)
      .prefault(slow.quantile)
      .meta({ description: 'Where latency is compared, as near as the buckets allow.', examples: ['p99'] }),
    slower: share('a slowdown', { least: 0, most: 1000 }, '15%')
      .prefault(slow.slower)
      .meta({ description: 'So much slower than stable is tolerated.', examples: ['15%'] }),
    margin: margin
      .prefault(slow.margin)
      .meta({ description: 'And so many slow requests more, of all.', examples: ['0.2%'] }),
    warmUp: Duration.prefault(slow.warmUp).meta({
      description: 'So long after the first request latency is not compared: caches are cold.',
      examples: ['60s'],
    }),
  },
  { error: aMap('how latency is compared', 'write { quantile: p95, slower: 15% }, or false') },
)

const Latency = z
  .union([Slow, z.literal(false)])
  .prefault(slow)
  .meta({
    description: 'When new pods are too slow; false: latency is not compared. It takes a histogram in metrics.latency.',
    examples: [slow],
  })

const advance = { ratio: 1.5, margin: '0.5%', chance: '5%' } as const

const Advance = z
  .strictObject({
    ratio: ratio
      .prefault(advance.ratio)
      .meta({ description: 'At most so many times as bad as stable.', examples: [1.5] }),
    margin: margin.prefault(advance.margin).meta({ description: 'And so much more.', examples: ['0.5%'] }),
    chance: share('a chance', { least: 0.01, most: 20 }, '5%')
      .prefault(advance.chance)
      .meta({ description: 'That a stage ends early although the version is worse than that.', examples: ['5%'] }),
  })
  .prefault(advance)
  .meta({
    description: 'What must be proved before a stage ends early. Only with early: true of the strategy.',
    examples: [advance],
  })

const parts = { errors: 0.5, latency: 0.3, other: 0.2 } as const

const Weights = z
  .strictObject({
    errors: weight
      .refine((value) => value > 0, { error: says('errors are always compared', 'write a number above 0') })
      .prefault(parts.errors)
      .meta({ description: 'Of failed requests.', examples: [0.5] }),
    latency: weight
      .prefault(parts.latency)
      .meta({ description: 'Of slow requests; 0: not compared.', examples: [0.3] }),
    other: weight.prefault(parts.other).meta({ description: 'Of all baseline triggers together.', examples: [0.2] }),
  })
  .prefault(parts)
  .meta({
    description: 'Parts of the evidence. Those of metrics that are not there go to the others.',
    examples: [parts],
  })

const bets = { first: '50%', restart: '10m', cap: 'auto', anytime: '75%' } as const

const cap = ({ input }: Bad): string => says(`${shown(input)} is not a cap`, 'write auto, or a number from 2')

const Betting = z
  .strictObject({
    first: share('a bet', { least: 10, most: 90 }, '50%')
      .prefault(bets.first)
      .meta({ description: 'At once; the rest waits for faults that begin later.', examples: ['50%'] }),
    restart: Timeout.prefault(bets.restart).meta({
      description: 'What waits is bet as if a fault began every so often.',
      examples: ['10m'],
    }),
    cap: z
      .union([z.literal('auto', { error: cap }), z.number({ error: cap }).min(2, { error: cap })])
      .prefault(bets.cap)
      .meta({
        description:
          'One poll may multiply a bet by so much at the most; auto: by as much as keeps it from deciding alone, which is never exceeded.',
        examples: [50],
      }),
    anytime: share('a share', { least: 10, most: 95 }, '75%')
      .prefault(bets.anytime)
      .meta({
        description: 'Of the chance of a false alarm; the rest is for the tests at the ends of the stages.',
        examples: ['75%'],
      }),
  })
  .prefault(bets)
  .meta({
    description:
      'How the judge bets against the new version. The defaults are good ones: measure before you change them.',
    examples: [bets],
  })

const overdispersion = ({ input }: Bad): string =>
  says(
    `${shown(input)} is not how much pods differ`,
    'write auto, or a number from 1 (as much as chance has it) to 1000',
  )

/** How the new version is compared with stable. */
const Terms = z.strictObject(
  {
    confidence: share('a confidence', { least: 80, most: 99.9999 }, '99%')
      .prefault('99%')
      .meta({
        description:
          'With 99%, fewer than 1 in 100 versions within the tolerance are ever taken back by the comparison, over a whole release and all of its metrics.',
        examples: ['95%'],
      }),
    errors: Errors,
    latency: Latency,
    advance: Advance,
    minSoak: Timeout.prefault('60s').meta({ description: 'No stage ends earlier than this.', examples: ['60s'] }),
    overdispersion: z
      .union([
        z.literal('auto', { error: overdispersion }),
        z.number({ error: overdispersion }).min(1, { error: overdispersion }).max(1000, { error: overdispersion }),
      ])
      .prefault('auto')
      .meta({
        description: 'How much more pods of one version differ than chance has it; auto: as before the release.',
        examples: ['auto'],
      }),
    weights: Weights,
    bets: Betting,
  },
  { error: aMap('how versions are compared', 'write { confidence: 95% }, or false; without judge: the defaults hold') },
)

/** The section `judge` of a service; `false`: nothing is compared. */
export const Judge = z.union([Terms, z.literal(false)])

export type JudgeEntry = z.output<typeof Judge>

/** What a comparison is held to, as the judge takes it. */
export function termsOf({
  confidence,
  errors,
  latency,
  advance: { chance, ...on },
  minSoak,
  overdispersion: dispersion,
  weights,
  bets: betting,
}: z.output<typeof Terms>): Comparison['terms'] {
  const { quantile, slower, margin: slack, warmUp } = latency === false ? Slow.parse(slow) : latency
  return {
    alpha: exactly(1 - confidence),
    beta: chance,
    tolerance: errors,
    advance: on,
    latency: { quantile: Number(`0.${quantile.slice(1)}`), slowdown: slower, margin: slack, warmUp },
    overdispersion: dispersion,
    weights: latency === false ? { ...weights, latency: 0 } : weights,
    early: false,
    minSoak,
    // Plans of services that say nothing of it stay as they were.
    ...(!same(betting, Betting.parse({})) && { bets: betting }),
  }
}
