import { resolve as resolvePath } from 'node:path'
import { type ClusterTarget, clustersAsked, clustersOf } from './clusters.ts'
import { type HookTarget, hooksOf, type Moment } from './hooks.ts'
import type { Loaded } from './load.ts'
import type { MetricsTarget } from './metrics-source.ts'
import { comparisonFor } from './comparison.ts'
import { optionsFor } from './options.ts'
import type { Told } from './overrides.ts'
import { asked as askedFor, pick } from './pick.ts'
import { queriesOf, Rollback, triggersOf, type Watching } from './rollback.ts'
import type { ServiceEntry, WorkloadName } from './service.ts'
import type { Setting } from './setting.ts'
import { objectivesOf, promisedBy } from './slo.ts'
import type { Policy, StrategySchema } from './strategies.ts'
import { strategyOf, variablesOf } from './strategy.ts'
import type { RouterName } from './traffic.ts'
import { type Variables, variableWarnings } from './variables.ts'
import { type Image, imageFor } from './version.ts'

/** What the command line says about a release. */
export interface Asked extends Told {
  readonly strategy: string
  readonly version: string
  readonly env?: string | undefined
  readonly service?: string | undefined
  readonly namespace?: string | undefined
  readonly cluster?: readonly string[] | undefined
}

/** Everything that is known about a release before a cluster is asked. */
export interface Resolved {
  readonly service: string
  readonly environment: string
  readonly protected: boolean
  readonly clusters: readonly ClusterTarget[]
  /** `name` is what was asked for, `type` the strategy that it is or is a variant of. */
  readonly strategy: {
    readonly name: string
    readonly type: string
    readonly options: Readonly<Record<string, unknown>>
  }
  readonly policy: Policy
  /** As it was asked for. */
  readonly version: string
  readonly image: Image
  readonly workload: WorkloadName
  /** Absolute. */
  readonly manifests?: string
  readonly traffic: { readonly router?: RouterName; readonly route?: string; readonly unpinned: readonly string[] }
  readonly hooks: Readonly<Record<Moment, readonly HookTarget[]>>
  /** Where figures come from; `sourceOf` makes of it the source for a cluster. */
  readonly metrics?: MetricsTarget
  /** What takes the release back, beside pods that fail. */
  readonly watching: Watching
  /** Every value that somebody could have set, and who did. */
  readonly settings: readonly Setting[]
  readonly warnings: readonly string[]
}

export interface ResolveInput {
  readonly asked: Asked
  /** The environment of the process. */
  readonly variables: Variables
  readonly loaded: Loaded
  readonly strategies: readonly StrategySchema[]
}

/**
 * One release out of everything that was said: flags beat variables beat the file beat the defaults.
 * @throws DeployError with code `config-…` and exit 2
 */
export function resolve({ asked, variables, loaded, strategies }: ResolveInput): Resolved {
  const { config, where, written, folder } = loaded
  const strategy = strategyOf(asked.strategy, strategies, written)
  const service = pick(
    'service',
    askedFor(asked.service, '--service', variables, 'DEPLOY_SERVICE'),
    config.services,
    where,
  )
  const environment = pick(
    'environment',
    askedFor(asked.env, '--env', variables, 'DEPLOY_ENV'),
    config.environments,
    where,
  )
  const namespace = askedFor(asked.namespace, '--namespace', variables, 'DEPLOY_NAMESPACE')
  const only = clustersAsked(asked.cluster, variables)
  const clusters = clustersOf({ environment: environment.entry, only, namespace, folder, variables })
  const options = optionsFor({
    name: asked.strategy,
    schema: strategy,
    written: written[asked.strategy] ?? {},
    told: asked,
    variables,
    where: (key) => where(['strategies', asked.strategy, key]),
  })
  const { image, workload, manifests, traffic, hooks, metrics } = service.entry
  return {
    service: service.value,
    environment: environment.value,
    protected: environment.entry.protected,
    clusters,
    strategy: { name: asked.strategy, type: strategy.name, options: options.values },
    policy: policyOf(options.values),
    version: asked.version,
    image: imageFor(image, asked.version),
    workload: workload ?? { kind: 'Deployment', name: service.value },
    ...(manifests !== undefined && { manifests: resolvePath(folder, manifests) }),
    traffic: trafficOf(traffic),
    hooks: hooksOf(hooks, (path) => where(['services', service.value, 'hooks', ...path])),
    ...(metrics && {
      metrics: { entry: metrics, folder, place: where(['services', service.value, 'metrics']) ?? '' },
    }),
    watching: watchingOf(service.entry),
    settings: [
      { key: 'service', text: service.value, origin: service.origin },
      { key: 'environment', text: environment.value, origin: environment.origin },
      ...(only ? [{ key: 'clusters', text: only.value.join(', '), origin: only.origin }] : []),
      ...(namespace ? [{ key: 'namespace', text: namespace.value, origin: namespace.origin }] : []),
      ...options.settings,
    ],
    warnings: variableWarnings(variables, variablesOf(strategies, written)),
  }
}

function policyOf(options: Readonly<Record<string, unknown>>): Policy {
  const { deadline, allowedBad, onFailure, parallel, early, onInconclusive, onProviderDown } =
    options as unknown as Policy
  return {
    deadline,
    onFailure,
    parallel,
    early,
    onInconclusive,
    onProviderDown,
    ...(allowedBad !== undefined && { allowedBad }),
  }
}

function watchingOf({ rollback = Rollback.parse({}), slo, judge, metrics }: ServiceEntry): Watching {
  return {
    triggers: triggersOf(rollback, promisedBy(slo)),
    objectives: objectivesOf(slo),
    queries: queriesOf(rollback),
    comparison: comparisonFor({ judge, rollback, metrics }),
  }
}

const trafficOf = ({ router, route, pin = {} }: NonNullable<ServiceEntry['traffic']> = {}): Resolved['traffic'] => ({
  ...(router !== undefined && { router }),
  ...(route !== undefined && { route }),
  unpinned: Object.keys(pin).filter((name) => pin[name] === false),
})
