import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { LabFacts } from '../lab/facts.ts'
import { within } from '../lab/network.ts'

/** What a run of the bundle asked of servers, and what it needed. */
export interface Observed {
  readonly requests: readonly ObservedRequest[]
  /** The `host:port` of each connection that was made. */
  readonly connections: readonly string[]
  readonly peakBytes: number
}

export interface ObservedRequest {
  readonly method: string
  readonly origin: string
  readonly path: string
  /** In ms of the process's own clock. */
  readonly began: number
  /** In ms, to the end of its answer; `null`: it had none. */
  readonly took: number | null
}

export interface Bundled {
  /** A published package, as `published` makes it. */
  readonly package: string
  readonly lab: LabFacts
  readonly cwd: string
}

/** Runs the bundle in the lab's network, as a user has it: with what V8 has compiled before, from a cache beside it. */
export function runBundled(
  { package: folder, lab, cwd }: Bundled,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
) {
  const [command, argv] = within(lab.netns, [process.execPath, join(folder, 'bin/deploy.cjs'), ...args])
  return execa(command, argv, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: lab.kubeconfig, ...env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    forceKillAfterDelay: false,
  })
}

export type BundledRun = ReturnType<typeof runBundled>

/** The same, watched from inside: what it asked for is known when it has ended. */
export async function observed(
  bundled: Bundled,
  args: readonly string[],
): Promise<{ readonly run: BundledRun; readonly seen: () => Promise<Observed> }> {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-observed-'))
  const file = join(folder, 'observed.json')
  const observer = join(import.meta.dirname, 'children/observe.mjs')
  const run = runBundled(bundled, args, { NODE_OPTIONS: `--import=${observer}`, OBSERVED: file })
  return {
    run,
    seen: async () => {
      await run
      const text = await readFile(file, 'utf8')
      await rm(folder, { recursive: true })
      return JSON.parse(text) as Observed
    },
  }
}
