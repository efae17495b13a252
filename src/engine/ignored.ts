import { DeployError } from '../core/errors.ts'
import { shown } from '../core/shown.ts'

/**
 * The triggers that the operator names: by their text, by their metric, or by the name of their query. Comparisons only by
 * their text: who goes without a bound that fires for stable, too, wants the comparison with stable all the more.
 * @throws DeployError `trigger-unknown`
 */
export function ignoredOf(
  names: readonly string[],
  bounds: readonly { readonly text: string }[],
  comparisons: readonly string[] = [],
): readonly string[] {
  return names.flatMap((name) => {
    const plain = name
      .replaceAll(/[<>]=?|\*/g, ' $& ')
      .trim()
      .replaceAll(/\s+/g, ' ')
    const triggers = [...bounds.map(({ text }) => text), ...comparisons]
    const found = [
      ...bounds.filter(({ text }) => text === plain || text.split(' ')[0] === plain).map(({ text }) => text),
      ...comparisons.filter((text) => text === plain),
    ]
    if (found.length > 0) return found
    throw new DeployError({
      code: 'trigger-unknown',
      what: `--ignore-trigger: there is no trigger ${shown(name)}`,
      remedy:
        triggers.length === 0
          ? 'remove the option: the service has no triggers'
          : `write one of: ${triggers.map((text) => `'${text}'`).join(', ')}`,
    })
  })
}
