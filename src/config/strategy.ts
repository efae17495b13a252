import { DeployError } from '../core/errors.ts'
import type { Loaded } from './load.ts'
import { hint } from './nearest.ts'
import { optionsOf, type StrategySchema } from './strategies.ts'
import { plain, shown } from '../core/shown.ts'
import { strategyVariable } from './variables.ts'

/** Every name that `deploy <strategy>` takes: the built-in ones and the variants of the file. */
export const strategyNames = (strategies: readonly StrategySchema[], written: Loaded['written'] = {}): string[] => [
  ...new Set([...strategies.map(({ name }) => name), ...Object.keys(written)]),
]

/**
 * The strategy that a name stands for.
 * @throws DeployError `config-strategy`
 */
export function strategyOf(
  name: string,
  strategies: readonly StrategySchema[],
  written: Loaded['written'],
): StrategySchema {
  const found = strategies.find((strategy) => strategy.name === typeOf(name, written))
  if (found) return found
  throw new DeployError({
    code: 'config-strategy',
    what: `there is no strategy ${shown(name)}`,
    remedy: hint(name, strategyNames(strategies, written)),
  })
}

/** Every variable that sets an option of one of them. */
export const variablesOf = (strategies: readonly StrategySchema[], written: Loaded['written']): string[] =>
  strategyNames(strategies, written).flatMap((name) => {
    const keys = Object.keys(optionsOf(strategyOf(name, strategies, written)).shape)
    return [...keys, ...(keys.includes('weights') ? ['weight'] : [])].map((key) => strategyVariable(name, key))
  })

const typeOf = (name: string, written: Loaded['written']): string => {
  const type = Object.hasOwn(written, name) ? written[name]?.['type'] : undefined
  return type === undefined ? name : plain(type)
}
