import { stringify } from 'yaml'
import type { ClusterEntry } from '../../config/environment.ts'
import type { Loaded } from '../../config/load.ts'
import { DeployError } from '../../core/errors.ts'
import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import { type Plan, unitsOf } from '../../core/plan.ts'
import { podKubeconfigs } from './job.ts'

const refusal = (what: string, why: string, remedy: string): DeployError =>
  new DeployError({ code: 'detach-impossible', what: `can't be detached: ${what}`, why, remedy, exit: 'refused' })

/**
 * deploy.yaml as the pod reads it: of the plan's environment and service, each cluster reached from inside. What of it
 * lies on this machine only can't come along.
 * @throws DeployError `detach-impossible`
 */
export function podConfigOf(plan: Plan, { config, source }: Pick<Loaded, 'config' | 'source'>, home: string): string {
  const { service, environment } = plan.release
  refuseFiles(plan)
  const entry = config.environments[environment]
  const written = at(source, 'environments', environment)
  const clusters = (entry?.clusters ?? []).filter(({ name }) => plan.clusters.some((one) => one.name === name))
  const services = at(source, 'services', service)
  const { manifests: _, hooks: __, ...rest } = services
  refuseSecretFiles(rest, service)
  const file = {
    version: 1,
    services: { [service]: rest },
    environments: {
      [environment]: { ...written, clusters: clusters.map((cluster) => reached(cluster, home, config)) },
    },
  }
  return stringify(file)
}

function reached(cluster: ClusterEntry, home: string, { detach }: Loaded['config']): JsonObject {
  const { name, namespace, context, eks } = cluster
  const common = { name, ...(namespace !== undefined && { namespace }) }
  if (name === home) return { ...common, inCluster: true }
  if (eks) return { ...common, eks: eks as unknown as Json }
  if (detach?.kubeconfigs === undefined || context === undefined)
    throw refusal(
      `nothing inside of ${home} reaches cluster ${name}`,
      'the Job runs in one cluster with its own service account; the kubeconfig of this machine is not sent along',
      `put a kubeconfig for ${name} under the key ${name} into a Secret there, and name that: detach: { kubeconfigs: … }`,
    )
  return { ...common, context, kubeconfig: `${podKubeconfigs}/${name}` }
}

/** Programs of the checkout: the image does not have them, and what was approved is what runs. */
function refuseFiles(plan: Plan): void {
  const hooks = unitsOf(plan)
    .flatMap((unit) => [...unit.stages.flatMap(({ steps }) => steps), ...unit.back])
    .flatMap(({ action: { mutation } }) => (mutation.verb === 'hook' ? [mutation.hook] : []))
  const file = hooks.find(({ sha256 }) => sha256 !== undefined)
  if (!file) return
  throw refusal(
    `the hook ${file.argv[0]} is a file of this checkout`,
    'the Job has deploy.yaml and the image, not the checkout, and a hook that is missing would stop the release half-way',
    'put the program into the image and name it without a path, or release without --detach',
  )
}

/** `file:` and `ca:` of metrics name files of this machine. */
function refuseSecretFiles(service: JsonObject, name: string): void {
  const path = pathIn(service['metrics'] ?? null, [])
  if (path === null) return
  throw refusal(
    `services.${name}.metrics.${path} is a file of this machine`,
    'the Job can not read it',
    'use env:NAME with detach: { env: SECRET }, or put the file into the image and name it with a whole path',
  )
}

function pathIn(value: Json, path: readonly string[]): string | null {
  if (typeof value === 'string') {
    const key = path.at(-1)
    const file = value.startsWith('file:') ? value.slice('file:'.length) : key === 'ca' ? value : null
    return file !== null && !file.startsWith('/') ? path.join('.') : null
  }
  if (!isObject(value)) return null
  for (const [key, part] of Object.entries(value)) {
    const found = pathIn(part, [...path, key])
    if (found !== null) return found
  }
  return null
}

function at(source: JsonObject, ...keys: readonly string[]): JsonObject {
  const found = keys.reduce<Json>((here, key) => (isObject(here) ? (here[key] ?? null) : null), source)
  return isObject(found) ? found : {}
}

/** Variables that deploy.yaml names and the pod would not have. */
export function variablesIn(value: Json): string[] {
  if (typeof value === 'string') return value.startsWith('env:') ? [value.slice('env:'.length)] : []
  if (Array.isArray(value)) return value.flatMap(variablesIn)
  return isObject(value) ? Object.values(value).flatMap(variablesIn) : []
}
