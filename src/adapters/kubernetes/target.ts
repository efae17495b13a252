import { existsSync } from 'node:fs'
import { access, constants, readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { DeployError } from '../../core/errors.ts'
import { type ClusterEntry, type Env, type Kubeconfig, readKubeconfig, type UserEntry } from './kubeconfig.ts'
import { nearest } from '../../config/nearest.ts'

/** Where to connect and as whom. */
export interface Target {
  /** Name of the kubeconfig's context, `null` where there is none (in a pod, EKS). */
  readonly context: string | null
  /** The context's namespace; `default` where it names none. */
  readonly namespace: string
  readonly cluster: ClusterEntry
  readonly user: UserEntry & { readonly name: string }
}

export interface Choice {
  readonly env: Env
  /** A context of the kubeconfig; without it the current one. */
  readonly context?: string | undefined
  /** The cluster that this process runs in, as a pod, whatever kubeconfig there is. */
  readonly inCluster?: boolean
  /** A kubeconfig file instead of those that the environment names. */
  readonly kubeconfig?: string | undefined
  /** Where a pod finds its service account; for tests. */
  readonly serviceAccount?: string
}

/**
 * The context that was asked for, the current one, or, in a pod that has no kubeconfig, its service account.
 * Throws `kubeconfig-unreadable`, `kubeconfig-invalid`, `kubeconfig-missing`, `context-unknown`, `not-in-cluster`.
 */
export async function chooseTarget(choice: Choice): Promise<Target> {
  const { env, context, kubeconfig, serviceAccount } = choice
  if (choice.inCluster) return (await inCluster(env, serviceAccount)) ?? outside()
  const config = await readKubeconfig(env, kubeconfig)
  if (config.contexts.size === 0 && context === undefined) {
    const pod = await inCluster(env, serviceAccount)
    if (pod !== null) return pod
  }
  const target = targetIn(config, context)
  await readable(target)
  return target
}

function targetIn(config: Kubeconfig, asked?: string): Target {
  const place = config.files.join(', ')
  if (config.files.length === 0) {
    throw new DeployError({
      code: 'kubeconfig-missing',
      what: 'there is no kubeconfig',
      why: 'no file of KUBECONFIG exists, nor ~/.kube/config, and this is not a pod with a service account',
      remedy: 'set KUBECONFIG to a kubeconfig file, or make one with your provider’s command',
    })
  }
  const name = asked ?? config.currentContext
  if (name === null) throw unknown(`${place} has no current-context`, 'name a context', config)
  const context = config.contexts.get(name)
  if (context === undefined) {
    const meant = nearest(name, [...config.contexts.keys()])
    const remedy = meant === undefined ? 'name one of the contexts' : `did you mean ${meant}?`
    throw unknown(`context ${name} is not in ${place}`, remedy, config)
  }
  const cluster = config.clusters.get(context.cluster)
  if (cluster === undefined)
    throw unknown(
      `context ${name} names cluster ${context.cluster}, which is not in ${place}`,
      'mend the context',
      config,
    )
  const user = context.user ? config.users.get(context.user) : {}
  if (user === undefined)
    throw unknown(`context ${name} names user ${context.user}, which is not in ${place}`, 'mend the context', config)
  return {
    context: name,
    namespace: context.namespace ?? 'default',
    cluster,
    user: { ...user, name: context.user ?? '' },
  }
}

function unknown(what: string, remedy: string, config: Kubeconfig): DeployError {
  const names = [...config.contexts.keys()].sort()
  const listed =
    names.length === 0 ? 'no contexts' : `contexts ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
  return new DeployError({ code: 'context-unknown', what, why: `it has ${listed}`, remedy })
}

/** A file that is named but cannot be read would otherwise show as a refused login. */
async function readable({ cluster, user, context }: Target): Promise<void> {
  const named = [
    ['certificate-authority', cluster['certificate-authority']],
    ...(['client-certificate', 'client-key', 'tokenFile'] as const).map((key) => [key, user[key]] as const),
  ] as const
  for (const [key, path] of named) {
    if (!path) continue
    await access(path, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
      throw new DeployError({
        code: 'kubeconfig-unreadable',
        what: `${key} ${path} of context ${context} cannot be read (${error.code})`,
        remedy: error.code === 'ENOENT' ? 'mend the path in the kubeconfig' : `make it readable for you: ls -l ${path}`,
        cause: error,
      })
    })
  }
}

function outside(): never {
  throw new DeployError({
    code: 'not-in-cluster',
    what: 'this is not a pod with a service account, and the cluster is said to be the one that deploy runs in',
    why: 'KUBERNETES_SERVICE_HOST is not set, or there is no token of a service account',
    remedy: 'name a context instead of inCluster: true, or let the pod have a service account',
  })
}

/** The service account of the pod that we run in, `null` outside of a cluster. */
async function inCluster(env: Env, root = '/var/run/secrets/kubernetes.io/serviceaccount'): Promise<Target | null> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env
  if (!host || !port || !existsSync(`${root}/token`)) return null
  const namespace = await readFile(`${root}/namespace`, 'utf8').catch(() => 'default')
  return {
    context: null,
    namespace: namespace.trim(),
    cluster: {
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      'certificate-authority': `${root}/ca.crt`,
    },
    user: { name: 'service account of this pod', tokenFile: `${root}/token` },
  }
}
