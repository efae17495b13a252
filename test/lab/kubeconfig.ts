import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { ClusterFacts } from './facts.ts'
import { pkiDir } from './pki.ts'

/** How a kubeconfig says who one is. */
export type Credentials = { readonly cert: string; readonly key: string } | { readonly token: string }

export type Context = {
  readonly cluster: ClusterFacts
  readonly credentials: Credentials
  /** Of another cluster than the server's: the wrong one, for tests. */
  readonly authority?: ClusterFacts
}

/** Writes a kubeconfig with one context per entry, named as its cluster; the first is the current one. Files are embedded. */
export async function writeKubeconfig(file: string, contexts: readonly Context[]): Promise<string> {
  const entries = await Promise.all(contexts.map(entry))
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entries.map(({ cluster }) => cluster),
    users: entries.map(({ user }) => user),
    contexts: entries.map(({ context }) => context),
    'current-context': entries[0]?.context.name,
  }
  await writeFile(file, stringify(config, { lineWidth: 0 }), { mode: 0o600 })
  return file
}

async function entry({ cluster, credentials, authority = cluster }: Context) {
  const { name, server } = cluster
  const ca = await base64(join(pkiDir(authority), 'ca.crt'))
  return {
    cluster: { name, cluster: { server, 'certificate-authority-data': ca } },
    user: {
      name,
      user:
        'token' in credentials
          ? { token: credentials.token }
          : {
              'client-certificate-data': await base64(credentials.cert),
              'client-key-data': await base64(credentials.key),
            },
    },
    context: { name, context: { cluster: name, user: name } },
  }
}

async function base64(file: string): Promise<string> {
  return (await readFile(file)).toString('base64')
}
