import { clustersOf } from '../config/clusters.ts'
import type { Loaded } from '../config/load.ts'
import { DeployError } from '../core/errors.ts'
import { homeOf } from '../core/home.ts'
import { at, type Json } from '../core/json.ts'
import type { Ref } from '../core/kinds.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { fold, stateOf } from '../core/state.ts'
import { type Known, type Trusted, trusted } from '../core/trust/index.ts'
import { escapeText } from '../core/text.ts'
import { find, ownedBy } from '../core/view.ts'
import type { Site } from '../engine/planning.ts'
import { siteOf, viewsOf } from '../engine/site.ts'
import { asked } from '../config/pick.ts'
import type { CommandContext } from './context.ts'
import type { Whither } from './elsewhere.ts'
import type { FoundRun } from './runs.ts'
import { connectTo } from './sites.ts'

export interface Unvouched {
  readonly found: FoundRun
  readonly loaded: Loaded
  readonly sites: readonly Site[]
  readonly whither: Whither
}

/**
 * What may be done of a plan that nobody vouches for: its way back without commands, each step checked against the
 * clusters and deploy.yaml. Throws `plan-untrusted` where it is not one of ours.
 */
export async function builtInUndo(input: Unvouched, context: CommandContext): Promise<Trusted> {
  const { found, loaded, sites } = input
  const { run, plan, entries } = found
  const { service } = plan.release
  const entry = Object.hasOwn(loaded.config.services, service) ? loaded.config.services[service] : undefined
  const { cluster, namespace } = found.keptIn ?? homeOf(plan)
  const known: Known = {
    run,
    state: fold(stateOf(plan), entries),
    places: await placesOf(input, context),
    home: { cluster, namespace },
    workload: entry ? (entry.workload ?? { kind: 'Deployment', name: service }) : null,
    besides: context.strategies.map(({ secondary }) => secondary),
    views: viewsOf(plan, sites),
    revisions: await revisionsOf(plan, sites, context.signal),
  }
  const result = trusted(plan, known)
  if ('wrong' in result) throw untrusted(found, result.wrong)
  return result
}

/** Clusters and namespaces as deploy.yaml has them; the plan has no say in it. */
async function placesOf(
  { found, loaded, sites, whither }: Unvouched,
  context: CommandContext,
): Promise<Known['places']> {
  const { config, folder } = loaded
  const variables = context.process.env
  const environment = config.environments[found.plan.release.environment]
  const namespace = asked(whither.namespace, '--namespace', variables, 'DEPLOY_NAMESPACE')
  const targets = environment ? clustersOf({ environment, only: undefined, namespace, folder, variables }) : []
  const opened = targets.filter(({ name }) => sites.some((site) => site.name === name))
  return await Promise.all(
    opened.map(async (target) => {
      const connected = await connectTo(target, context)
      await using _ = connected.cluster
      return { name: target.name, uid: siteOf(sites, target.name).uid, namespace: connected.namespace }
    }),
  )
}

/** The stable template of a StatefulSet is kept in a ControllerRevision, which nobody watches. */
async function revisionsOf(
  plan: Plan,
  sites: readonly Site[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Json>> {
  const found = await Promise.all(
    unitsOf(plan)
      .filter(({ workload }) => workload.kind === 'StatefulSet')
      .map(async (unit): Promise<[string, Json]> => [unit.id, await revisionOf(unit, sites, signal)]),
  )
  return new Map(found)
}

async function revisionOf({ cluster, namespace, workload, seen }: Unit, sites: readonly Site[], signal: AbortSignal) {
  const { reins } = siteOf(sites, cluster)
  const ref: Ref = { kind: 'ControllerRevision', namespace, name: seen.stable.name }
  const [revision, set] = [
    await reins.cluster.get(ref, { signal }),
    find(reins.watched.view(), 'StatefulSet', workload.name),
  ]
  return revision && set && ownedBy(revision, set) ? at(revision, '/data/spec/template') : null
}

/** What is done, and what is left out, before it is done. */
export function sayLeftOut({ run, planHash }: FoundRun, { leftOut }: Trusted, { process }: CommandContext): void {
  const { stderr } = process.streams
  stderr.write(`nobody vouches for the plan of run ${run}: only built-in steps of its way back are taken\n`)
  for (const does of leftOut) stderr.write(`left out, since it needs --plan-hash ${planHash}: ${escapeText(does)}\n`)
}

const untrusted = ({ run, planHash, keptIn }: FoundRun, wrong: string): DeployError =>
  new DeployError({
    code: 'plan-untrusted',
    what: `the plan of run ${run}, as cluster ${keptIn?.cluster ?? ''} keeps it, is not undone without proof: ${escapeText(wrong)}`,
    why: 'without a hash from outside only built-in steps are taken, on objects with the token of the run, back to what Kubernetes kept',
    remedy: `if ${planHash} is the hash that was approved: deploy abort ${run} --plan-hash ${planHash}; else the plan was changed: go on from the machine that began the run, or take it back by hand: kubectl get configmap deploy-undo-… -o yaml`,
    exit: 'refused',
  })
