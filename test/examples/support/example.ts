import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { startRegistry } from '../../../examples/demo/registry.ts'
import { main } from '../../../src/cli/main.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { LateStrategies } from '../../../src/core/strategy.ts'
import { serve } from '../../../src/sim/http/serve.ts'
import { createSim, type SimCluster } from '../../../src/sim/sim.ts'
import { lateStrategies } from '../../../strategies/late.ts'
import { type Ended, paper } from '../../cli/support/deploy.ts'
import { project } from '../../cli/support/project.ts'

export interface Example {
  readonly cluster: SimCluster
  /** The command line in the example's folder, by the cluster's clock. */
  deploy(...args: readonly string[]): Promise<Ended>
  /** What was asked of the cluster and is not modelled. */
  readonly refused: readonly string[]
}

export interface ExampleOf {
  /** Folder in `examples`. */
  readonly name: string
  readonly manifests: string
  readonly strategies?: LateStrategies
}

const folderOf = (name: string): string => join(import.meta.dirname, '../../../examples', name)
const namespace = 'shop'
const context = 'staging'
/** Seconds of the cluster in a real one. */
const speed = 200

/** An example as its README has it used: its manifests applied to a simulated cluster, its deploy.yaml in a folder. */
export async function example({ name, manifests, strategies = lateStrategies }: ExampleOf): Promise<Example> {
  const registry = await startRegistry()
  onTestFinished(() => registry[Symbol.asyncDispose]())
  const text = async (file: string): Promise<string> =>
    (await readFile(join(folderOf(name), file), 'utf8')).replaceAll('ghcr.io', registry.host)

  const sim = createSim()
  const cluster = sim.cluster(context)
  const objects = parseAllDocuments(await text(manifests)).map(
    (document) => document.toJS() as JsonObject & { metadata: JsonObject },
  )
  cluster.acts.apply(objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } })))
  await sim.settle()
  cluster.traffic({ namespace, route: 'web', rate: 100 })

  const refused: string[] = []
  const serving = await serve(cluster, { log: (line) => void refused.push(line) })
  onTestFinished(() => serving[Symbol.asyncDispose]())
  const cwd = await project({ config: await text('deploy.yaml') })
  const kubeconfig = join(cwd, 'kubeconfig')
  await writeFile(kubeconfig, kubeconfigOf(serving.url))
  const pace = sim.pace(speed)
  onTestFinished(() => pace[Symbol.dispose]())

  return { cluster, refused, deploy }

  async function deploy(...argv: readonly string[]): Promise<Ended> {
    const [stdout, stderr] = [paper(), paper()]
    const exit = await main({
      strategies,
      process: {
        argv,
        env: { PATH: process.env['PATH'], HOME: cwd, KUBECONFIG: kubeconfig, CI: 'true' },
        cwd,
        streams: { stdin: process.stdin, stdout: stdout.stream, stderr: stderr.stream },
        pid: process.pid,
        random: Math.random,
        onSignal: () => ({ [Symbol.dispose]: () => {} }),
        clock: sim.clock,
      },
    })
    return { exit, stdout: stdout.text(), stderr: stderr.text() }
  }
}

const kubeconfigOf = (server: string): string => `apiVersion: v1
kind: Config
current-context: ${context}
contexts: [{ name: ${context}, context: { cluster: ${context}, user: ${context} } }]
clusters: [{ name: ${context}, cluster: { server: "${server}" } }]
users: [{ name: ${context}, user: { token: simulated } }]
`
