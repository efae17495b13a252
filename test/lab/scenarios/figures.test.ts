import { describe, it, type TestContext } from 'vitest'
import type { LabNamespace } from '../namespace.ts'
import type { LabPrometheus } from '../prometheus.ts'
import { waitFor } from '../wait-for.ts'
import { type Fields, metricsFrom, requestsIn, type Source } from './counted.ts'
import { type Entry, type Scene, type SceneOptions, sceneOf, settled } from './scene.ts'
import { traces } from './world.ts'

const slow = { soak: '12s', bake: '5s', deadline: '60s' }
const strategies = {
  canary: { weights: [20], ...slow },
  'blue-green': { weights: [20], ...slow },
  rolling: { batches: ['25%', '100%'], ...slow },
}
type Strategy = keyof typeof strategies
const all = Object.keys(strategies) as Strategy[]

/** The step after which the first requests reach the new pods. */
const reached = /^(weight-20\.route-20|batch-25\.hold-)/
const onErrors = { rollback: { when: ['error-rate > 1% for 5m'] } }

interface Measured {
  readonly source: Source
  readonly service: Fields
  readonly image?: string
  readonly options?: Fields
  readonly load?: boolean
}

/** `web`, and a source that counts what its pods answer. Held against bounds only: what is compared is in judged.test.ts. */
async function measured(context: TestContext, { source, service, image = '1.0.0', options, load }: Measured) {
  let prometheus: LabPrometheus | undefined
  const scene = await sceneOf(context, {
    traffic: { router: 'gateway-api' },
    strategies: Object.fromEntries(all.map((name) => [name, { ...strategies[name], ...options }])),
    web: { replicas: 4, image: `registry.lab/web:${image}` },
    // Callers that bypass the gateway are no part of these stories, and the machine is small.
    inside: [],
    rate: 60,
    ...(load !== undefined && { load }),
    service: async (namespace): Promise<Fields> => {
      const read = await metricsFrom(source, namespace, context)
      prometheus = read.prometheus
      return { metrics: read.metrics, judge: false, ...service }
    },
  } satisfies SceneOptions)
  if (load !== false) await scene.sent(400)
  const counted = requestsIn(scene.namespace)
  if (prometheus) await waitFor('Prometheus has scraped what they counted', () => hasSome(prometheus, counted))
  return { scene, prometheus: prometheus as LabPrometheus }
}

const hasSome = async (prometheus: LabPrometheus | undefined, query: string): Promise<boolean> =>
  ((await prometheus?.sum(query)) ?? 0) > 0

const whyBack = (entries: readonly Entry[]): string | undefined => entries.find(({ type }) => type === 'turned')?.why

/** How every pod answers from now on. */
const everybody = ({ kubectl }: LabNamespace, annotation: string): Promise<string> =>
  kubectl('annotate', 'pods', '-l', 'app=web', '--overwrite', annotation)

