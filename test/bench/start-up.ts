import { join } from 'node:path'
import { execa } from 'execa'
import type { Lab } from '../lab/lab.ts'
import { within } from '../lab/network.ts'
import { makeProject, removeProject } from '../lab/scenarios/project.ts'
import { runBundled } from './bundled.ts'
import { firstAnswer } from './first-answer.ts'
import { pairs, type Row, rowOf } from './measure.ts'

/** How long it takes until something is said, against a Node.js that does nothing. */
export async function startUp(lab: Lab, bundle: string, count: number): Promise<readonly Row[]> {
  const namespace = await lab.cluster('a').namespace()
  const cwd = await makeProject({ clusters: [{ context: 'a', namespace: namespace.name }] })
  try {
    await namespace.web({ replicas: 20 })
    const live = await planOfCluster(lab, { bundle, cwd, count })
    return [
      await offline('--help', ['--help'], '≤ 1.5x', { bundle, cwd, count }),
      await offline('plan of a file', ['plan', 'plan.json'], '≤ 2.8x', { bundle, cwd, count }),
      await firstAnswer(bundle, count),
      live,
    ]
  } finally {
    await namespace.delete()
    await removeProject(cwd)
  }
}

interface Bench {
  readonly bundle: string
  readonly cwd: string
  readonly count: number
}

/** Not in the network of the lab: the way into it takes a third of what is measured here, and would count for both. */
async function offline(
  what: string,
  args: readonly string[],
  target: string,
  { bundle, cwd, count }: Bench,
): Promise<Row> {
  const env = { PATH: process.env['PATH'], HOME: bundle }
  const node = (...words: readonly string[]) =>
    execa(process.execPath, words, { cwd, env, extendEnv: false, stdin: 'ignore' })
  const ours = () => node(join(bundle, 'bin/deploy.cjs'), ...args)
  await ours()
  return rowOf(what, 'bare node', await pairs(count, { ours, base: () => node('-e', '0') }), target)
}

/** Saves the plan, too. */
async function planOfCluster(lab: Lab, { bundle, cwd, count }: Bench): Promise<Row> {
  const [command, argv] = within(lab.facts.netns, [process.execPath, '-e', '0'])
  const base = (): Promise<unknown> => execa(command, argv)
  const args = ['plan', 'rolling', '2.0.0', '--out', 'plan.json']
  const ours = async (): Promise<void> => {
    const { exitCode, stderr } = await runBundled({ package: bundle, lab: lab.facts, cwd }, args)
    if (exitCode !== 0) throw new Error(`deploy ${args.join(' ')}: ${stderr}`)
  }
  await ours()
  return rowOf('plan of a cluster', 'bare node', await pairs(count, { ours, base }), '')
}
