import { describe, it } from 'vitest'
import type { LabNamespace } from '../namespace.ts'
import { type Entry, type Scene, type SceneOptions, sceneOf, settled } from './scene.ts'
import { traces } from './world.ts'

const metrics = {
  source: 'pods',
  requests: 'http_requests_total',
  errors: 'code=~"5.."',
  latency: 'http_request_duration_seconds',
  every: '2s',
}
const slow = { soak: '20s', bake: '5s', deadline: '60s' }
const strategies = {
  canary: { weights: [5], ...slow },
  'blue-green': { weights: [5], ...slow },
  rolling: { batches: ['25%', '100%'], ...slow },
}
const onErrors = { rollback: { when: ['error-rate > 1% for 5m'] } }

const measured = (service: Readonly<Record<string, unknown>>, more: SceneOptions = {}): SceneOptions => ({
  traffic: { router: 'gateway-api' },
  strategies,
  service: { metrics, ...service },
  ...more,
})

const whyBack = (entries: readonly Entry[]): string | undefined => entries.find(({ type }) => type === 'turned')?.why

/** How every pod answers from now on. */
const everybody = async ({ kubectl }: LabNamespace, annotation: string): Promise<string> =>
  kubectl('annotate', 'pods', '-l', 'app=web', '--overwrite', annotation)

describe.concurrent('a version that does worse is taken back by the figures of its pods', () => {
  it.for(
    Object.keys(strategies).flatMap((strategy) => [
      { strategy, tag: '2.0.0-err100', service: onErrors, says: /errors 100 % of \d+ requests/ },
      { strategy, tag: '2.0.0-err5', service: onErrors, says: /errors \d+(\.\d+)? % of \d+ requests/ },
      {
        strategy,
        tag: '2.0.0-lat150',
        service: { rollback: { when: ['latency.p95 > 100ms for 1m'] } },
        says: /p95 \d+ ms of \d+ requests/,
      },
    ]),
  )('$strategy of $tag', async ({ strategy, tag, service, says }, context) => {
    const { expect } = context
    const scene = await sceneOf(
      context,
      measured(service, { web: { replicas: 4, image: 'registry.lab/web:1.0.0-lat50' } }),
    )
    const { exitCode, stderr } = await scene.deploy(strategy, tag)
    expect(exitCode, stderr).toBe(3)
    expect(whyBack(await scene.entries())).toMatch(says)
    expect(traces(scene.before, await scene.world())).toEqual([])
    if (strategy !== 'rolling') expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
  })
})

describe.concurrent('figures are told from what the release has no part in', () => {
  it('1 % of errors in both versions: released', async (context) => {
    const { expect } = context
    const scene = await sceneOf(
      context,
      measured(
        { rollback: { when: ['error-rate > 3% for 1m'] } },
        { web: { replicas: 4, image: 'registry.lab/web:1.0.0-err1' } },
      ),
    )
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0-err1')
    expect(exitCode, stderr).toBe(0)
  })

  it('everybody fails at the same time: the weight is held and the run pauses', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, measured(onErrors))
    const run = scene.deploy('canary', '2.0.0', '--exit-on-pause')
    await scene.until('5 %', settled('weight-5.route-5'), run)
    await everybody(scene.namespace, 'lab.test/err=60')
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(5)
    expect(stderr).toMatch(/environment, not release/)
    await everybody(scene.namespace, 'lab.test/err=0')
    await endsBack(scene, expect)
  })

  it('a trigger that fires before the start: refused, and gone without when that is said', async (context) => {
    const { expect } = context
    const scene = await sceneOf(
      context,
      measured(onErrors, { web: { replicas: 4, image: 'registry.lab/web:1.0.0-err50' } }),
    )
    const refused = await scene.deploy('canary', '2.0.0')
    expect(refused.exitCode, refused.stderr).toBe(21)
    expect(refused.stderr).toMatch(/fires already: errors \d+(\.\d+)? %.*\n.*--ignore-trigger/s)
    const { exitCode, stderr } = await scene.deploy(
      'canary',
      '2.0.0',
      '--ignore-trigger',
      'error-rate',
      '--reason',
      'the fix',
    )
    expect(exitCode, stderr).toBe(0)
  })

  it('no requests at all: held, then paused and said', async (context) => {
    const { expect } = context
    const promised = { slo: { availability: '99%' }, rollback: { when: [] } }
    const scene = await sceneOf(context, measured(promised, { load: false }))
    const { exitCode, stderr } = await scene.deploy('canary', '2.0.0', '--exit-on-pause')
    expect(exitCode, stderr).toBe(5)
    expect(stderr).toMatch(/inconclusive: .*0 of 300 requests|inconclusive: \D*\d of 300 requests/)
    await endsBack(scene, expect)
  })
})

async function endsBack(scene: Scene, expect: typeof import('vitest').expect): Promise<void> {
  const { exitCode, stderr } = await scene.deploy('abort')
  expect(exitCode, stderr).toBe(22)
  expect(traces(scene.before, await scene.world())).toEqual([])
}
