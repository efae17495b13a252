import type { Deployment } from '../../../core/objects.ts'
import type { Millis } from '../../../core/time.ts'
import { condition, withCondition } from './conditions.ts'
import { hasDeadline } from './numbers.ts'
import { present } from './status.ts'

/** Pausing stops the clock of the deadline, and resuming starts it anew (sync.go, `checkPausedConditions`). */
export function pauseNoted(deployment: Deployment, now: Millis): Deployment {
  if (!hasDeadline(deployment)) return deployment
  const status = present(deployment)
  const { conditions = [] } = status
  const known = condition(conditions, 'Progressing')
  if (known?.reason === 'ProgressDeadlineExceeded') return deployment
  const isNoted = known?.reason === 'DeploymentPaused'
  if ((deployment.spec.paused === true) === isNoted) return deployment
  const next = isNoted
    ? { reason: 'DeploymentResumed', message: 'Deployment is resumed' }
    : { reason: 'DeploymentPaused', message: 'Deployment is paused' }
  const said = withCondition(conditions, { type: 'Progressing', status: 'Unknown', ...next }, now)
  return { ...deployment, status: { ...status, conditions: said } }
}
