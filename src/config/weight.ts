import type * as z from 'zod'
import { check } from './issues.ts'
import type { Override, Read, Told } from './overrides.ts'
import type { Origin } from './setting.ts'
import { Percent, type Weight } from '../core/options.ts'
import { strategyVariable, type Variables, variable } from './variables.ts'

/**
 * `--weight 25` or `DEPLOY_CANARY_WEIGHT=25`: begin at this weight. It changes the list of weights that holds
 * otherwise, so a variable does nothing to a list that was given on the command line.
 */
export function weightAsked(
  name: string,
  told: Told,
  variables: Variables,
  list: Origin | undefined,
): Override | undefined {
  if (told.weight !== undefined)
    return {
      key: 'weights',
      text: told.weight,
      origin: { from: 'flag', name: '--weight' },
      place: `--weight ${told.weight}`,
    }
  const from = strategyVariable(name, 'weight')
  const said = variable(variables, from)
  if (said === undefined || list?.from === 'flag') return undefined
  return { key: 'weights', text: said, origin: { from: 'variable', name: from, said }, place: `${from}=${said}` }
}

/** The list of weights with the smaller steps dropped, in the form that the option reads. */
export function raised({ text, place }: Override, name: string, option: z.ZodType | undefined, list: unknown): Read {
  const refused = (what: string, remedy: string): Read => ({ problems: [{ place, key: '', what, remedy }] })
  if (!option) return refused(`${name} has no weights`, 'leave it out, or use a strategy that has: canary')
  const first = check(Percent, /^\d+$/.test(text) ? Number(text) : text)
  if ('complaints' in first)
    return { problems: first.complaints.map(({ what, remedy }) => ({ place, key: '', what, remedy })) }
  const before = check(option, list)
  return { input: startingAt(first.value, 'value' in before ? ((before.value ?? []) as readonly Weight[]) : []) }
}

/** A pause after a dropped step stays: somebody wanted to be asked before what follows it. */
function startingAt(first: number, weights: readonly Weight[]): Weight[] {
  const dropped = weights.findLastIndex((weight) => weight !== 'pause' && weight <= first)
  return [first, ...weights.slice(dropped + 1)]
}
