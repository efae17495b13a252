import type { Lab } from '../lab/lab.ts'
import { makeProject, removeProject } from '../lab/scenarios/project.ts'
import { runBundled } from './bundled.ts'
import { pairs, type Row, rowOf } from './measure.ts'

/**
 * A release of 20 replicas in place, until all of them serve: by `deploy` in two batches without a bake, and by
 * `kubectl set image` and `rollout status`. The usual strategy of a Deployment (25 % surge, 25 % unavailable) takes as
 * many waves of 10 pods, for it removes five old pods at once and starts ten.
 */
export async function rolling(lab: Lab, bundle: string, count: number): Promise<Row> {
  const namespace = await lab.cluster('a').namespace()
  const cwd = await makeProject({
    clusters: [{ context: 'a', namespace: namespace.name }],
    strategies: { rolling: { batches: ['50%', '100%'], bake: '0s' } },
  })
  let version = 0
  const next = (): string => `2.0.${(version += 1)}`
  const ours = async (): Promise<void> => {
    const run = await runBundled({ package: bundle, lab: lab.facts, cwd }, ['rolling', next()])
    if (run.exitCode !== 0) throw new Error(`deploy ended with ${run.exitCode}: ${run.stderr}`)
  }
  const base = async (): Promise<void> => {
    await namespace.kubectl('set', 'image', 'deployment/web', `app=registry.lab/web:${next()}`)
    await namespace.kubectl('rollout', 'status', 'deployment/web')
  }
  try {
    await namespace.web({ replicas: 20 })
    // Once each before it counts: caches of the disk, of V8, of the API server.
    await pairs(1, { ours, base })
    return rowOf('rolling release of 20', 'kubectl', await pairs(count, { ours, base }), '≤ 1.05x')
  } finally {
    await namespace.delete()
    await removeProject(cwd)
  }
}
