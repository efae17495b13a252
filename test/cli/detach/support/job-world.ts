import { join } from 'node:path'
import { at } from '../../../../src/core/json.ts'
import type { KubeObject } from '../../../../src/core/objects.ts'
import type { Millis } from '../../../../src/core/time.ts'
import type { SimCluster } from '../../../../src/sim/sim.ts'
import { kubeconfigFile } from '../../../adapters/kubernetes/support/connected.ts'
import { type Ended, said } from '../../support/deploy.ts'
import { project } from '../../support/project.ts'
import { served } from '../../support/served.ts'
import { type Gate, gateTo } from './gate.ts'

const image = `localhost:1/acme/deploy@sha256:${'41c2'.repeat(16)}`

const config = [
  'version: 1',
  'services: { web: { image: localhost:1/acme/web } }',
  'strategies:',
  '  canary: { weights: [50, pause], soak: 10s, bake: 10s, deadline: 2m }',
  'environments: { prod: { clusters: [{ name: east, context: lab }] } }',
  `detach: { image: "${image}" }`,
  '',
].join('\n')

export interface JobWorld {
  readonly cluster: SimCluster
  /** What the command that detaches has to pass; nobody else. */
  readonly gate: Gate
  /** For the command that detaches it is no later from now on. Returns how to end that: machines of tests are slow. */
  readonly hold: () => () => void
  /** Detaches a release. `onSaid` is told of all that was said until then. */
  readonly detach: (onSaid?: (text: string) => void) => Promise<Ended>
  /** From another machine. */
  readonly deploy: (args: readonly string[]) => Promise<Ended>
  readonly job: () => KubeObject | undefined
  /** Once the Job may begin: what its pod does, in a process of this machine instead. */
  readonly pod: (...more: readonly string[]) => Promise<Ended>
}

/** A world in which `web` serves v1, and nobody makes pods of Jobs. */
export async function jobWorld(): Promise<JobWorld> {
  const { sim, cluster, url } = await served()
  const gate = await gateTo(url, (wanted) => cluster.inside.store.create(wanted))
  let held: Millis | null = null
  const ends = { clock: sim.clock, random: Math.random }
  const own = { ...ends, clock: { ...sim.clock, now: () => held ?? sim.clock.now() } }
  const here = { cwd: await project({ config }), kubeconfig: await kubeconfigFile({ server: gate.url }) }
  const there = { cwd: await project({ config }), kubeconfig: await kubeconfigFile({ server: url }) }
  const deploy = (args: readonly string[]): Promise<Ended> => said(args, { ...there, process: ends })
  const job = (): KubeObject | undefined => [...cluster.see('web').objects.values()].find(({ kind }) => kind === 'Job')
  return {
    cluster,
    gate,
    deploy,
    job,
    hold() {
      held = sim.clock.now()
      return () => (held = null)
    },
    detach: (onSaid = () => {}) => said(['canary', 'v2', '--detach'], { ...here, onSaid, process: own }),
    async pod(...more) {
      const begun = await until(() => [job()].find((one) => one && at(one, '/spec/suspend') === false))
      const args = at(begun, '/spec/template/spec/containers/0/args') as string[]
      // It reaches its cluster by a service account, which is nowhere here.
      const words = args.map((word) => (word === '/run/deploy/deploy.yaml' ? join(there.cwd, 'deploy.yaml') : word))
      return await deploy([...words, ...more])
    },
  }
}

export async function until<T>(seen: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const found = seen()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('it never came')
}
