import type { Clock, Cluster, PodDoor } from '../../ports.ts'
import { clusterOver } from './cluster.ts'
import { expiredCredential } from './expiry.ts'
import type { Peer } from './failure.ts'
import type { Env } from './kubeconfig.ts'
import { logIn } from './login.ts'
import { podDoor } from './pod-door.ts'
import { proxyFor } from './proxy.ts'
import { type RequestNote, restOver } from './rest.ts'
import { chooseTarget, type Target } from './target.ts'
import { openTransport } from './transport.ts'

export interface ConnectOptions {
  /** The cluster's name in plans and messages. */
  readonly name: string
  /** A context of the kubeconfig; without it the current one. */
  readonly context?: string | undefined
  /** The cluster that this process runs in, as a pod. */
  readonly inCluster?: boolean
  /** Instead of the context's namespace. */
  readonly namespace?: string | undefined
  /** A kubeconfig file instead of those of KUBECONFIG and `~/.kube/config`. */
  readonly kubeconfig?: string | undefined
  readonly env: Env
  readonly clock: Clock
  /** Of the tool: the server's audit log shows `deploy/<version>`. */
  readonly version: string
  /** From 0 to 1, for jitter. */
  readonly random?: () => number
  /** Told of each HTTP request, watches included. */
  readonly onRequest?: (note: RequestNote) => void
}

export interface Connected extends Cluster {
  /** The namespace that was asked for, or the context's own. */
  readonly namespace: string
  readonly server: string
  /** The kubeconfig's context, `null` without one. */
  readonly context: string | null
  /** Into pods, through the API server. */
  readonly door: PodDoor
}

/**
 * Reads the kubeconfig; nothing is sent before the first call. Throws `kubeconfig-*` and `context-unknown`.
 * Disposing ends every call, watch, plugin and socket.
 */
export async function connect(options: ConnectOptions): Promise<Connected> {
  const { env, context, kubeconfig, inCluster = false } = options
  return connectTo(await chooseTarget({ env, context, kubeconfig, inCluster }), options)
}

type Common = Omit<ConnectOptions, 'context' | 'kubeconfig' | 'inCluster'>

interface EksOptions extends Common {
  /** Name of the EKS cluster. */
  readonly cluster: string
  readonly region: string
  /** ARN of a role to log in as. */
  readonly role?: string
  /** Endpoint and CA (base64), as DescribeCluster gives them. */
  readonly server: string
  readonly ca: string
}

/** Connects to an EKS cluster without a kubeconfig. A role, or keys that have to be fetched, need the `aws` command. */
export function connectEks({ cluster, region, role, server, ca, ...options }: EksOptions): Connected {
  const args = ['eks', 'get-token', '--cluster-name', cluster, '--region', region, '--output', 'json']
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command: 'aws',
    args: [...args, ...(role === undefined ? [] : ['--role-arn', role])],
    installHint: 'install the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
  }
  return connectTo(
    {
      context: null,
      namespace: 'default',
      cluster: { server, 'certificate-authority-data': ca },
      user: { name: role ?? 'of the AWS credentials', exec },
    },
    options,
  )
}

function connectTo(target: Target, options: Common): Connected {
  const { name, env, clock, random = Math.random, version, onRequest = () => {} } = options
  const { server } = target.cluster
  const ending = new AbortController()
  const { signal } = ending
  const proxy = target.cluster['proxy-url'] ?? proxyFor(new URL(server), env)
  const login = logIn({ target, env, clock, signal })
  const transport = openTransport({ server, proxy, login })
  const peer: Peer = {
    name,
    server,
    context: target.context,
    user: target.user.name,
    proxy,
    expired: () => expiredCredential(target.user, clock.now()),
  }
  const rest = restOver({
    transport,
    peer,
    clock,
    random,
    userAgent: `deploy/${version}`,
    ending: signal,
    onRequest,
    renew: ({ identity }) => login.renew(identity),
  })
  const cluster = clusterOver({ rest, clock, random, signal })
  return {
    ...cluster,
    door: podDoor({ rest, transport, may: cluster.may, ending: signal }),
    namespace: options.namespace ?? target.namespace,
    server,
    context: target.context,
    [Symbol.asyncDispose]: async () => {
      ending.abort()
      await transport[Symbol.asyncDispose]()
    },
  }
}
