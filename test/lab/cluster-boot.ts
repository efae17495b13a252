import { mkdir, writeFile } from 'node:fs/promises'
import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import { join } from 'node:path'
import { execa } from 'execa'
import { cached } from './cache.ts'
import { type Child, type ChildSpec, readiness } from './child.ts'
import {
  apiServiceAddress,
  type ComponentUser,
  commandOf,
  componentKubeconfig,
  componentUsers,
  podserverStatus,
} from './components.ts'
import type { ClusterFacts } from './facts.ts'
import { gatewayObjects } from './gateway.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { certificate, createPki, pkiDir } from './pki.ts'
import { componentRbac } from './rbac.ts'
import { podLog, podLogs } from './stages/logs.ts'
import { fakeNodes, nodeStages } from './stages/nodes.ts'
import { podStages } from './stages/pods.ts'

export type Starter = (spec: ChildSpec) => Child

type Name = keyof typeof commandOf

/** How long any one component may take. On an idle machine all of them together need ten seconds. */
const patience = 120

/** Boots one cluster, from certificates to a Gateway that is programmed. Runs in the lab's middle namespace. */
export async function bootCluster(
  cluster: ClusterFacts,
  { nodes, dataDir, start }: { readonly nodes: number; readonly dataDir: string; readonly start: Starter },
): Promise<void> {
  const { address, server } = cluster
  const log = (name: string) => join(cluster.dir, 'logs', `${name}.log`)
  const run = (name: Name, argv: readonly string[], env: Record<string, string> = {}) =>
    start({ name: `${cluster.name}/${name}`, netns: cluster.netns, log: log(name), argv, env })

  for (const dir of ['pki', 'logs']) await mkdir(join(cluster.dir, dir), { recursive: true })
  const etcd = run('etcd', commandOf.etcd(cluster, dataDir))
  await createPki(cluster, apiServiceAddress(cluster))
  await writeKubeconfigs(cluster)
  await readiness(etcd, patience, () => answers(`http://${address}:2379/health`))
  const apiserver = run('apiserver', commandOf.apiserver(cluster))
  await readiness(apiserver, patience, () => answers(`${server}/readyz`))

  const kcm = run('kcm', commandOf.kcm(cluster))
  const scheduler = run('scheduler', commandOf.scheduler(cluster))
  await kubectl(cluster, ['apply', '--server-side', '-f', cached('gateway-api'), '-f', cached('kwok-crds')])
  await kubectl(cluster, ['wait', '--for=condition=Established', 'crd', '--all', `--timeout=${patience}s`])
  await apply(cluster, [...componentRbac, ...fakeNodes(nodes)])
  const kwokConfig = await writeKwokConfig(cluster)
  const kwok = run('kwok', commandOf.kwok(cluster, kwokConfig))
  const podserver = run('podserver', commandOf.podserver(cluster))
  const proxy = run('kube-proxy', commandOf['kube-proxy'](cluster))
  const traefik = run('traefik', commandOf.traefik(cluster), { KUBECONFIG: componentKubeconfig(cluster, 'traefik') })
  await apply(cluster, gatewayObjects)

  const wait = (what: string, condition: string) => () =>
    kubectl(cluster, ['wait', ...what.split(' '), `--for=${condition}`, '--timeout=5s'])
  await readiness(kcm, patience, () => answers(`https://${address}:10257/healthz`))
  await readiness(scheduler, patience, () => answers(`https://${address}:10259/healthz`))
  await readiness(kwok, patience, wait('nodes --all', 'condition=Ready'))
  await readiness(podserver, patience, () => answers(podserverStatus(cluster), '"synced":true'))
  await readiness(proxy, patience, () => answers(`http://${address}:10256/healthz`))
  await readiness(traefik, patience, () => answers(`http://${address}:9000/ping`))
  await readiness(traefik, patience, wait('-n lab gateway/lab', 'condition=Programmed'))
  await readiness(kcm, patience, wait('-n default serviceaccount/default', 'create'))
}

async function writeKubeconfigs(cluster: ClusterFacts): Promise<void> {
  await Promise.all(
    Object.entries(componentUsers).map(async ([user, subject]) => {
      const credentials = await certificate(cluster, user, subject)
      await writeKubeconfig(componentKubeconfig(cluster, user as ComponentUser), [{ cluster, credentials }])
    }),
  )
}

async function writeKwokConfig(cluster: ClusterFacts): Promise<string> {
  const log = join(cluster.dir, 'pod.log')
  await writeFile(log, podLog)
  const file = join(cluster.dir, 'kwok.json')
  const documents = [...nodeStages, ...podStages, podLogs(log)]
  await writeFile(file, documents.map((document) => JSON.stringify(document)).join('\n---\n'))
  return file
}

/** The admin's credentials of a booted cluster. */
export const adminCredentials = (cluster: ClusterFacts) => ({
  cert: join(pkiDir(cluster), 'admin.crt'),
  key: join(pkiDir(cluster), 'admin.key'),
})

async function kubectl(cluster: ClusterFacts, argv: readonly string[], input = ''): Promise<void> {
  await execa(cached('kubectl'), ['--kubeconfig', componentKubeconfig(cluster, 'admin'), ...argv], { input })
}

async function apply(cluster: ClusterFacts, items: readonly object[]): Promise<void> {
  await kubectl(cluster, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
}

/** Resolves when the address answers 200, and with this text if one is given. */
async function answers(url: string, text = ''): Promise<void> {
  const get = url.startsWith('https:') ? getHttps : getHttp
  await new Promise<void>((resolve, reject) => {
    const sent = get(url, { rejectUnauthorized: false, agent: false, timeout: 2000 }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200 && body.includes(text)) resolve()
        else reject(new Error(`${url}: ${response.statusCode} ${body.slice(0, 200)}`))
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`${url}: no answer`)))
    sent.on('error', reject)
  })
}
