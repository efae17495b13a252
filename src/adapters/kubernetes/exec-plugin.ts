import pLimit from 'p-limit'
import { DeployError } from '../../core/errors.ts'
import { isObject } from '../../core/json.ts'
import { type Millis, second, span } from '../../core/time.ts'
import type { Credential, Fetch } from './credential.ts'
import type { ClusterEntry, Env, ExecEntry } from './kubeconfig.ts'
import { printable, textAt } from './text.ts'

/** Plugins start interpreters and talk to clouds: with a hundred clusters, all at once would only be slower. */
const fewAtOnce = pLimit(4)

/** Some plugins refresh a login over a slow network; none should need longer. */
const longest = 60 * second

export interface Plugin {
  readonly exec: ExecEntry
  /** Name of the kubeconfig's user, for messages. */
  readonly user: string
  readonly cluster: ClusterEntry
  readonly env: Env
  /** Ends a plugin that still runs. */
  readonly signal: AbortSignal
  readonly timeout?: Millis
}

/** Runs a credential plugin (client.authentication.k8s.io) as kubectl does, but for asking on the terminal. */
export const execPlugin =
  (plugin: Plugin): Fetch =>
  () =>
    fewAtOnce(() => run(plugin))

async function run(plugin: Plugin): Promise<Credential> {
  const { exec, env, signal, timeout = longest } = plugin
  if (exec.interactiveMode === 'Always') {
    throw failed(
      plugin,
      'it wants to ask on a terminal (interactiveMode: Always)',
      'set interactiveMode: IfAvailable for this user, or log in by its own command first',
    )
  }
  const { execa } = await import('execa')
  const added = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]))
  const result = await execa(exec.command, exec.args ?? [], {
    env: { ...env, ...added, KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(plugin)) },
    extendEnv: false,
    stdin: 'ignore',
    timeout,
    cancelSignal: signal,
    reject: false,
    maxBuffer: 1_000_000,
  })
  signal.throwIfAborted()
  if (result.timedOut) throw failed(plugin, `no answer within ${span(timeout)}`, byHand(plugin))
  if (result.code === 'ENOENT' || result.code === 'EACCES') {
    throw failed(
      plugin,
      `${exec.command} ${result.code === 'ENOENT' ? 'is not installed, or not in PATH' : 'is not executable'}`,
      hint(plugin),
    )
  }
  if (result.failed) {
    const why = tail(result.stderr ?? '') || (result.shortMessage ?? '')
    throw failed(
      plugin,
      `exit code ${result.exitCode ?? result.signal ?? 'unknown'}: ${printable(why)}`,
      byHand(plugin),
    )
  }
  return credentialIn(plugin, result.stdout ?? '')
}

/** What the plugin is told about its caller; kubectl always sets it. */
const execInfo = ({ exec, cluster }: Plugin) => ({
  apiVersion: exec.apiVersion,
  kind: 'ExecCredential',
  spec: {
    interactive: false,
    ...(exec.provideClusterInfo ? { cluster: clusterInfo(cluster) } : {}),
  },
})

const clusterInfo = (cluster: ClusterEntry) => ({
  server: cluster.server,
  'tls-server-name': cluster['tls-server-name'] ?? undefined,
  'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] ?? undefined,
  'certificate-authority-data': cluster['certificate-authority-data'] ?? undefined,
  'proxy-url': cluster['proxy-url'] ?? undefined,
  config: cluster.extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension,
})

function credentialIn(plugin: Plugin, stdout: string): Credential {
  const answer = jsonOf(stdout)
  const status = isObject(answer) ? answer['status'] : undefined
  if (!isObject(answer) || answer['kind'] !== 'ExecCredential' || !isObject(status)) {
    throw failed(plugin, 'its output is not an ExecCredential', byHand(plugin))
  }
  if (answer['apiVersion'] !== plugin.exec.apiVersion) {
    const why = `it speaks ${printable(textAt(answer['apiVersion']) || 'nothing', 80)}, the kubeconfig asks for ${plugin.exec.apiVersion}`
    throw failed(plugin, why, 'set the same apiVersion in the kubeconfig, or update the plugin')
  }
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status
  const expires = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN
  const credential = {
    ...(typeof token === 'string' && token !== '' ? { token } : {}),
    ...(typeof cert === 'string' && typeof key === 'string' && cert !== '' ? { cert, key } : {}),
    ...(Number.isNaN(expires) ? {} : { expires }),
  }
  if (!('token' in credential) && !('cert' in credential)) {
    throw failed(plugin, 'it gave neither a token nor a client certificate with its key', byHand(plugin))
  }
  return credential
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const tail = (stderr: string): string => stderr.trimEnd().split('\n').slice(-5).join(' ')
const commandLine = ({ exec }: Plugin): string => printable([exec.command, ...(exec.args ?? [])].join(' '), 200)
const byHand = (plugin: Plugin): string => `run it by hand and mend what it says: ${commandLine(plugin)}`
const hint = (plugin: Plugin): string =>
  plugin.exec.installHint
    ? printable(plugin.exec.installHint, 1000)
    : `install ${plugin.exec.command}, or put it in PATH`

const failed = (plugin: Plugin, why: string, remedy: string): DeployError =>
  new DeployError({
    code: 'kube-unauthorized',
    what: `the credential plugin of user ${plugin.user} failed: ${commandLine(plugin)}`,
    why,
    remedy,
    exit: 'refused',
  })
