import { join } from 'node:path'
import { execa } from 'execa'
import { cacheDir } from './cache.ts'
import type { LabFacts } from './facts.ts'
import { within } from './network.ts'

/** The program under test. */
export type Program = string

/** From its sources. What is published starts in a fifth of the time. */
export const source: Program = join(import.meta.dirname, '..', '..', 'bin', 'deploy.ts')

export type DeployOptions = {
  /** Where `deploy.yaml` is. */
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** KUBECONFIG; without it the lab's own, with a context per cluster. */
  readonly kubeconfig?: string
  /** The cluster inside of which it runs, instead of in the middle. */
  readonly cluster?: string
}

/** Awaited it is the outcome, whatever the exit code. Until then it has a pid, streams, and can be signalled: `kill('SIGKILL')`. */
export type DeployRun = ReturnType<typeof runDeploy>

/** Runs `deploy` as a process in the lab's network. Its environment is the given one, PATH, and where compiled code is kept. */
export function runDeploy(
  { lab, program }: { lab: LabFacts; program: Program },
  args: readonly string[],
  options: DeployOptions,
) {
  const { cwd, env = {}, kubeconfig = lab.kubeconfig, cluster } = options
  const netns = cluster === undefined ? lab.netns : lab.clusters.find(({ name }) => name === cluster)?.netns
  if (netns === undefined) throw new Error(`the lab has no cluster ${cluster}`)
  const [command, argv] = within(netns, [process.execPath, program, ...args])
  return execa(command, argv, {
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: cwd,
      KUBECONFIG: kubeconfig,
      // There are hundreds of starts, each with a home of its own.
      NODE_COMPILE_CACHE: join(cacheDir, 'v8'),
      ...env,
    },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    forceKillAfterDelay: false,
  })
}
