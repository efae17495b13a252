import { join, resolve } from 'node:path'
import { DeployError } from '../core/errors.ts'
import type { ClusterEntry, EnvironmentEntry } from './environment.ts'
import { isLabel } from './names.ts'
import { hint } from './nearest.ts'
import type { Sourced } from './setting.ts'
import { shown } from '../core/shown.ts'
import { asked } from './pick.ts'
import type { Variables } from './variables.ts'

/** A cluster of the release and how to reach it. */
export interface ClusterTarget {
  readonly name: string
  readonly context?: string
  /** Absolute. */
  readonly kubeconfig?: string
  /** The one that this process runs in, as a pod. */
  readonly inCluster?: true
  readonly eks?: { readonly cluster: string; readonly region: string; readonly role?: string | undefined }
  /** Without it, the namespace of the context decides. */
  readonly namespace?: string
}

export interface ClusterChoice {
  readonly environment: EnvironmentEntry
  /** Names; none means all. */
  readonly only: Sourced<readonly string[]> | undefined
  readonly namespace: Sourced<string> | undefined
  /** The folder of the file, for relative paths. */
  readonly folder: string
  readonly variables: Variables
}

/** `--cluster` may be given several times; either form takes names with commas between them. */
export function clustersAsked(flags: readonly string[] | undefined, variables: Variables): ClusterChoice['only'] {
  const said = asked(flags && flags.length > 0 ? flags.join(',') : undefined, '--cluster', variables, 'DEPLOY_CLUSTER')
  return said && { value: said.value.split(',').map((name) => name.trim()), origin: said.origin }
}

/**
 * The clusters of an environment, in the file's order.
 * @throws DeployError `config-cluster`, `config-namespace`
 */
export function clustersOf({ environment, only, namespace, folder, variables }: ClusterChoice): ClusterTarget[] {
  const names = environment.clusters.map(({ name }) => name)
  for (const name of only?.value ?? [])
    if (!names.includes(name))
      throw new DeployError({
        code: 'config-cluster',
        what: `there is no cluster ${shown(name)}`,
        remedy: hint(name, names),
      })
  if (namespace && !isLabel(namespace.value))
    throw new DeployError({
      code: 'config-namespace',
      what: `${shown(namespace.value)} is not a namespace`,
      remedy: 'use lowercase letters, digits and "-", at most 63 characters',
    })
  return environment.clusters
    .filter(({ name }) => !only || only.value.includes(name))
    .map((cluster) =>
      targetOf(cluster, namespace?.value ?? cluster.namespace ?? environment.namespace, folder, variables),
    )
}

const targetOf = (
  { name, context, kubeconfig, eks, inCluster }: ClusterEntry,
  namespace: string | undefined,
  folder: string,
  variables: Variables,
): ClusterTarget => ({
  name,
  ...(context !== undefined && { context }),
  ...(kubeconfig !== undefined && { kubeconfig: absolute(kubeconfig, folder, variables) }),
  ...(inCluster && { inCluster }),
  ...(eks && { eks }),
  ...(namespace !== undefined && { namespace }),
})

const absolute = (path: string, folder: string, { HOME }: Variables): string =>
  path.startsWith('~/') && HOME ? join(HOME, path.slice(2)) : resolve(folder, path)
