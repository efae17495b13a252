import * as z from 'zod'
import type { Comparison, Evidence, Rule } from '../core/evidence.ts'
import type { NamedQuery } from '../core/metrics.ts'
import { Timeout } from '../core/options.ts'
import { says, shown } from '../core/shown.ts'
import { Line, WordName } from './names.ts'
import type { ComparedRule } from './compared-rule.ts'
import { parseQueryRule, parseRule } from './rule.ts'
import type { RuleProblem } from './rule-words.ts'

/**
 * The highest promise lets any burn rate be: whether the text is right is seen by it. The service's own is used where the
 * service is looked at as a whole, and when the rule is made.
 */
const somePromise = 1 - 1e-8

const complain = (text: string, { at, what, remedy }: RuleProblem): string =>
  says(`${shown(text)}, character ${at}: ${what}`, remedy)

const Written = z
  .string({
    error: ({ input }) =>
      says(
        `${shown(input)} is not a trigger`,
        'write it like error-rate > 1% for 5m, or { name, query, is: "> 1000", for: 2m }',
      ),
  })
  .superRefine((text, context) => {
    const rule = parseRule(text, { objective: somePromise })
    if ('what' in rule) context.addIssue({ code: 'custom', message: complain(text, rule) })
  })

const badLimit = ({ input }: { readonly input?: unknown }): string =>
  says(`${shown(input)} is not a number of failures`, 'write a whole number from 0 to 1000, like 3')

const Query = z
  .strictObject({
    name: WordName('the name of a query').meta({ description: 'What to call it.', examples: ['queue'] }),
    query: Line('a query').meta({
      description: 'PromQL that gives one number, or a JSON pointer where the source is http-json.',
      examples: ['sum(queue_length{namespace="web"})'],
    }),
    is: z
      .string({ error: ({ input }) => says(`${shown(input)} is not a comparison`, 'write it like "> 1000"') })
      .meta({ description: 'The comparison that takes the release back.', examples: ['> 1000'] }),
    for: Timeout.prefault('1m').meta({ description: 'It holds at every poll for so long.', examples: ['2m'] }),
    failureLimit: z
      .int({ error: badLimit })
      .min(0, { error: badLimit })
      .max(1000, { error: badLimit })
      .optional()
      .meta({
        description: 'Instead of at every poll: it holds at more than so many of those in the window, in a row or not.',
        examples: [3],
      }),
  })
  .superRefine(({ name, is, for: over }, context) => {
    const rule = parseQueryRule(name, is, over)
    if ('what' in rule) context.addIssue({ code: 'custom', path: ['is'], message: complain(is, rule) })
  })

export const Rollback = z.strictObject({
  when: z
    .array(z.union([Written, Query]), {
      error: ({ input }) => says(`${shown(input)} is not a list of triggers`, 'write [error-rate > 1% for 5m]'),
    })
    .prefault([])
    .meta({
      description:
        'Triggers: the release goes back when one of them fires. `metric (>|>=|<|<=) value [for duration]` with the metrics error-rate, availability, latency.p50 to p999, burn-rate and restarts; `metric (>|<) [factor *] stable`, or `baseline`, with error-rate, availability and latency; or a query of your own.',
      examples: [['error-rate > 1% for 5m', 'latency.p95 > 1.3 * stable', 'restarts > 2']],
    }),
})

const limited = (rule: Rule | RuleProblem, failureLimit: number | undefined): Rule | RuleProblem =>
  'what' in rule || failureLimit === undefined ? rule : { ...rule, failureLimit }

export type RollbackEntry = z.output<typeof Rollback>

/** What may take a release back, and what must hold. */
export interface Watching extends Pick<Evidence, 'triggers' | 'objectives'> {
  readonly queries: readonly NamedQuery[]
  /** How the new version is compared with stable; `null`: it is not. */
  readonly comparison: Comparison | null
}

/** Triggers of deploy.yaml with a bound of their own, as rules. Their text was checked when the file was read. */
export const triggersOf = (rollback: RollbackEntry, objective: number | undefined): readonly Rule[] =>
  rulesOf(rollback, objective).filter((rule) => 'over' in rule)

/** Triggers of deploy.yaml that compare with stable or with its baseline. */
export const comparedOf = (rollback: RollbackEntry | undefined): readonly ComparedRule[] =>
  rollback ? rulesOf(rollback, somePromise).filter((rule) => 'against' in rule) : []

/** What is wrong with a trigger of a service that promises so much; its text by itself was checked before. */
export function misfit(trigger: RollbackEntry['when'][number], objective: number): string | null {
  if (typeof trigger !== 'string') return null
  const rule = parseRule(trigger, { objective })
  return 'what' in rule ? complain(trigger, rule) : null
}

const rulesOf = ({ when }: RollbackEntry, objective: number | undefined): readonly (Rule | ComparedRule)[] =>
  when.map((one) => {
    const rule =
      typeof one === 'string'
        ? parseRule(one, { ...(objective !== undefined && { objective }) })
        : limited(parseQueryRule(one.name, one.is, one.for), one.failureLimit)
    if ('what' in rule) throw new Error(`${typeof one === 'string' ? one : one.is}: ${rule.what}`)
    return rule
  })

export const queriesOf = ({ when }: RollbackEntry): readonly NamedQuery[] =>
  when.flatMap((one) => (typeof one === 'string' ? [] : [{ name: one.name, query: one.query }]))
