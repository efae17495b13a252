import { DeployError } from '../core/errors.ts'
import type { Rule } from '../core/evidence.ts'
import { shown } from '../core/shown.ts'

/**
 * The triggers that the operator names: by their text, by their metric, or by the name of their query.
 * @throws DeployError `trigger-unknown`
 */
export function ignoredOf(names: readonly string[], triggers: readonly Rule[]): readonly string[] {
  return names.flatMap((name) => {
    const plain = name.trim().replaceAll(/\s+/g, ' ')
    const found = triggers.filter(({ text }) => text === plain || text.split(' ')[0] === plain)
    if (found.length > 0) return found.map(({ text }) => text)
    throw new DeployError({
      code: 'trigger-unknown',
      what: `--ignore-trigger: there is no trigger ${shown(name)}`,
      remedy:
        triggers.length === 0
          ? 'remove the option: the service has no triggers'
          : `write one of: ${triggers.map(({ text }) => `'${text}'`).join(', ')}`,
    })
  })
}
