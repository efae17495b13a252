import { KubeConfig } from '@kubernetes/client-node'
import type { RequestOptions } from 'node:https'
import { DeployError, messageOf } from '../../core/errors.ts'
import type { Clock } from '../../ports.ts'
import { cached, type Credential, type Source } from './credential.ts'
import { eksLoginOf, eksToken } from './eks-token.ts'
import { execPlugin } from './exec-plugin.ts'
import type { Env } from './kubeconfig.ts'
import type { Target } from './target.ts'
import { tokenFile } from './token-file.ts'

/** What proves to the server who we are, and to us who the server is. */
export interface Identity {
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly tls: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly servername?: string
    readonly rejectUnauthorized?: boolean
  }
}

export interface Login {
  /** The identity for the next request. Cheap when nothing expired. */
  identity(): Promise<Identity>
  /** After a 401 with this identity: gets a fresh one at the next request. False when there can't be one. */
  renew(refused: Identity): boolean
}

export interface LoginOptions {
  readonly target: Target
  readonly env: Env
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Logs in as the kubeconfig says. Certificates, static tokens, passwords and the OIDC refresh are the library's;
 * plugins and token files are ours, because the library starts a plugin for every call in flight, keeps tokens to their
 * last second and reads no `tokenFile`.
 */
export function logIn(options: LoginOptions): Login {
  const { target } = options
  const source = sourceOf(options)
  const config = configFor(target, source)
  return {
    identity: async () => {
      const https: RequestOptions = {}
      await config.applyToHTTPSOptions(https).catch((error: unknown) => {
        throw error instanceof DeployError ? error : notUsable(target, error)
      })
      return { headers: headersOf(target, https), tls: tlsOf(https) }
    },
    renew: ({ headers, tls }) => {
      const token = String(headers['Authorization'] ?? '').replace(/^Bearer /, '')
      source?.forget({ ...(token ? { token } : {}), ...(token || !tls.cert ? {} : { cert: tls.cert }) })
      return source !== null || Boolean(target.user['client-certificate'])
    },
  }
}

function sourceOf({ target, env, clock, signal }: LoginOptions): Source | null {
  const { user, cluster } = target
  if (user.tokenFile) return cached(tokenFile(user.tokenFile, clock), clock)
  if (!user.exec || user.token) return null
  const plugin = execPlugin({ exec: user.exec, user: user.name, cluster, env, signal })
  const eks = eksLoginOf(user.exec)
  return cached(eks === null ? plugin : eksToken(eks, { env, clock, otherwise: plugin }), clock)
}

/** The library's configuration with one context. A user is always there: without one it leaves the CA out. */
function configFor({ cluster, user }: Target, source: Source | null): KubeConfig {
  const config = new KubeConfig()
  config.addAuthenticator({
    // Asked last, so only for users that the library does not log in itself.
    isAuthProvider: () => source !== null,
    applyAuthentication: async (_user, https) => apply(await source!.get(), https as RequestOptions),
  })
  const present = <T extends object>(parts: T) =>
    Object.fromEntries(Object.entries(parts).filter(([, value]) => value)) as { [K in keyof T]: NonNullable<T[K]> }
  config.loadFromClusterAndUser(
    {
      name: 'cluster',
      server: cluster.server,
      // The library refuses http:// unless this is set; there is nothing to verify there.
      skipTLSVerify: cluster['insecure-skip-tls-verify'] === true || cluster.server.startsWith('http:'),
      ...present({
        caFile: cluster['certificate-authority-data'] ? null : cluster['certificate-authority'],
        caData: cluster['certificate-authority-data'],
        tlsServerName: cluster['tls-server-name'],
      }),
    },
    {
      name: 'user',
      ...present({
        certFile: user['client-certificate-data'] ? null : user['client-certificate'],
        certData: user['client-certificate-data'],
        keyFile: user['client-key-data'] ? null : user['client-key'],
        keyData: user['client-key-data'],
        token: user.tokenFile ? null : user.token,
        username: user.username,
        password: user.password,
        authProvider: source === null ? user['auth-provider'] : null,
      }),
    },
  )
  return config
}

function apply(credential: Credential, https: RequestOptions): void {
  if (credential.token) https.headers = { ...(https.headers as object), Authorization: `Bearer ${credential.token}` }
  if (credential.cert) https.cert = credential.cert
  if (credential.key) https.key = credential.key
}

function headersOf({ user }: Target, https: RequestOptions): Record<string, string | string[]> {
  const headers = { ...(https.headers as Record<string, string>) }
  const basic = https.auth ? { Authorization: `Basic ${Buffer.from(https.auth).toString('base64')}` } : {}
  const extra = Object.entries(user['as-user-extra'] ?? {}).map(
    ([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values] as const,
  )
  return {
    ...headers,
    ...basic,
    ...(user.as ? { 'Impersonate-User': user.as } : {}),
    ...(user['as-uid'] ? { 'Impersonate-Uid': user['as-uid'] } : {}),
    ...(user['as-groups']?.length ? { 'Impersonate-Group': user['as-groups'] } : {}),
    ...Object.fromEntries(extra),
  }
}

function tlsOf({ ca, cert, key, rejectUnauthorized, ...rest }: RequestOptions): Identity['tls'] {
  const text = (value: unknown) => (Buffer.isBuffer(value) ? value.toString() : (value as string | undefined))
  const all = {
    ca: text(ca),
    cert: text(cert),
    key: text(key),
    servername: rest.servername,
    rejectUnauthorized,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

const notUsable = ({ user, context }: Target, error: unknown): DeployError =>
  new DeployError({
    code: 'kube-unauthorized',
    what: `user ${user.name} of context ${context} cannot log in`,
    // Messages of the library and of Node name files and endpoints here, never the credential itself.
    why: messageOf(error),
    remedy: `kubectl get --raw /version --context ${context} uses the same credentials`,
    exit: 'refused',
    cause: error,
  })
