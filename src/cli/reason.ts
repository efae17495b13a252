import { DeployError } from '../core/errors.ts'
import type { ReleaseOptions } from './options.ts'

/** What takes a protection away is one person's decision: the journal says why. */
export function refuseWithoutReason({ emergency, ignoreTrigger = [], reason }: ReleaseOptions): void {
  const option = emergency ? '--emergency' : ignoreTrigger.length > 0 ? '--ignore-trigger' : undefined
  if (option === undefined || reason) return
  throw new DeployError({
    code: 'usage',
    what: `${option} needs a reason`,
    why: 'it skips what protects a release, so the journal says why',
    remedy: "add --reason '…'",
  })
}
