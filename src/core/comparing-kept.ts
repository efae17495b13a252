import * as z from 'zod'
import { checkpoint, restored } from '../judge/compared/checkpoint.ts'
import type { Baseline } from '../judge/compared/streams.ts'
import type { Compared } from './comparing.ts'
import { jsonIn, same } from './json.ts'
import type { Unit } from './plan.ts'
import { escapeText } from './text.ts'

const amount = z.number().nonnegative()

const KeptBaseline = z.strictObject({
  over: z.number().positive(),
  requests: amount,
  bad: amount,
  /** JSON has no infinity: `null` is the bucket that holds all. */
  buckets: z.array(z.tuple([amount.nullable(), amount])),
  overdispersion: z.number().min(1).nullable(),
  // Earlier versions knew neither.
  slowOverdispersion: z.array(z.tuple([amount, z.number().min(1)])).optional(),
  scrape: amount.nullish(),
})

const Kept = z.strictObject({
  v: z.literal(1),
  began: amount,
  // Earlier versions took the beginning for it.
  first: amount.nullish(),
  stage: z.strictObject({ id: z.string(), since: amount }).nullable(),
  missing: z.array(z.string()).readonly(),
  baseline: KeptBaseline.nullable(),
  judge: z.string(),
})

/** For a file. Where requests went is not in it: the soak begins anew for a driver that goes on, and so does that. */
export const comparedWritten = ({ judge, began, first, stage, missing, baseline }: Compared): string =>
  JSON.stringify({
    v: 1,
    began,
    first,
    stage,
    missing,
    baseline: baseline && written(baseline),
    judge: checkpoint(judge),
  } satisfies z.infer<typeof Kept>)

/** `null`: it is not what was written, and evidence begins anew. */
export function comparedRead(text: string): Compared | null {
  const { data } = Kept.safeParse(jsonIn(text))
  const judge = data && restored(data.judge)
  if (!data || !judge || 'lost' in judge) return null
  const { began, first = began, stage, missing, baseline } = data
  // Names are printed, and may come from a cluster.
  const names = judge.state.streams.flatMap(({ stream: { name, metric } }) => [name, metric])
  if ([...names, ...missing].some((name) => escapeText(name) !== name)) return null
  return {
    judge: judge.state,
    began,
    first,
    stage,
    missing,
    baseline: baseline && read(baseline),
    share: null,
    trail: [],
  }
}

/** Evidence that was won under other terms than those of the plan says nothing here: a plan was approved, a file was not. */
export function isUnder({ evidence }: Pick<Unit, 'evidence'>, { judge: { terms } }: Pick<Compared, 'judge'>): boolean {
  const { batch: _, stages: __, ...asked } = terms
  return evidence?.comparison !== undefined && same(asked, evidence.comparison.terms)
}

const written = ({
  over,
  counts,
  overdispersion,
  slowOverdispersion,
  scrape,
}: Baseline): z.infer<typeof KeptBaseline> => ({
  over,
  requests: counts.requests,
  bad: counts.bad,
  buckets: [...counts.buckets].map(([le, n]) => [Number.isFinite(le) ? le : null, n]),
  overdispersion,
  slowOverdispersion: slowOverdispersion && [...slowOverdispersion],
  scrape,
})

const read = ({
  over,
  requests,
  bad,
  buckets,
  overdispersion,
  slowOverdispersion,
  scrape = null,
}: z.infer<typeof KeptBaseline>): Baseline => ({
  over,
  counts: { requests, bad, buckets: new Map(buckets.map(([le, n]) => [le ?? Number.POSITIVE_INFINITY, n])) },
  overdispersion,
  slowOverdispersion: new Map(slowOverdispersion),
  scrape,
})
