import { onTestFinished } from 'vitest'
import { serve } from '../../../src/sim/http/serve.ts'
import { createSim, type SimCluster } from '../../../src/sim/sim.ts'
import { kubeconfigFile } from '../../adapters/kubernetes/support/connected.ts'
import { type DeployOf, type Ended, said } from './deploy.ts'
import { project } from './project.ts'
import { usualObjects } from './world.ts'

const names = ['eu', 'us'] as const
type Name = (typeof names)[number]

export interface TwoClusters {
  readonly cwd: string
  readonly clusters: Readonly<Record<Name, SimCluster>>
  readonly deploy: (args: readonly string[], more?: Partial<DeployOf>) => Promise<Ended>
  /** A project on another machine, without any run: a `cwd` for `deploy`. */
  readonly elsewhere: () => Promise<string>
  /** Returns how it comes back. */
  readonly away: (name: Name) => () => void
}

/** `web` in two clusters that are released side by side, `eu` is the home of its runs; or apart, as two environments. */
export async function twoClusters({ apart = false } = {}): Promise<TwoClusters> {
  const sim = createSim()
  const pace = sim.pace(60)
  const clusters = { eu: sim.cluster('eu'), us: sim.cluster('us') }
  const contexts: string[] = []
  for (const name of names) {
    clusters[name].acts.apply(usualObjects)
    const serving = await serve(clusters[name])
    onTestFinished(() => serving[Symbol.asyncDispose]())
    contexts.push(`{ name: ${name}, context: lab, kubeconfig: ${await kubeconfigFile({ server: serving.url })} }`)
  }
  onTestFinished(() => pace[Symbol.dispose]())
  const environments = apart
    ? names.map((name, index) => `${name}: { clusters: [${contexts[index]}] }`)
    : [`prod: { clusters: [${contexts.join(', ')}] }`]
  const config = [
    'version: 1',
    'services: { web: { image: localhost:1/acme/web } }',
    'strategies:',
    '  canary: { weights: [50], soak: 10s, bake: 10s, deadline: 2m, parallel: 2 }',
    `environments: { ${environments.join(', ')} }`,
    '',
  ].join('\n')
  const cwd = await project({ config })
  return {
    cwd,
    clusters,
    deploy: (args, more) => said(args, { cwd, process: { clock: sim.clock, random: Math.random }, ...more }),
    elsewhere: () => project({ config }),
    away: (name) => {
      const ends = [clusters[name].faults.down(), clusters[name].faults.silence()]
      return () => ends.forEach((end) => end())
    },
  }
}
