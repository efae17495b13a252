import { nearest } from './nearest.ts'
import type { Setting } from './setting.ts'

/** The options of the command line that a variable can set too: `DEPLOY_<OPTION>`. */
const optionVariables = [
  'DEPLOY_CLUSTER',
  'DEPLOY_COLOR',
  'DEPLOY_CONFIG',
  'DEPLOY_DETACH',
  'DEPLOY_DRY_RUN',
  'DEPLOY_ENV',
  'DEPLOY_EVENTS',
  'DEPLOY_EXIT_ON_PAUSE',
  'DEPLOY_NAMESPACE',
  'DEPLOY_OUT',
  'DEPLOY_OUTPUT',
  'DEPLOY_SERVER',
  'DEPLOY_SERVICE',
  'DEPLOY_VERBOSE',
  'DEPLOY_WAIT',
] as const
export type OptionVariable = (typeof optionVariables)[number]

/** Decisions about one release. A variable would go on making them for every later one. */
const spokenOnly = new Set([
  'DEPLOY_APPROVE',
  'DEPLOY_EMERGENCY',
  'DEPLOY_FORCE',
  'DEPLOY_IGNORE_TRIGGER',
  'DEPLOY_REASON',
  'DEPLOY_SUPERSEDE',
])

export type Variables = Readonly<Record<string, string | undefined>>

/** `DEPLOY_CANARY_BAKE` for option `bake` of strategy `canary`; `DEPLOY_BLUE_GREEN_ALLOWED_BAD`. */
export const strategyVariable = (strategy: string, option: string): string =>
  `DEPLOY_${constant(strategy)}_${constant(option)}`

const constant = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]/g, '_')
    .toUpperCase()

/** The value of a variable; one that is set to nothing counts as not set, as CI systems leave them. */
export const variable = (variables: Variables, name: string): string | undefined => variables[name] || undefined

/** Options of the command line that a variable sets now, by their names there. */
export const setVariables = (variables: Variables): Setting[] =>
  optionVariables
    .filter((name) => !named.has(name) && variable(variables, name) !== undefined)
    .map((name) => ({
      key: flagOf(name),
      text: variable(variables, name) ?? '',
      origin: { from: 'variable', name, said: variable(variables, name) ?? '' },
    }))

/** These are said as what they choose. */
const named = new Set<string>(['DEPLOY_CLUSTER', 'DEPLOY_ENV', 'DEPLOY_NAMESPACE', 'DEPLOY_SERVICE'])

/**
 * What to say about `DEPLOY_*` variables that have no effect. Their values are never shown: other tools keep secrets
 * under names like these.
 */
export function variableWarnings(variables: Variables, strategyVariables: readonly string[]): string[] {
  const known = [...optionVariables, ...strategyVariables]
  return Object.keys(variables)
    .filter((name) => name.startsWith('DEPLOY_') && variable(variables, name) !== undefined && !known.includes(name))
    .sort()
    .map((name) => {
      if (spokenOnly.has(name))
        return `${name} is not read: this is decided for each release, with ${flagOf(name)} on the command line`
      const near = nearest(bare(name), known.map(bare))
      return `${name} is no variable of deploy and is not read${near === undefined ? '' : `; did you mean DEPLOY_${near}?`}`
    })
}

/** Without the prefix, which would make any two of them look alike. */
const bare = (name: string): string => name.slice('DEPLOY_'.length)

const flagOf = (name: string): string => `--${bare(name).toLowerCase().replaceAll('_', '-')}`