describe.concurrent('a source that goes away', () => {
  // It takes longest, so it begins first.
  it('for good takes the release back without a verdict, where that is wished', async (context) => {
    const { expect } = context
    const { scene, prometheus } = await measured(context, {
      source: 'prometheus',
      service: onErrors,
      options: { onProviderDown: 'undo' },
    })
    const run = scene.deploy('canary', '2.0.0')
    await scene.until('20 %', settled(reached), run)
    await prometheus.stop()
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(22)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it.for(all)('and comes back: %s holds its weight and goes on', async (strategy, context) => {
    const { expect } = context
    const { scene, prometheus } = await measured(context, {
      source: 'prometheus',
      // Of 60 requests, which a soak has at 20 % whether or not what was counted meanwhile falls into it.
      service: { ...onErrors, slo: { availability: '95%' } },
    })
    const run = scene.deploy(strategy, '2.0.0')
    await scene.until('the first requests', settled(reached), run)
    prometheus.freeze()
    await scene.until('that it is said', ({ type, because }) => type === 'provider' && because !== undefined, run)
    expect((await scene.entries()).filter(({ type }) => type === 'judged').map(({ stage }) => stage)).toEqual([
      'prepare',
    ])
    prometheus.thaw()
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(0)
  })
})

const worse = [
  { tag: '2.0.0-err100', service: onErrors, says: /errors 100 % of \d+ requests/ },
  { tag: '2.0.0-err5', service: onErrors, says: /errors \d+(\.\d+)? % of \d+ requests/ },
  {
    tag: '2.0.0-lat150',
    service: { rollback: { when: ['latency.p95 > 100ms for 1m'] } },
    says: /p95 \d+ ms of \d+ requests/,
  },
]

describe.concurrent('a version that does worse is taken back by what is counted', () => {
  const cases = all.flatMap((strategy) =>
    (['pods', 'prometheus'] as const).flatMap((source) => worse.map((one) => ({ strategy, source, ...one }))),
  )
  it.for(cases)('$strategy of $tag, read from $source', async ({ strategy, source, tag, service, says }, context) => {
    const { expect } = context
    // Long enough to be found where few users meet it.
    const { scene } = await measured(context, { source, service, image: '1.0.0-lat50', options: { soak: '3m' } })
    const { exitCode, stderr } = await scene.deploy(strategy, tag)
    expect(exitCode, stderr).toBe(3)
    const entries = await scene.entries()
    expect(whyBack(entries)).toMatch(says)
    const failed = entries.find(({ type, answer }) => type === 'judged' && answer === 'fail')
    expect(failed?.stage).toBe(strategy === 'rolling' ? 'batch-25' : 'weight-20')
    expect(traces(scene.before, await scene.world())).toEqual([])
    if (strategy !== 'rolling') expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
  })
})

/** The strategies take turns with the sources. */
const each = all.map((strategy, index): { strategy: Strategy; source: Source } => ({
  strategy,
  source: index % 2 === 0 ? 'prometheus' : 'pods',
}))

describe.concurrent('what the release has no part in takes nothing back', () => {
  it.for(each)('1 % of errors in both versions: $strategy is done ($source)', async ({ strategy, source }, context) => {
    const { expect } = context
    const service = { rollback: { when: ['error-rate > 3% for 1m'] } }
    const { scene } = await measured(context, { source, service, image: '1.0.0-err1' })
    const { exitCode, stderr } = await scene.deploy(strategy, '2.0.0-err1')
    expect(exitCode, stderr).toBe(0)
  })

  it.for(each)(
    'everybody fails at the same time: $strategy pauses ($source)',
    async ({ strategy, source }, context) => {
      const { expect } = context
      const { scene } = await measured(context, { source, service: onErrors })
      const run = scene.deploy(strategy, '2.0.0', '--exit-on-pause')
      await scene.until('the first requests', settled(reached), run)
      await everybody(scene.namespace, 'lab.test/err=60')
      const { exitCode, stderr } = await run
      expect(exitCode, stderr).toBe(5)
      expect(stderr).toMatch(/environment, not release/)
      await everybody(scene.namespace, 'lab.test/err=0')
      await endsBack(scene, expect)
    },
  )

  it.for(each)(
    'a trigger that fires before $strategy starts refuses it, unless one goes without ($source)',
    async ({ strategy, source }, context) => {
      const { expect } = context
      const { scene } = await measured(context, { source, service: onErrors, image: '1.0.0-err50' })
      const refused = await scene.deploy(strategy, '2.0.0')
      expect(refused.exitCode, refused.stderr).toBe(21)
      expect(refused.stderr).toMatch(/fires already: errors \d+(\.\d+)? %.*--ignore-trigger/s)
      const without = ['--ignore-trigger', 'error-rate', '--reason', 'the fix']
      const { exitCode, stderr } = await scene.deploy(strategy, '2.0.0', ...without)
      expect(exitCode, stderr).toBe(0)
    },
  )

  it.for(each)(
    'no requests at all: $strategy is held, then pauses ($source)',
    async ({ strategy, source }, context) => {
      const { expect } = context
      const service = { slo: { availability: '99%' } }
      const { scene } = await measured(context, { source, service, load: false })
      const { exitCode, stderr } = await scene.deploy(strategy, '2.0.0', '--exit-on-pause')
      expect(exitCode, stderr).toBe(5)
      expect(stderr).toMatch(/inconclusive: .* \d of 300 requests/)
      await endsBack(scene, expect)
    },
  )
})

async function endsBack(scene: Scene, expect: typeof import('vitest').expect): Promise<void> {
  const { exitCode, stderr } = await scene.deploy('abort')
  expect(exitCode, stderr).toBe(22)
  expect(traces(scene.before, await scene.world())).toEqual([])
}
