import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { readLease } from '../../../src/core/lease/read.ts'
import { planHash } from '../../../src/core/plan-hash.ts'
import type { Plan } from '../../../src/core/plan.ts'
import type { View } from '../../../src/core/view.ts'
import { serve } from '../../../src/sim/http/serve.ts'
import { createSim, type SimCluster } from '../../../src/sim/sim.ts'
import type { Count } from '../../../src/sim/traffic/traffic.ts'
import { manifests, namespace, type Wish } from '../../engine/manifests.ts'
import { type Laws, lawsOf } from '../laws.ts'
import { seed } from '../seed.ts'
import { dying } from './dying.ts'

/** Seconds of the world in a real one. */
const speed = 10

export interface Started {
  readonly kill: (signal: NodeJS.Signals) => void
  readonly done: Promise<{ readonly exit: number | null; readonly signal: string | null; readonly said: string }>
}

/** A simulated world, served over HTTP to processes that run the real command line by its clock. */
export interface Served extends AsyncDisposable {
  readonly cluster: SimCluster
  readonly before: View
  readonly laws: Laws
  readonly users: () => Count
  readonly env: (folder: string) => Record<string, string>
  /** A machine: a folder with a deploy.yaml and nothing else. */
  machine(): Promise<string>
  /** The command line there; `death`: when it kills itself, `before 17` or `after 17`. */
  start(folder: string, args: readonly string[], death?: string): Started
  /** What the Lease says is open. */
  open(): string | null
}

export const program = join(import.meta.dirname, 'children/deploy.ts')

export async function served(wish: Wish, strategies: object): Promise<Served> {
  const stack = new AsyncDisposableStack()
  const sim = createSim({ seed: seed % 1000 })
  const cluster = sim.cluster('prod')
  // Nothing listens there: no registry is asked.
  const text = JSON.stringify(manifests(wish)).replaceAll('ghcr.io', 'localhost:1')
  cluster.acts.apply(JSON.parse(text) as object[])
  await sim.settle()
  const target = wish.router || wish.stateful || wish.strategy === 'rolling' ? { service: 'web' } : { route: 'web' }
  const users = cluster.traffic({ namespace, rate: 100, ...target })
  const serving = stack.use(await serve(cluster))
  stack.use(sim.pace(speed))
  const root = await mkdtemp(join(tmpdir(), 'deploy-storm-'))
  stack.defer(() => rm(root, { recursive: true, force: true }))
  const kubeconfig = join(root, 'kubeconfig')
  await writeFile(kubeconfig, kubeconfigOf(serving.url), { mode: 0o600 })
  const running = new Set<Started>()
  stack.defer(async () => {
    for (const one of running) one.kill('SIGKILL')
    await Promise.all([...running].map(({ done }) => done))
  })
  const env = (folder: string): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    CI: 'true',
    KUBECONFIG: kubeconfig,
    STORM_WORLD: `${serving.url} ${speed}`,
  })
  return {
    cluster,
    before: cluster.see(namespace),
    laws: lawsOf(cluster, { mortal: false }),
    users: users.counted,
    env,
    async machine() {
      const folder = await mkdtemp(join(root, 'machine-'))
      await writeFile(join(folder, 'deploy.yaml'), configOf(wish, strategies))
      return folder
    },
    start(folder, args, death) {
      const child = execa(process.execPath, [program, ...args], {
        cwd: folder,
        env: { ...env(folder), ...(death !== undefined && dying(death)) },
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
      })
      const done = child.then(({ exitCode = null, signal = null, stdout, stderr }) => {
        running.delete(started)
        return { exit: exitCode, signal, said: `${stdout}\n${stderr}` }
      })
      const started = { kill: (signal: NodeJS.Signals) => void child.kill(signal), done }
      running.add(started)
      return started
    },
    open() {
      const lease = cluster.see(namespace).objects.get('Lease/deploy-web')
      const run = lease && readLease(lease).run
      return run && run.phase !== 'closed' ? run.run : null
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Of the plan that was approved there: what whoever continues elsewhere has been told. */
export async function approved(folder: string): Promise<string> {
  const runs = join(folder, '.deploy', 'runs')
  const [run = ''] = await readdir(runs)
  return planHash(JSON.parse(await readFile(join(runs, run, 'plan.json'), 'utf8')) as Plan)
}

export async function linesIn(folder: string): Promise<readonly string[]> {
  const runs = join(folder, '.deploy', 'runs')
  const [run = ''] = await readdir(runs).catch((): string[] => [])
  const text = await readFile(join(runs, run, 'journal.ndjson'), 'utf8').catch(() => '')
  return text.split('\n').filter((line) => line !== '')
}

/** Waits until the journal there has such an entry. */
export async function until(folder: string, type: string, step: string): Promise<void> {
  for (;;) {
    const lines = await linesIn(folder)
    if (lines.some((line) => line.includes(`"step":"${step}"`) && line.includes(`"type":"${type}"`))) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const configOf = ({ router, stateful }: Wish, strategies: object): string =>
  JSON.stringify({
    version: 1,
    services: {
      web: {
        image: 'localhost:1/acme/web',
        workload: stateful ? 'statefulset/web' : 'deployment/web',
        ...(router && { traffic: { router } }),
      },
    },
    strategies,
    environments: { prod: { namespace, clusters: [{ name: 'prod', context: 'prod' }] } },
  })

const kubeconfigOf = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'prod',
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'prod', namespace } }],
    clusters: [{ name: 'prod', cluster: { server } }],
    users: [{ name: 'prod', user: { token: 'simulated' } }],
  })
