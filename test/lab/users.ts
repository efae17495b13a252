import { createSign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { adminCredentials } from './cluster-boot.ts'
import { tokenIssuer } from './components.ts'
import type { ClusterFacts } from './facts.ts'
import { type Context, writeKubeconfig } from './kubeconfig.ts'
import { certificate, pkiDir } from './pki.ts'

/** Kubeconfigs for tests of what goes wrong before the first answer. */
export type KubeconfigKind = 'admin' | 'expired-token' | 'wrong-token' | 'wrong-authority' | 'refused' | 'no-such-host'

export type Rule = {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

export async function kubeconfigOf(
  kind: KubeconfigKind,
  cluster: ClusterFacts,
  another: ClusterFacts | undefined,
): Promise<string> {
  const file = join(cluster.dir, `test-${kind}.kubeconfig`)
  return await writeKubeconfig(file, [await contextOf(kind, cluster, another)])
}

async function contextOf(kind: KubeconfigKind, cluster: ClusterFacts, another?: ClusterFacts): Promise<Context> {
  const credentials = adminCredentials(cluster)
  switch (kind) {
    case 'admin':
      return { cluster, credentials }
    case 'expired-token':
      return { cluster, credentials: { token: await expiredToken(cluster) } }
    case 'wrong-token':
      return { cluster, credentials: { token: 'not-a-token-of-this-cluster' } }
    case 'wrong-authority':
      if (!another) throw new Error('a wrong authority is the one of another cluster: boot two')
      return { cluster, credentials, authority: another }
    case 'refused':
      return { cluster: { ...cluster, server: `https://${cluster.address}:6444` }, credentials }
    case 'no-such-host':
      return { cluster: { ...cluster, server: 'https://no-such-host.invalid:6443' }, credentials }
  }
}

/** A kubeconfig of a user who has a certificate, and no rights but those that are bound to its name. */
export async function certificateKubeconfig(cluster: ClusterFacts, user: string): Promise<string> {
  const credentials = await certificate(cluster, `user-${user}`, `/CN=${user}`)
  return await writeKubeconfig(join(cluster.dir, `user-${user}.kubeconfig`), [{ cluster, credentials }])
}

/** Roles for these rules, in one namespace or, without, in all of the cluster. */
export function rightsOf(user: string, rules: readonly Rule[], namespace?: string): readonly object[] {
  const scope = namespace === undefined ? 'Cluster' : ''
  const metadata = namespace === undefined ? { name: `user-${user}` } : { name: `user-${user}`, namespace }
  const apiGroup = 'rbac.authorization.k8s.io'
  const apiVersion = `${apiGroup}/v1`
  return [
    { apiVersion, kind: `${scope}Role`, metadata, rules },
    {
      apiVersion,
      kind: `${scope}RoleBinding`,
      metadata,
      roleRef: { apiGroup, kind: `${scope}Role`, name: metadata.name },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    },
  ]
}

/** Rightly signed by the cluster's own key, and an hour too old. The API server itself signs none that ends so soon. */
async function expiredToken(cluster: ClusterFacts): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: tokenIssuer,
    aud: [tokenIssuer],
    sub: 'system:serviceaccount:default:default',
    iat: now - 7200,
    nbf: now - 7200,
    exp: now - 3600,
    'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'default', uid: 'of-no-interest' } },
  }
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const content = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`
  const key = await readFile(join(pkiDir(cluster), 'sa.key'))
  return `${content}.${createSign('RSA-SHA256').update(content).sign(key).toString('base64url')}`
}
