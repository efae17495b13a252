import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { documents } from '../../src/report/documents/index.ts'
import { type FakeSeries, fakePrometheus } from '../adapters/metrics/support/server.ts'
import { type Ended, flat, said } from './support/deploy.ts'
import { project, usual } from './support/project.ts'
import { server } from './support/server.ts'

/** So many seconds in the past of each pod: ten requests in a second, of which the first pod by name fails a share. */
function pastOf(query: string, seconds: number, failing: number, requests = 10): FakeSeries[] {
  const now = Math.floor(Date.now() / 1000)
  const pods = (/pod=~"([^"]*)"/.exec(query)?.[1] ?? '').split('|').sort()
  const at = Array.from({ length: Math.floor(seconds / 15) + 1 }, (_, index) => index * 15)
  return pods.flatMap((pod, index) => {
    const share = index === 0 ? failing : 0.001
    const counted = (code: string, rate: number): FakeSeries => ({
      labels: { __name__: 'a_total', pod, code, job: 'web', instance: pod },
      values: at.map((t) => [now - seconds + t, String(Math.floor(t * requests * rate))]),
    })
    return [counted('200', 1 - share), counted('500', share)]
  })
}

interface Past {
  readonly seconds?: number
  readonly failing?: number
  readonly metrics?: string
  readonly when?: string
  readonly judge?: string
  readonly slo?: string
  /** In a second. */
  readonly requests?: number
}

const usualWhen = 'error-rate > 5% for 2m, restarts > 2'

async function since(
  { seconds = 3660, failing = 0.001, metrics, when = usualWhen, judge = '{}', slo = '{}', requests }: Past,
  ...words: readonly string[]
): Promise<Ended> {
  const { url } = await fakePrometheus((query) =>
    query.startsWith('a_total') ? pastOf(query, seconds, failing, requests) : [],
  )
  const source = metrics ?? `metrics: { source: prometheus, url: "${url}", requests: a_total, errors: code="500" }`
  const config = usual.replace(
    'acme/web }',
    `acme/web, ${source}, rollback: { when: [${when}] }, judge: ${judge}, slo: ${slo} }`,
  )
  const { kubeconfig, mutations } = await server()
  const ended = await said(['judge', '--since', '2h', ...words], { cwd: await project({ config }), kubeconfig })
  expect(mutations()).toEqual([])
  return ended
}

const document = (ended: Ended) => documents.judgePast.parse(JSON.parse(ended.stdout))

describe('deploy judge --since', () => {
  it('says that nothing would have fired where all pods are alike, and what was not tried', async () => {
    const { exit, stdout, stderr } = await since({})
    expect([exit, stderr]).toEqual([exitCodes.done, ''])
    expect(flat(stdout)).toMatch(
      /^web@east 5 soaks of 10 min .*, 4 pods · the judge stayed silent · error-rate > 5% for 2m stayed silent not tried restarts > 2 /,
    )
  })

  it('names the pod that was not well, and when it was', async () => {
    const { clusters } = document(await since({ failing: 0.2 }, '--json'))
    const [east] = clusters
    expect(new Set(east?.judge.map(({ pod }) => pod)).size).toBe(1)
    expect(east?.triggers[0]?.fired.map(({ pod }) => pod)).toEqual(east?.judge.map(({ pod }) => pod))
    expect((await since({ failing: 0.2 })).stdout).toMatch(/the judge fired in \d of 5: /)
  })

  it('compares as the service says, with what stable did before, and says which of that was not counted', async () => {
    const said = {
      judge: '{ confidence: 95% }',
      when: `${usualWhen}, error-rate > 3 * stable, error-rate > 9 * baseline, latency.p95 > 2 * baseline`,
    }
    const { alpha, untried, clusters } = document(await since({ ...said, failing: 0.002 }, '--json'))
    expect([alpha, untried]).toEqual([0.05, ['restarts > 2', 'latency.p95 > 2 * baseline']])
    expect(clusters[0]?.triggers.map(({ trigger }) => trigger)).toEqual(['error-rate > 5% for 2m'])
  })

  it('tries what is promised', async () => {
    const slo = "{ availability: '99.5%' }"
    const silent = document(await since({ slo }, '--json')).clusters[0]?.triggers
    expect(silent?.at(-1)).toEqual({ trigger: 'slo: availability < 99.5%', fired: [] })
    const broken = document(await since({ slo, failing: 0.007 }, '--json')).clusters[0]
    expect(broken?.triggers.at(-1)?.fired.map(({ pod }) => pod)).toEqual(
      expect.arrayContaining(broken?.judge.map(({ pod }) => pod) ?? []),
    )
    expect(broken?.judge.length).toBeGreaterThan(0)
  })

  it('says what a trigger needs that can not be tried in so short a soak', async () => {
    const when = `${usualWhen}, error-rate > 2% for 30m`
    const { stdout } = await since({ when })
    expect(flat(stdout)).toContain(
      'not tried restarts > 2, error-rate > 2% for 30m (its window is longer than a soak: --soak 30m)',
    )
    expect(stdout).not.toContain('error-rate > 2% for 30m stayed silent')
    const longer = document(await since({ when, seconds: 7200 }, '--soak', '30m', '--json'))
    expect(longer.untried).toEqual(['restarts > 2'])
    expect(longer.clusters[0]?.triggers.map(({ trigger }) => trigger)).toContain('error-rate > 2% for 30m')
  })

  it('says of which trigger too little was counted', async () => {
    const { stdout } = await since({ when: 'error-rate > 0.1% for 2m', requests: 1 })
    expect(flat(stdout)).toContain('not tried error-rate > 0.1% for 2m (too little was counted in its window)')
    expect(stdout).not.toContain('for 2m stayed silent')
  })

  it('tries shorter soaks where that is asked for', async () => {
    const { soak, clusters } = document(await since({}, '--soak', '5m', '-o', 'ndjson'))
    expect([soak, clusters.map(({ soaks }) => soaks)]).toEqual([300, [11]])
  })

  it('is refused where too little is kept', async () => {
    const { exit, stderr } = await since({ seconds: 600 })
    expect([exit, stderr]).toEqual([exitCodes.usage, expect.stringContaining('past-too-little')])
    expect(stderr).toMatch(/there are samples of (?:9|10) min/)
  })

  it.each([
    ['keeps none', 'metrics: { source: pods, port: 8080, requests: a_total, errors: code="500" }', 'past-unknown'],
    [
      'can not be read',
      'metrics: { source: prometheus, url: "http://localhost:1", requests: a_total, errors: b }',
      'metrics-unreadable',
    ],
  ])('is refused where the source %s', async (_, metrics, code) => {
    const { exit, stderr } = await since({ metrics })
    expect([exit, stderr]).toEqual([exitCodes.usage, expect.stringContaining(code)])
  })

  it('is about no recording', async () => {
    expect((await since({}, '--samples', 'x')).stderr).toContain('--samples beside --since')
    expect((await since({}, '--design')).stderr).toContain('--since beside --design')
  })
})
