import type { Check } from '../check.ts'
import { isComplaint } from '../complaint.ts'

/** What serves now has to be one version, and healthy: with `--emergency` it need not be, which is what that is for. */
const stable = (code: string, emergency: Check['emergency']): Check => ({
  code,
  level: 'refuse',
  emergency,
  look: ({ stable: found }) => (found && isComplaint(found) && found.code === code ? found : null),
})

export const twoLiveSets = stable('two-live-sets', 'warns')
export const stableUnhealthy = stable('stable-unhealthy', 'warns')
export const stableMissing = stable('stable-missing', 'warns')
export const rollOutWaiting = stable('roll-out-waiting', 'warns')
export const stableUnknown = stable('stable-unknown', 'stays')
