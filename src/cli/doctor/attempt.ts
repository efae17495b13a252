import { DeployError } from '../../core/errors.ts'
import type { Complaint } from '../../core/preflight/complaint.ts'
import type { Strategy } from '../../core/strategy.ts'
import { permissionCheck } from '../../engine/permissions.ts'
import { planRelease, type Site } from '../../engine/planning.ts'
import { requestOf } from '../request.ts'
import { minorVersion } from '../version.ts'
import type { Attempt, TrialInput } from './trial.ts'

export interface AttemptInput extends TrialInput {
  readonly service: string
  readonly site: Site
  readonly strategy: Strategy
}

/** A tag that no image has, so that the plan changes something. */
const someVersion = 'deploy-doctor'

/** A plan as it would be made now; it is looked at and thrown away. */
export async function attempt({ context, options, reached, service, site, strategy }: AttemptInput): Promise<Attempt> {
  const { strategies, process, signal } = context
  const { name } = strategy
  try {
    const asked = requestOf({
      strategies,
      process,
      strategy: name,
      version: someVersion,
      options: { ...options, service, env: reached.environment, cluster: [] },
    })
    const { reference: image } = asked.request.image
    const { plan, complaints } = planRelease({
      tool: minorVersion,
      request: asked.request,
      strategy,
      hooks: asked.hooks,
      image,
      emergency: false,
      sites: [site],
    })
    const refused = complaints.some(({ level }) => level === 'refuse')
    return { strategy: name, complaints, lacking: refused ? null : await permissionCheck(plan, [site], signal) }
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return { strategy: name, complaints: [complaintOf(error)], lacking: null }
  }
}

const complaintOf = ({ code, what, why = '', remedy = '' }: DeployError): Complaint => ({
  level: 'refuse',
  code,
  what,
  why,
  remedy,
})
