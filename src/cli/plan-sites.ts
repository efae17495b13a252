import { disk } from '../config/disk.ts'
import { clustersOf, type ClusterTarget } from '../config/clusters.ts'
import { type Loaded, loadConfig } from '../config/load.ts'
import { DeployError } from '../core/errors.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import type { CommandContext } from './context.ts'
import { commandNames } from './names.ts'
import { openSites, type Sites } from './sites.ts'

export const loadFor = ({ process, strategies }: CommandContext, asked: string | undefined): Loaded =>
  loadConfig({
    cwd: process.cwd,
    asked: asked ?? process.env['DEPLOY_CONFIG'],
    files: disk,
    strategies,
    reserved: commandNames,
  })

/**
 * Connections to the clusters of a plan, all or those that are named, by the names that deploy.yaml knows; each must be the
 * very one that was planned for.
 */
export async function sitesOfPlan(
  plan: Plan,
  loaded: Loaded,
  context: CommandContext,
  { isBack = false, only }: { readonly isBack?: boolean; readonly only?: ReadonlySet<string> } = {},
): Promise<Sites> {
  const units = unitsOf(plan)
  const [first] = units
  if (!first)
    throw new DeployError({ code: 'plan-empty', what: 'the plan has no units', remedy: 'make it again: deploy plan …' })
  const clusters = targetsOf(plan, loaded, context).filter(({ name }) => only?.has(name) ?? true)
  const opened = await openSites({ clusters, workload: first.workload, isBack }, context)
  const other = opened.sites.find(
    ({ name, uid }) => plan.clusters.find((cluster) => cluster.name === name)?.uid !== uid,
  )
  if (!other) return opened
  await opened[Symbol.asyncDispose]()
  throw new DeployError({
    code: 'cluster-other',
    what: `cluster ${other.name} is not the one that the plan was made for`,
    why: `its kube-system has uid ${other.uid}; the plan has ${plan.clusters.find(({ name }) => name === other.name)?.uid}`,
    remedy: 'point the context at the right cluster, or make a fresh plan',
    exit: 'stale',
  })
}

export function targetsOf(plan: Plan, { config, folder }: Loaded, { process }: CommandContext): ClusterTarget[] {
  const { environment } = plan.release
  const entry = config.environments[environment]
  const missing = (what: string): DeployError =>
    new DeployError({
      code: 'config-cluster',
      what,
      remedy: 'use the deploy.yaml that the plan was made with: --config FILE',
    })
  if (!entry) throw missing(`deploy.yaml has no environment ${environment}, and the plan is for it`)
  const targets = clustersOf({
    environment: entry,
    only: undefined,
    namespace: undefined,
    folder,
    variables: process.env,
  })
  return plan.clusters
    .filter(({ name }) => plan.waves.some((wave) => wave.units.some((unit) => unit.cluster === name)))
    .map(({ name }) => {
      const target = targets.find((one) => one.name === name)
      if (!target) throw missing(`environment ${environment} has no cluster ${name}, and the plan is for it`)
      const unit = unitsOf(plan).find(({ cluster }) => cluster === name)
      return { ...target, ...(unit && { namespace: unit.namespace }) }
    })
}
