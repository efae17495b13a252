import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'

export type Variables = Readonly<Record<string, string | undefined>>

/** The `Authorization: Basic …` that `docker login` left for the host of a registry, or null. */
export type Credentials = (host: string) => string | null

const Account = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
})
const Config = z.object({ auths: z.record(z.string(), Account).optional() })

/**
 * From Docker's config.json. Accounts that a credential helper keeps (`credsStore`, `credHelpers`) are not asked for: it
 * is a program that may open a dialog. Whatever can't be read is as good as not there, and is never quoted.
 */
export async function dockerCredentials(env: Variables): Promise<Credentials> {
  const folder = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker')
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => '')
  const accounts = accountsIn(text)
  return (host) => basic(keysOf(host).flatMap((key) => accounts[key] ?? [])[0])
}

function accountsIn(text: string): Readonly<Record<string, z.output<typeof Account>>> {
  try {
    return Config.parse(JSON.parse(text)).auths ?? {}
  } catch {
    return {}
  }
}

/** Docker Hub's account is kept under the address of its first version. */
const keysOf = (host: string): string[] => {
  const hosts = host === 'registry-1.docker.io' ? ['index.docker.io', 'docker.io', host] : [host]
  return hosts.flatMap((name) => [`https://${name}/v1/`, `https://${name}/v2/`, `https://${name}`, name])
}

function basic(account: z.output<typeof Account> | undefined): string | null {
  if (account === undefined) return null
  const { username, password, auth } = account
  const pair = auth === undefined ? `${username ?? ''}:${password ?? ''}` : Buffer.from(auth, 'base64').toString()
  return pair.indexOf(':') > 0 ? `Basic ${Buffer.from(pair).toString('base64')}` : null
}
