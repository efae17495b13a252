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
  const [command, argv] = within(lab.facts.netns, [process.execPath, '-e', '0'])
  const base = (): Promise<unknown> => execa(command, argv)
  const row = async (what: string, args: readonly string[], target: string): Promise<Row> => {
    const ours = async (): Promise<void> => {
      const { exitCode, stderr } = await runBundled({ package: bundle, lab: lab.facts, cwd }, args)
      if (exitCode !== 0) throw new Error(`deploy ${args.join(' ')}: ${stderr}`)
    }
    await ours()
    return rowOf(what, 'bare node', await pairs(count, { ours, base }), target)
  }
  try {
    await namespace.web({ replicas: 20 })
    const live = await row('plan of a cluster', ['plan', 'rolling', '2.0.0', '--out', 'plan.json'], '')
    return [
      await row('--help', ['--help'], '≤ 1.5x'),
      await row('plan of a file', ['plan', 'plan.json'], '≤ 2.8x'),
      await firstAnswer(bundle, count),
      live,
    ]
  } finally {
    await namespace.delete()
    await removeProject(cwd)
  }
}
