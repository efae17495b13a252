import * as z from 'zod'
import { WordName } from './names.ts'
import { hint, nearest } from './nearest.ts'
import { plain, says, shown } from '../core/shown.ts'
import { Timeout } from '../core/options.ts'
import type { Evidence } from '../core/evidence.ts'

/** What the configuration needs to know of a strategy. Its own file supplies this; nothing here knows one by name. */
export interface StrategySchema {
  readonly name: string
  /** One line for help and documentation. */
  readonly summary: string
  /** Its options: a `z.object`, each key with a description and a default. */
  readonly options: z.ZodType
}

const choice = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, { error: ({ input }) => says(`${shown(input)} is none of the choices`, hint(plain(input), words)) })

/** What every strategy can be told. A strategy that declares one of these itself has its own meaning and default. */
const policy = {
  deadline: Timeout.prefault('10m').meta({
    description: 'How long the steps of one stage may take to settle. Past it the release goes back.',
    examples: ['10m'],
  }),
  allowedBad: z
    .int({ error: ({ input }) => badCount(input) })
    .min(0, { error: ({ input }) => badCount(input) })
    .optional()
    .meta({
      description:
        'How many of the new pods may be unhealthy. Without it none; for rolling the maxUnavailable of the workload.',
      examples: [1],
    }),
  onFailure: z
    .enum(['unit', 'wave', 'all'])
    .prefault('wave')
    .meta({
      description:
        'What is taken back when one cluster fails: it alone (unit), all that run beside it (wave), or everything (all).',
      examples: ['all'],
    }),
  parallel: z
    .int({ error: ({ input }) => says(`${shown(input)} is not a number of clusters`, 'write a whole number from 1') })
    .min(1, {
      error: ({ input }) => says(`${shown(input)} is not a number of clusters`, 'write a whole number from 1'),
    })
    .prefault(1)
    .meta({
      description: 'How many clusters are released side by side. With 1, a bad version meets one cluster first.',
      examples: [3],
    }),
  early: z
    .boolean()
    .prefault(false)
    .meta({
      description:
        'A stage may end before its soak is over, once the new version is proved to be no worse than stable. Never the last stage that is compared: faults that begin late need time.',
      examples: [true],
    }),
  onInconclusive: choice(['hold', 'pause', 'undo'])
    .prefault('hold')
    .meta({
      description:
        'Too little was seen when the soak is over: hold (watch for as long again, then pause), pause at once, or undo.',
      examples: ['pause'],
    }),
  onProviderDown: choice(['pause', 'undo'])
    .prefault('pause')
    .meta({
      description: 'The figures cannot be read for five minutes: pause with the weight held, or undo.',
      examples: ['undo'],
    }),
}

const badCount = (input: unknown): string =>
  says(`${shown(input)} is not a number of pods`, 'write a whole number from 0: it counts pods, not percent')

export interface Policy {
  /** For the steps of one stage. */
  readonly deadline: number
  readonly allowedBad?: number
  readonly onFailure: 'unit' | 'wave' | 'all'
  readonly parallel: number
  /** A stage may end before its soak is over. */
  readonly early: boolean
  readonly onInconclusive: Evidence['onInconclusive']
  readonly onProviderDown: Evidence['onProviderDown']
}

/** All options of a strategy: its own, and the common ones that it does not declare itself. */
export const optionsOf = ({ name, options }: StrategySchema): z.ZodObject => {
  if (!(options instanceof z.ZodObject)) throw new Error(`the options of strategy ${name} are not a z.object`)
  const common = Object.entries(policy).filter(([key]) => !(key in options.shape))
  return options.safeExtend(Object.fromEntries(common)).strict()
}

/** The section `strategies`: the defaults of the built-in ones, and named variants that say their `type`. */
export function strategiesSection(strategies: readonly StrategySchema[], reserved: readonly string[] = []) {
  const names = strategies.map(({ name }) => name)
  const builtIn = strategies.map((strategy) => {
    const type = z.literal(strategy.name, { error: ({ input }) => otherType(strategy.name, input) }).optional()
    const described = type.meta({ description: `Always ${strategy.name}.`, examples: [strategy.name] })
    const options = optionsOf(strategy).safeExtend({ type: described }).strict()
    return [
      strategy.name,
      options.optional().meta({ description: `Options of ${strategy.name}: ${strategy.summary}.` }),
    ] as const
  })
  const [first, ...rest] = strategies.map((strategy) =>
    optionsOf(strategy)
      .safeExtend({ type: z.literal(strategy.name) })
      .strict(),
  )
  if (!first) throw new Error('a configuration needs at least one strategy')
  const variant = z
    .discriminatedUnion('type', [first, ...rest], {
      error: ({ code, input, path }) =>
        code === 'invalid_union' ? noType(names, String(path?.at(-2)), input) : undefined,
    })
    .meta({
      description: 'A variant with a name of your own: type, and the options of that type.',
      examples: [{ type: names[0] }],
    })
  return z
    .object(Object.fromEntries(builtIn))
    .catchall(variant)
    .superRefine((section, context) => {
      for (const name of Object.keys(section)) {
        const message = reserved.includes(name)
          ? says(`${name} is a command of deploy`, 'give the variant another name')
          : WordName('the name of a strategy').safeParse(name).error?.issues[0]?.message
        if (message) context.addIssue({ code: 'custom', path: [name], message })
      }
    })
}

const otherType = (name: string, input: unknown): string =>
  says(`${name} cannot be of type ${shown(input)}`, `remove type, or give the variant a name of its own`)

function noType(names: readonly string[], name: string, input: unknown): string {
  const type = (input as { readonly type?: unknown }).type
  if (type !== undefined) return says(`${shown(type)} is not a strategy`, hint(plain(type), names))
  const near = nearest(name, names)
  return says(
    `${shown(name)} is not a strategy`,
    `${near === undefined ? '' : `did you mean ${near}? `}A variant says what it is a variant of: type: ${near ?? names[0]}`,
  )
}
