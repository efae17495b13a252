import { join } from 'node:path'
import { execa } from 'execa'
import type { ClusterFacts } from './facts.ts'

/** Makes a cluster's own certificate authority, the key of its service accounts and the API server's certificates. */
export async function createPki(cluster: ClusterFacts, serviceAddress: string): Promise<void> {
  const dir = pkiDir(cluster)
  await openssl(dir, [
    'req',
    '-x509',
    ...newKey('ca'),
    '-subj',
    `/CN=lab-${cluster.name}-ca`,
    ...days,
    '-out',
    'ca.crt',
  ])
  await openssl(dir, ['genrsa', '-out', 'sa.key', '2048'])
  await openssl(dir, ['rsa', '-in', 'sa.key', '-pubout', '-out', 'sa.pub'])
  const dns = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map((name) => `DNS:${name}`)
  const ips = ['127.0.0.1', cluster.address, serviceAddress].map((address) => `IP:${address}`)
  await Promise.all([
    certificate(cluster, 'apiserver', '/CN=kube-apiserver', [...dns, ...ips]),
    certificate(cluster, 'kubelet-client', '/CN=kube-apiserver-kubelet-client'),
    certificate(cluster, 'kubelet', '/CN=kwok', [`IP:${cluster.address}`]),
  ])
}

/** A key and a certificate by the cluster's authority. The subject is the user: CN its name, O its groups. */
export async function certificate(
  cluster: ClusterFacts,
  file: string,
  subject: string,
  names: readonly string[] = [],
): Promise<{ readonly cert: string; readonly key: string }> {
  const dir = pkiDir(cluster)
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=digitalSignature,keyEncipherment',
    'extendedKeyUsage=serverAuth,clientAuth',
    ...(names.length > 0 ? [`subjectAltName=${names.join(',')}`] : []),
  ].flatMap((extension) => ['-addext', extension])
  const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key']
  await openssl(dir, [
    'req',
    '-x509',
    ...newKey(file),
    ...signer,
    '-subj',
    subject,
    ...days,
    ...extensions,
    '-out',
    `${file}.crt`,
  ])
  return { cert: join(dir, `${file}.crt`), key: join(dir, `${file}.key`) }
}

export const pkiDir = (cluster: ClusterFacts): string => join(cluster.dir, 'pki')

const days = ['-days', '30']
const newKey = (file: string) => [
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:prime256v1',
  '-nodes',
  '-keyout',
  `${file}.key`,
]

async function openssl(dir: string, argv: readonly string[]): Promise<void> {
  await execa('openssl', argv, { cwd: dir })
}
