import { DeployError } from '../core/errors.ts'
import type { Loaded } from './load.ts'
import { hint } from './nearest.ts'
import type { Sourced } from './setting.ts'
import { shown } from '../core/shown.ts'
import { type OptionVariable, type Variables, variable } from './variables.ts'

/** What was asked for by flag, else by variable. */
export function asked(
  flag: string | undefined,
  flagName: string,
  variables: Variables,
  name: OptionVariable,
): Sourced<string> | undefined {
  if (flag !== undefined) return { value: flag, origin: { from: 'flag', name: flagName } }
  const said = variable(variables, name)
  return said === undefined ? undefined : { value: said, origin: { from: 'variable', name, said } }
}

const choices = {
  service: { section: 'services', flag: '--service' },
  environment: { section: 'environments', flag: '--env' },
} as const

/**
 * The environment or service that is meant: the one asked for, or the only one.
 * @throws DeployError `config-environment`, `config-service`
 */
export function pick<Entry>(
  noun: keyof typeof choices,
  asked: Sourced<string> | undefined,
  entries: Readonly<Record<string, Entry>>,
  where: Loaded['where'],
): Sourced<string> & { readonly entry: Entry } {
  const { section, flag } = choices[noun]
  const names = Object.keys(entries)
  const [only = ''] = names
  if (!asked && names.length > 1)
    throw new DeployError({
      code: `config-${noun}`,
      what: `deploy.yaml has ${names.length} ${section} and none was named: ${names.join(', ')}`,
      remedy: `name one: ${flag} ${only}`,
    })
  const chosen: Sourced<string> = asked ?? {
    value: only,
    origin: { from: 'only', place: where([section, only]) ?? '' },
  }
  const entry = Object.hasOwn(entries, chosen.value) ? entries[chosen.value] : undefined
  if (entry !== undefined) return { ...chosen, entry }
  const by = chosen.origin.from === 'variable' ? ` (from ${chosen.origin.name})` : ''
  throw new DeployError({
    code: `config-${noun}`,
    what: `there is no ${noun} ${shown(chosen.value)} in deploy.yaml${by}`,
    remedy: hint(chosen.value, names),
  })
}
