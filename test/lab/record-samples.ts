/**
 * Records what a run samples of a good and of a bad version, read from a real Prometheus:
 * `node test/lab/record-samples.ts [good] [bad]`. The files below test/judge/fixtures are replayed by
 * test/judge/recorded/lab.test.ts, so look at what changed before they are kept.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bootLab } from './boot.ts'
import { connectLab, type Lab } from './lab.ts'
import { startPrometheus } from './prometheus.ts'
import { makeProject, removeProject } from './scenarios/project.ts'

const versions = {
  good: { from: '1.0.0-err0.1-lat20', to: '2.0.0-err0.1-lat20', exit: 0 },
  bad: { from: '1.0.0-err0.1-lat20', to: '2.0.0-err5-lat20', exit: 3 },
} as const

const fixtures = join(import.meta.dirname, '..', 'judge', 'fixtures')
const say = (text: string): void => void process.stderr.write(`record-samples: ${text}\n`)
const asked = process.argv.slice(2)
const names = (['good', 'bad'] as const).filter((name) => asked.length === 0 || asked.includes(name))

const { facts, down } = await bootLab({ name: 'record', clusters: 1, nodes: 4, say })
try {
  for (const name of names) await record(connectLab(facts), name)
} finally {
  await down()
}

async function record(lab: Lab, name: keyof typeof versions): Promise<void> {
  const { from, to, exit } = versions[name]
  const namespace = await lab.cluster('a').namespace()
  const prometheus = await startPrometheus(namespace)
  const folder = await makeProject({
    clusters: [{ context: 'a', namespace: namespace.name }],
    service: {
      metrics: {
        source: 'prometheus',
        url: prometheus.url,
        every: '2s',
        requests: `http_requests_total{namespace="${namespace.name}"}`,
        errors: 'code=~"5.."',
        latency: 'http_request_duration_seconds',
      },
    },
    traffic: { router: 'gateway-api' },
    strategies: { canary: { weights: [25], soak: '100s', bake: '5s' } },
  })
  try {
    await namespace.web({ replicas: 4, image: `registry.lab/web:${from}` })
    const load = await namespace.startLoad({ via: 'gateway', rate: 200 })
    // What stable does before the release is what latency is compared at.
    await new Promise((resolve) => setTimeout(resolve, 60_000))
    const { exitCode, stderr } = await lab.runDeploy(['canary', to, '--exit-on-pause'], { cwd: folder })
    await load.stop()
    if (exitCode !== exit) throw new Error(`${name}: exit ${exitCode} and not ${exit}\n${stderr}`)
    const runs = join(folder, '.deploy', 'runs')
    const [run = ''] = await readdir(runs)
    await writeFile(join(fixtures, `${name}.ndjson`), await readFile(join(runs, run, 'samples.ndjson')))
    say(`${name}: ${stderr.split('\n').find((line) => line.includes('canary fails')) ?? 'done'}`)
  } finally {
    await prometheus.stop()
    await namespace.delete()
    await removeProject(folder)
  }
}
