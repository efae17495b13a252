import { nothing } from '../core/errors.ts'
import type { CommandContext } from './context.ts'
import type { Whither } from './elsewhere.ts'
import { loadFor } from './plan-sites.ts'

/**
 * Those of this deploy.yaml: others may release other services into the same namespace, from projects of their own. `null`:
 * it can't be read.
 */
export function servicesOf({ config }: Whither, context: CommandContext): ReadonlySet<string> | null {
  try {
    return new Set(Object.keys(loadFor(context, config).config.services))
  } catch (error) {
    return nothing(error)
  }
}
