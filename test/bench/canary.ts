import type { Lab } from '../lab/lab.ts'
import { makeProject, removeProject } from '../lab/scenarios/project.ts'
import { observed } from './bundled.ts'
import type { Row } from './measure.ts'

/** What a canary of three weights asks for and needs; test/lab/requests.test.ts holds it to the targets. */
export async function canary(lab: Lab, bundle: string): Promise<readonly Row[]> {
  const namespace = await lab.cluster('a').namespace()
  const cwd = await makeProject({
    clusters: [{ context: 'a', namespace: namespace.name }],
    traffic: { router: 'gateway-api' },
    strategies: { canary: { weights: [10, 25, 50], soak: '1s', bake: '1s' } },
  })
  try {
    await namespace.web({ replicas: 20 })
    const { run, seen } = await observed({ package: bundle, lab: lab.facts, cwd }, ['canary', '2.0.0'])
    const { exitCode, stderr } = await run
    if (exitCode !== 0) throw new Error(`deploy ended with ${exitCode}: ${stderr}`)
    const { requests, connections, peakBytes } = await seen()
    const { server } = lab.cluster('a').facts
    const asked = requests.filter(({ origin }) => origin === server)
    const watches = asked.filter(({ path }) => path.includes('watch=true')).length
    const journal = asked.filter(({ method, path }) => method !== 'GET' && path.includes('/configmaps'))
    const appends = journal.filter(({ method, path }) => method === 'PATCH' && path.includes('/configmaps/deploy-run-'))
    // All of it, although what goes along behind the driver holds nothing up; a soak of minutes makes it nothing.
    const journalling = journal.reduce((sum, { took }) => sum + (took ?? 0), 0)
    const began = Math.min(...asked.map((one) => one.began))
    const lasted = Math.max(...asked.map((one) => one.began + (one.took ?? 0))) - began
    return [
      // Each watch begins with a list.
      [
        'requests of a canary',
        String(asked.length - 2 * watches - appends.length),
        `and ${watches} watches`,
        '',
        '≤ 60',
      ],
      ['appends to its journal', String(appends.length), 'in its home cluster', '', '≤ 60'],
      [
        'journalling in its home cluster',
        `${((100 * journalling) / lasted).toFixed(1)} %`,
        'of a release whose soaks are 1 s',
        '',
        '≤ 5 %',
      ],
      ['connections to a cluster', String(connections.filter((host) => server.endsWith(host)).length), '', '', '≤ 2'],
      ['most memory (VmHWM)', `${Math.round(peakBytes / 2 ** 20)} MB`, '', '', '≤ 120 MB'],
    ]
  } finally {
    await namespace.delete()
    await removeProject(cwd)
  }
}
