import { check } from './issues.ts'
import { fromEnvironment, fromFlags, type Override, readOverride, type Told } from './overrides.ts'
import { errorOf, type Problem } from './problem.ts'
import type { Origin, Setting } from './setting.ts'
import { optionsOf, type StrategySchema } from './strategies.ts'
import type { Variables } from './variables.ts'
import { raised, weightAsked } from './weight.ts'
import { asWritten, inYaml } from './written.ts'

export interface Wanted {
  /** The name on the command line: a strategy or a variant of one. */
  readonly name: string
  readonly schema: StrategySchema
  /** What the file says under this name, as it was written. */
  readonly written: Readonly<Record<string, unknown>>
  readonly told: Told
  readonly variables: Variables
  /** Where the file says an option. */
  readonly where: (key: string) => string | undefined
}

export interface Options {
  /** As the schema of the strategy gives them: milliseconds, numbers, defaults filled in. */
  readonly values: Readonly<Record<string, unknown>>
  readonly settings: readonly Setting[]
}

interface Given {
  readonly input: unknown
  readonly origin: Origin
}

/**
 * The options of a strategy: flags beat variables beat the file beat the defaults.
 * @throws DeployError `config-option`, with everything that is wrong
 */
export function optionsFor(wanted: Wanted): Options {
  const { name, schema, told, variables, written, where } = wanted
  const { shape } = optionsOf(schema)
  const types = shape as Parameters<typeof readOverride>[2]
  const problems: Problem[] = []
  const given = new Map<string, Given>()
  for (const [key, input] of Object.entries(written))
    if (key !== 'type') given.set(key, { input, origin: { from: 'file', place: where(key) ?? '' } })
  const take = (override: Override): void => {
    const read = readOverride(override, name, types)
    if ('problems' in read) problems.push(...read.problems)
    else given.set(override.key, { input: read.input, origin: override.origin })
  }
  for (const override of fromEnvironment(name, Object.keys(shape), variables)) take(override)
  for (const override of fromFlags(told)) take(override)

  const weight = weightAsked(name, told, variables, given.get('weights')?.origin)
  if (weight) {
    const read = raised(weight, name, types['weights'], given.get('weights')?.input)
    if ('problems' in read) problems.push(...read.problems)
    else given.set('weights', { input: read.input, origin: weight.origin })
  }

  const checked = check(optionsOf(schema), Object.fromEntries([...given].map(([key, { input }]) => [key, input])))
  if (problems.length === 0 && 'complaints' in checked)
    problems.push(
      ...checked.complaints.map(({ path, what, remedy }) => ({ place: name, key: path.join('.'), what, remedy })),
    )
  if (problems.length > 0 || !('value' in checked)) throw errorOf('config-option', `deploy ${name}`, problems)
  return { values: checked.value, settings: settingsOf(name, types, checked.value, given) }
}

const settingsOf = (
  name: string,
  types: Parameters<typeof readOverride>[2],
  values: Readonly<Record<string, unknown>>,
  given: ReadonlyMap<string, Given>,
): Setting[] =>
  Object.entries(types).flatMap(([key, type]) => {
    if (values[key] === undefined) return []
    const origin = given.get(key)?.origin ?? { from: 'default' }
    return [{ key: `strategies.${name}.${key}`, text: inYaml(asWritten(type, values[key])), origin }]
  })
