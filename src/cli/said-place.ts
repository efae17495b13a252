import { clustersAsked } from '../config/clusters.ts'
import { asked } from '../config/pick.ts'
import { originText, type Sourced } from '../config/setting.ts'
import { DeployError } from '../core/errors.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import { shown } from '../core/shown.ts'
import type { CommandContext } from './context.ts'
import type { Whither } from './elsewhere.ts'

/** Where a run must be to be meant, as far as that was said. */
export interface SaidPlace {
  readonly environment: Sourced<string> | undefined
  readonly clusters: Sourced<readonly string[]> | undefined
}

export const saidPlace = (
  { env, cluster }: Whither,
  { process: { env: variables } }: Pick<CommandContext, 'process'>,
): SaidPlace => ({
  environment: asked(env, '--env', variables, 'DEPLOY_ENV'),
  clusters: clustersAsked(cluster, variables),
})

/** Why the run of this plan is not meant; `null`: it may be. */
export function notThere(run: string, plan: Plan, { environment, clusters }: SaidPlace): DeployError | null {
  const own = plan.release.environment
  if (environment && environment.value !== own)
    return other(`run ${run} is of environment ${own}`, environment.origin, environment.value, `-e ${own}`)
  const names = [...new Set(unitsOf(plan).map((unit) => unit.cluster))]
  if (clusters && !names.some((name) => clusters.value.includes(name)))
    return other(
      `run ${run} is in ${names.join(', ')}`,
      clusters.origin,
      clusters.value.join(),
      `--cluster ${names[0]}`,
    )
  return null
}

/** ` of environment staging, cluster east`; nothing where nothing was said. */
export function placeWords({ environment, clusters }: SaidPlace): string {
  const said = [
    ...(environment ? [`environment ${shown(environment.value)}`] : []),
    ...(clusters ? [`cluster ${clusters.value.map(shown).join(' or ')}`] : []),
  ]
  return said.length > 0 ? ` of ${said.join(', ')}` : ''
}

const other = (what: string, origin: Sourced<unknown>['origin'], said: string, flag: string): DeployError =>
  new DeployError({
    code: 'run-other-place',
    what: `${what}, and ${originText(origin)} says ${shown(said)}`,
    why: 'that chooses among runs; none is moved by it',
    remedy: `see which runs there are: deploy list; if this one is meant: ${flag}`,
  })
