import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import { DeployError } from '../../core/errors.ts'
import { printable } from './text.ts'

export type Env = Readonly<Record<string, string | undefined>>

const text = z.string().min(1).nullish()

const Exec = z.looseObject({
  apiVersion: z.string(),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: text,
  provideClusterInfo: z.boolean().nullish(),
  interactiveMode: z.enum(['Never', 'IfAvailable', 'Always']).nullish(),
})
const Cluster = z.looseObject({
  server: z.url({ protocol: /^https?$/ }),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': text,
  'proxy-url': text,
  extensions: z.array(z.looseObject({ name: z.string(), extension: z.unknown() })).nullish(),
})
const User = z.looseObject({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  as: text,
  'as-uid': text,
  'as-groups': z.array(z.string()).nullish(),
  'as-user-extra': z.record(z.string(), z.array(z.string())).nullish(),
  exec: Exec.nullish(),
  'auth-provider': z.looseObject({ name: z.string() }).nullish(),
})
const Context = z.looseObject({ cluster: z.string(), user: z.string().nullish(), namespace: text })
const File = z.looseObject({
  'current-context': z.string().nullish(),
  clusters: z.array(z.looseObject({ name: z.string(), cluster: Cluster })).nullish(),
  users: z.array(z.looseObject({ name: z.string(), user: User.nullish() })).nullish(),
  contexts: z.array(z.looseObject({ name: z.string(), context: Context })).nullish(),
})

export type ClusterEntry = z.infer<typeof Cluster>
export type UserEntry = z.infer<typeof User>
type ContextEntry = z.infer<typeof Context>
export type ExecEntry = z.infer<typeof Exec>

/** What several files say together. Every path in it is absolute. */
export interface Kubeconfig {
  /** The files that were found. */
  readonly files: readonly string[]
  readonly currentContext: string | null
  readonly clusters: ReadonlyMap<string, ClusterEntry>
  readonly users: ReadonlyMap<string, UserEntry>
  readonly contexts: ReadonlyMap<string, ContextEntry>
}

/** One file that must exist, else the files of KUBECONFIG, else `~/.kube/config`. */
const filesOf = (env: Env, explicit?: string): string[] => {
  if (explicit !== undefined) return [explicit]
  const listed = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')
  return listed.length > 0 ? [...new Set(listed)] : [join(env['HOME'] ?? homedir(), '.kube', 'config')]
}

/**
 * Reads and merges kubeconfig files as kubectl does: a missing file is skipped, and what the first file says of a name
 * stays. Throws `kubeconfig-unreadable` and `kubeconfig-invalid`.
 */
export async function readKubeconfig(env: Env, explicit?: string): Promise<Kubeconfig> {
  const merged = { files: [] as string[], clusters: new Map(), users: new Map(), contexts: new Map() }
  let currentContext: string | null = null
  for (const path of filesOf(env, explicit)) {
    const file = await readOne(resolve(path), explicit !== undefined)
    if (file === null) continue
    merged.files.push(resolve(path))
    currentContext ??= file['current-context'] || null
    for (const { name, cluster } of file.clusters ?? []) keepFirst(merged.clusters, name, cluster)
    for (const { name, user } of file.users ?? []) keepFirst(merged.users, name, user ?? {})
    for (const { name, context } of file.contexts ?? []) keepFirst(merged.contexts, name, context)
  }
  return { ...merged, currentContext }
}

function keepFirst<V>(map: Map<string, V>, name: string, value: V): void {
  if (!map.has(name)) map.set(name, value)
}

type Parsed = z.infer<typeof File>

async function readOne(path: string, mustExist: boolean): Promise<Parsed | null> {
  let source: string
  try {
    source = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && !mustExist) return null
    throw new DeployError({
      code: 'kubeconfig-unreadable',
      what: `kubeconfig ${path} cannot be read (${code})`,
      remedy: code === 'ENOENT' ? 'name a file that exists' : `make it readable for you: ls -l ${path}`,
      cause: error,
    })
  }
  return absolute(validated(path, parsed(path, source)), dirname(path))
}

function parsed(path: string, source: string): unknown {
  try {
    return parse(source, { logLevel: 'error' }) ?? {}
  } catch (error) {
    // Only the first line of the parser's message: the others quote the file, which holds keys.
    throw invalid(path, printable((error as Error).message.split('\n')[0] ?? '').replace(/:$/, ''))
  }
}

function validated(path: string, value: unknown): Parsed {
  const result = File.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw invalid(path, `${z.core.toDotPath(issue?.path ?? []) || 'the file'}: ${issue?.message}`)
}

const invalid = (path: string, what: string): DeployError =>
  new DeployError({
    code: 'kubeconfig-invalid',
    what: `kubeconfig ${path} is not valid: ${what}`,
    remedy: `mend the file; kubectl config view --kubeconfig ${path} reads it too`,
  })

/** Paths in a kubeconfig are relative to the file that they stand in. */
function absolute(file: Parsed, directory: string): Parsed {
  const from = (path: string | null | undefined) => (path ? resolve(directory, path) : path)
  for (const { cluster } of file.clusters ?? [])
    cluster['certificate-authority'] = from(cluster['certificate-authority'])
  for (const { user } of file.users ?? []) {
    if (!user) continue
    for (const key of ['client-certificate', 'client-key', 'tokenFile'] as const) user[key] = from(user[key])
    // A bare command is looked up in PATH, one with a slash stands beside the file.
    if (user.exec && /[\\/]/.test(user.exec.command)) user.exec.command = resolve(directory, user.exec.command)
  }
  return file
}
