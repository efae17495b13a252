import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Env } from './kubeconfig.ts'

export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface AwsIdentity {
  readonly keys: AwsKeys
  /** The profile's region, when it names one. */
  readonly region: string | null
}

/**
 * Keys that stand in the environment or in a profile of the shared files. `null` when they must be fetched first
 * (SSO, a role, a container, an instance): then the caller has to ask somebody who can.
 */
export async function awsIdentity(env: Env, asked?: string): Promise<AwsIdentity | null> {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env
  const name = asked ?? env['AWS_PROFILE'] ?? 'default'
  const profile = await profileNamed(name, env)
  const region = profile.get('region') ?? null
  if (asked === undefined && accessKeyId && secretAccessKey) {
    return { keys: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }, region }
  }
  const id = profile.get('aws_access_key_id')
  const secret = profile.get('aws_secret_access_key')
  // A profile with a role names keys too sometimes: they are those of the role's caller, not of the role.
  if (!id || !secret || profile.has('role_arn')) return null
  const session = profile.get('aws_session_token')
  return { keys: { accessKeyId: id, secretAccessKey: secret, ...(session ? { sessionToken: session } : {}) }, region }
}

async function profileNamed(name: string, env: Env): Promise<ReadonlyMap<string, string>> {
  const home = join(env['HOME'] ?? homedir(), '.aws')
  const config = await sections(env['AWS_CONFIG_FILE'] ?? join(home, 'config'))
  const credentials = await sections(env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, 'credentials'))
  const inConfig = config.get(name === 'default' ? 'default' : `profile ${name}`) ?? []
  return new Map([...inConfig, ...(credentials.get(name) ?? [])])
}

/** The simple part of the shared files: `[section]` and `key = value`; what is nested below a key is not read. */
async function sections(path: string): Promise<ReadonlyMap<string, [string, string][]>> {
  const found = new Map<string, [string, string][]>()
  const text = await readFile(path, 'utf8').catch(() => '')
  let section: [string, string][] = []
  for (const line of text.split(/\r?\n/)) {
    const head = /^\[\s*(.+?)\s*\]/.exec(line)?.[1]
    if (head !== undefined) {
      section = []
      found.set(head.replace(/\s+/g, ' '), section)
      continue
    }
    const pair = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line)
    if (pair?.[1] !== undefined) section.push([pair[1].toLowerCase(), pair[2] ?? ''])
  }
  return found
}
