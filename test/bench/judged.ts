/**
 * How soon the judge sends a bad version back, and whether it ever does that to a good one: node test/bench/judged.ts
 * [--each 10] [--good 50] [--together 2]. Canaries at 5 % of 200 requests a second through the gateway of a lab, whose
 * pods' counters are read; nothing but the comparison with stable may take them back.
 */
import { rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import pLimit from 'p-limit'
import { published } from '../build/bundle.ts'
import { bootLab } from '../lab/boot.ts'
import { connectLab, type Lab } from '../lab/lab.ts'
import type { Totals } from '../lab/load.ts'
import { makeProject, removeProject } from '../lab/scenarios/project.ts'
import { runBundled } from './bundled.ts'
import { type Row, table } from './measure.ts'

const { values } = parseArgs({
  options: {
    each: { type: 'string', default: '10' },
    good: { type: 'string', default: '50' },
    together: { type: 'string', default: '2' },
  },
})
const say = (text: string) => void process.stderr.write(`judged: ${text}\n`)

interface Release {
  readonly from: string
  readonly to: string
  readonly weights: readonly number[]
  readonly soak: string
}

interface Seen {
  readonly exit: number
  /** Seconds from the new version's first failed answer to its last answer. */
  readonly exposed: number
  /** Of its answers. */
  readonly failed: number
}

const broken: Release = { from: '1.0.0', to: '2.0.0-err100', weights: [5], soak: '2m' }
const worse: Release = { from: '1.0.0-err0.1', to: '2.0.0-err5.1', weights: [5], soak: '2m' }
// At 5 % so short a soak could not decide; what is counted here is whether it ever decides wrongly.
const good: Release = { from: '1.0.0-err0.1', to: '2.0.0-err0.1', weights: [50], soak: '25s' }

/** A release that leads back to the old version, a human who must decide, or the new version. */
const backTo = 3

const bundle = await published()
const { facts, down } = await bootLab({ name: 'judged', clusters: 1, nodes: 4, say })
try {
  const lab = connectLab(facts)
  const limit = pLimit(Number(values.together))
  const runs = (release: Release, count: string): Promise<readonly Seen[]> =>
    Promise.all(
      Array.from({ length: Number(count) }, (_, index) =>
        limit(async () => {
          const seen = await released(lab, release)
          say(`${release.to} ${index + 1} of ${count}: exit ${seen.exit}, ${seen.exposed} s, ${seen.failed} failed`)
          return seen
        }),
      ),
    )
  const all = await runs(broken, values.each)
  const some = await runs(worse, values.each)
  const none = await runs(good, values.good)
  const rows: readonly Row[] = [
    ...rowsOf('100 % errors', all, { seconds: 9, failed: 90 }),
    ...rowsOf('5.1 % errors over 0.1 %', some, { seconds: 25 }),
    [
      '0.1 % in both: taken back',
      `${none.filter(({ exit }) => exit === backTo).length} of ${none.length}`,
      '',
      '',
      '≤ 1 %',
    ],
    ['0.1 % in both: done', `${none.filter(({ exit }) => exit === 0).length} of ${none.length}`, '', '', ''],
  ]
  process.stdout.write(`${table([['', 'worst', 'median', '', 'target'], ...rows])}\n`)
} finally {
  await down()
  await rm(bundle, { recursive: true })
}

function rowsOf(
  what: string,
  seen: readonly Seen[],
  target: { readonly seconds: number; readonly failed?: number },
): readonly Row[] {
  const row = (name: string, of: (one: Seen) => number, unit: string, most: number | undefined): Row => {
    const sorted = seen.map(of).toSorted((a, b) => a - b)
    const bar = most === undefined ? '' : `≤ ${most}${unit}`
    return [`${what}: ${name}`, `${sorted.at(-1)}${unit}`, `${sorted[sorted.length >> 1]}${unit}`, '', bar]
  }
  return [
    row('first failed answer to last answer', ({ exposed }) => exposed, ' s', target.seconds),
    row('failed answers', ({ failed }) => failed, '', target.failed),
    [`${what}: taken back`, `${seen.filter(({ exit }) => exit === backTo).length} of ${seen.length}`, '', '', 'all'],
  ]
}

async function released(lab: Lab, { from, to, weights, soak }: Release): Promise<Seen> {
  const namespace = await lab.cluster('a').namespace()
  const cwd = await makeProject({
    clusters: [{ context: 'a', namespace: namespace.name }],
    service: { metrics: { source: 'pods', requests: 'http_requests_total', errors: 'code=~"5.."' } },
    traffic: { router: 'gateway-api' },
    strategies: { canary: { weights, soak, bake: '5s', onInconclusive: 'pause' } },
  })
  try {
    await namespace.web({ replicas: 4, image: `registry.lab/web:${from}` })
    const load = await namespace.startLoad({ via: 'gateway', rate: 200 })
    const run = await runBundled({ package: bundle, lab: lab.facts, cwd }, ['canary', to, '--exit-on-pause'])
    return { exit: run.exitCode ?? -1, ...exposureOf(await load.stop(), to) }
  } finally {
    await namespace.delete()
    await removeProject(cwd)
  }
}

function exposureOf({ seconds }: Totals, version: string): Pick<Seen, 'exposed' | 'failed'> {
  const own = seconds.map(({ second, counts }) => ({ second, counts: counts.filter((one) => one.version === version) }))
  const answered = own.filter(({ counts }) => counts.length > 0).map(({ second }) => second)
  const failing = own.filter(({ counts }) => counts.some((count) => count.failed)).map(({ second }) => second)
  const failed = own.flatMap(({ counts }) => counts).reduce((sum, one) => sum + (one.failed ? one.n : 0), 0)
  return { exposed: failing[0] === undefined ? 0 : (answered.at(-1) ?? 0) - failing[0] + 1, failed }
}
