import type { Lab } from '../lab/lab.ts'
import { makeProject, removeProject } from '../lab/scenarios/project.ts'
import { runBundled } from './bundled.ts'
import type { Row } from './measure.ts'

/**
 * How long users meet a version that fails every request, at 5 % of 200 requests a second through the gateway, when the
 * pods' own counters are read: from the first failed answer to the last one.
 */
export async function safety(lab: Lab, bundle: string): Promise<readonly Row[]> {
  const namespace = await lab.cluster('a').namespace()
  const cwd = await makeProject({
    clusters: [{ context: 'a', namespace: namespace.name }],
    service: {
      metrics: { source: 'pods', requests: 'http_requests_total', errors: 'code=~"5.."' },
      rollback: { when: ['error-rate > 1% for 5m'] },
    },
    traffic: { router: 'gateway-api' },
    strategies: { canary: { weights: [5], soak: '5m', bake: '5m' } },
  })
  try {
    await namespace.web({ replicas: 20 })
    const load = await namespace.startLoad({ via: 'gateway', rate: 200 })
    const run = await runBundled({ package: bundle, lab: lab.facts, cwd }, ['canary', '2.0.0-err100'])
    if (run.exitCode !== 3) throw new Error(`deploy ended with ${run.exitCode}: ${run.stderr}`)
    const { seconds, failed, sent } = await load.stop()
    const bad = seconds.filter(({ counts }) => counts.some((count) => count.failed)).map(({ second }) => second)
    const span = bad.length === 0 ? 0 : (bad.at(-1) ?? 0) - (bad[0] ?? 0) + 1
    return [
      ['100 % errors at 5 % of 200 rps', `${span} s`, 'first to last failed answer', '', '≤ 15 s'],
      ['failed requests of it', `${failed}`, `of ${sent}`, '', ''],
    ]
  } finally {
    await namespace.delete()
    await removeProject(cwd)
  }
}
