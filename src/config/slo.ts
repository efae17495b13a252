import * as z from 'zod'
import type { Rule } from '../core/evidence.ts'
import { Duration, Timeout } from '../core/options.ts'
import { says, shown } from '../core/shown.ts'
import type { Millis } from '../core/time.ts'
import { exactly } from './exactly.ts'

const badShare = ({ input }: { readonly input?: unknown }): string =>
  says(`${shown(input)} is not an availability`, 'write it like 99.9%: more than 0%, less than 100%')

const Availability = z
  .string({ error: badShare })
  .regex(/^\d{1,2}(?:\.\d{1,6})?%$/, { error: badShare })
  .refine((text) => Number.parseFloat(text) > 0, { error: badShare })

export const quantiles = ['p50', 'p90', 'p95', 'p99', 'p999'] as const

const quantileKeys = Object.fromEntries(
  quantiles.map((name) => [
    name,
    Duration.optional().meta({ description: `At most so long for the ${name} of all requests.`, examples: ['500ms'] }),
  ]),
) as Record<(typeof quantiles)[number], z.ZodOptional<typeof Duration>>

export const Slo = z.strictObject({
  availability: Availability.optional().meta({
    description: 'Share of the requests that succeed.',
    examples: ['99.9%'],
  }),
  window: Timeout.prefault('30d').meta({ description: 'Over which time it is promised.', examples: ['30d'] }),
  latency: z
    .strictObject(quantileKeys)
    .optional()
    .meta({ description: 'How long requests may take.', examples: [{ p95: '500ms', p99: '1s' }] }),
})

export type SloEntry = z.output<typeof Slo>

/** From 0 to 1, as it was written: 99.9 % is 0.999 and not a hair less. */
export const promisedBy = (slo: SloEntry | undefined): number | undefined =>
  slo?.availability === undefined ? undefined : exactly(Number.parseFloat(slo.availability) / 100)

/**
 * What is promised, as rules that are broken when their comparison holds. Their window is the soak of the stage at whose
 * end they must hold.
 */
export function objectivesOf(slo: SloEntry | undefined): readonly Rule[] {
  const promised = promisedBy(slo)
  const latency = Object.entries(slo?.latency ?? {}).filter((one): one is [string, Millis] => one[1] !== undefined)
  return [
    ...(promised === undefined
      ? []
      : [
          {
            text: `availability < ${slo?.availability}`,
            figure: { kind: 'availability' },
            op: '<',
            value: promised,
            over: 0,
          } as const,
        ]),
    ...latency.map(
      ([name, bound]): Rule => ({
        text: `latency.${name} > ${bound}ms`,
        figure: { kind: 'latency', quantile: Number(`0.${name.slice(1)}`) },
        op: '>',
        value: bound,
        over: 0,
      }),
    ),
  ]
}
