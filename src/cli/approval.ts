import { DeployError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { Process } from './process.ts'

export interface Approval {
  readonly plan: Plan
  readonly hash: string
  /** As given by `--approve`. */
  readonly given: string | undefined
  /** The command that would approve it, without the hash. */
  readonly command: string
}

/**
 * A protected environment runs only what somebody has seen: at a terminal by typing the service's name under the plan,
 * elsewhere by the plan's whole hash. This pins what runs to what was seen; it does not prove who saw it.
 */
export async function approved({ plan, hash, given, command }: Approval, process: Process): Promise<void> {
  if (given !== undefined) {
    if (given === hash) return
    throw new DeployError({
      code: 'not-approved',
      what: `the plan's hash is ${hash}, and ${given} was approved`,
      why: 'the world, the configuration or the tool moved since',
      remedy: `read the plan again, then: ${command} --approve ${hash}`,
      exit: 'notApproved',
    })
  }
  if (!plan.release.protected) return
  const { service, environment } = plan.release
  const [{ canAsk }, { createInterface }] = await Promise.all([
    import('./keyboard.ts'),
    import('node:readline/promises'),
  ])
  if (canAsk(process)) {
    const lines = createInterface({ input: process.streams.stdin, output: process.streams.stderr })
    const answer = await lines
      .question(`${environment} is protected. Type ${service} to run this plan: `)
      .finally(() => lines.close())
    if (answer.trim() === service) return
  }
  throw new DeployError({
    code: 'not-approved',
    what: `${environment} is protected, and this plan was not approved`,
    why: 'nothing was changed',
    remedy: `${command} --approve ${hash}`,
    exit: 'notApproved',
  })
}
