import { describe, it, type TestContext } from 'vitest'
import { waitFor } from '../wait-for.ts'
import { type Fields, metricsFrom, requestsIn, type Source } from './counted.ts'
import { type Entry, type Scene, sceneOf } from './scene.ts'
import { traces } from './world.ts'

interface Compared {
  readonly source: Source
  readonly image?: string
  /** Requests a second; 100 unless said. */
  readonly rate?: number
  readonly strategies?: Fields
  readonly judge?: Fields
  readonly rollback?: Fields
}

/** `web` behind the gateway, whose versions are compared by nothing but what is counted of both. */
async function compared(context: TestContext, wish: Compared): Promise<Scene> {
  const { source, image = '1.0.0', rate = 100, strategies, ...service } = wish
  let counted: (() => Promise<number | null>) | undefined
  const scene = await sceneOf(context, {
    traffic: { router: 'gateway-api' },
    strategies: { canary: { weights: [20], soak: '3m', bake: '5s' }, ...strategies },
    web: { replicas: 4, image: `registry.lab/web:${image}` },
    inside: [],
    rate,
    service: async (namespace): Promise<Fields> => {
      const { metrics, prometheus } = await metricsFrom(source, namespace, context)
      if (prometheus) counted = () => prometheus.sum(requestsIn(namespace))
      return { metrics, ...service }
    },
  })
  // What stable does before the release is what latency is compared at.
  await scene.sent(2000)
  if (counted) await waitFor('Prometheus has scraped what they counted', async () => ((await counted?.()) ?? 0) > 1000)
  return scene
}

const judgedAt = (entries: readonly Entry[], id: string): Entry | undefined =>
  entries.find(({ type, stage }) => type === 'judged' && stage === id)

const sources = ['pods', 'prometheus'] as const

describe.concurrent('a version that is worse than stable goes back, without a trigger', () => {
  const worse = [
    { tag: '2.0.0-err100', says: /^canary fails 100 % of requests, stable 0 % \(ratio above \d/ },
    { tag: '2.0.0-err5', says: /^canary fails \d+(\.\d+)? % of requests, stable 0 % \(ratio / },
  ]
  const cases = sources.flatMap((source) => worse.map((one) => ({ source, ...one })))
  it.for(cases)('$tag, read from $source', async ({ source, tag, says }, context) => {
    const { expect } = context
    const scene = await compared(context, { source })
    const { exitCode, stderr } = await scene.deploy('canary', tag)
    expect(exitCode, stderr).toBe(3)
    const verdict = judgedAt(await scene.entries(), 'weight-20')
    expect(verdict).toMatchObject({ answer: 'fail', because: expect.stringMatching(says) })
    expect(verdict?.because).toMatch(/99 %\); chance of a false alarm below 1 in 100$/)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it.for(sources)('one that is slower, read from %s', async (source, context) => {
    const { expect } = context
    const judge = { latency: { slower: '15%', warmUp: '0s' } }
    const scene = await compared(context, { source, image: '1.0.0-lat20', judge })
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0-lat150')
    expect(exitCode, stderr).toBe(3)
    expect(judgedAt(await scene.entries(), 'weight-20')).toMatchObject({
      answer: 'fail',
      because: expect.stringMatching(/^canary is slower than \d+ ms in \d+(\.\d+)? % of requests, stable /),
    })
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it('than stable was before, at a cut-over that leaves nothing to compare with', async (context) => {
    const { expect } = context
    const scene = await compared(context, {
      source: 'prometheus',
      image: '1.0.0-err1',
      strategies: { 'blue-green': { bake: '3m' } },
      rollback: { when: ['error-rate > 3 * baseline'] },
    })
    const { exitCode, stderr } = await scene.deploy('blue-green', '2.0.0-err20')
    expect(exitCode, stderr).toBe(3)
    expect(judgedAt(await scene.entries(), 'bake')?.because).toMatch(/^error-rate > 3 \* baseline: canary \d/)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })
})

describe.concurrent('a version that is as good as stable', () => {
  const good = { image: '1.0.0-err0.5', rate: 200, judge: { latency: false } }

  it.for(sources)('is released, and what would have been found is said (%s)', async (source, context) => {
    const { expect } = context
    const strategies = { canary: { weights: [50], soak: '45s', bake: '5s' } }
    const scene = await compared(context, { source, ...good, strategies })
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0-err0.5')
    expect(exitCode, stderr).toBe(0)
    expect(judgedAt(await scene.entries(), 'weight-50')).toMatchObject({
      answer: 'pass',
      because: expect.stringMatching(
        /canary fails .* % of requests, stable .* or more would have been found in 80 % of cases/,
      ),
    })
  })

  it('is let on before its soak is over, where that is wished and something is left to compare', async (context) => {
    const { expect } = context
    const strategies = { canary: { weights: [40, 50], soak: '3m', bake: '5s', early: true, onInconclusive: 'pause' } }
    const scene = await compared(context, {
      source: 'pods',
      ...good,
      judge: { ...good.judge, minSoak: '10s' },
      strategies,
    })
    const run = scene.deploy('canary', '2.0.0-err0.5')
    const first = await scene.until(
      'the end of the first weight',
      ({ type, stage }) => type === 'judged' && stage === 'weight-40',
      run,
    )
    expect(first.because).toMatch(/no worse than a stage may be, wrong with a chance below 1 in 20/)
    expect(first.because).not.toMatch(/for 3 min/)
    run.kill('SIGKILL')
    await run
    const { exitCode, stderr } = await scene.deploy('abort')
    expect(exitCode, stderr).toBe(22)
  })

  it('is not let on where hardly anybody asks: a human decides', async (context) => {
    const { expect } = context
    // The gateway deals anew whenever any route or pod of the cluster changes, and the canary's turn comes last: with a
    // small weight it may get nothing while other scenes are busy.
    const strategies = { canary: { weights: [20], soak: '10s', bake: '5s', onInconclusive: 'pause' } }
    const scene = await compared(context, { source: 'pods', ...good, rate: 60, strategies })
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0-err0.5', '--exit-on-pause')
    expect(exitCode, stderr).toBe(5)
    expect(stderr).toMatch(/inconclusive: .*too little to decide .* it needs about .* more at this traffic/)
    const promoted = await scene.deploy('promote', '--stage', 'weight-20')
    expect(promoted.exitCode, promoted.stderr).toBe(0)
  })
})
