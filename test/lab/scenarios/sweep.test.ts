import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { describe, it, type TestContext } from 'vitest'
import { planHash } from '../../../src/core/plan-hash.ts'
import type { Plan } from '../../../src/core/plan.ts'
import { dying } from '../../storm/child/dying.ts'
import { lab } from '../fixture.ts'
import { type Entry, type SceneOptions, sceneOf } from './scene.ts'
import { asStatefulSet } from './stateful.ts'
import { traces } from './world.ts'

/** Two pods, one weight, short soaks: each kind of step is in it. */
const brief = {
  web: { replicas: 2 },
  inside: [],
  rate: 20,
  strategies: {
    canary: { weights: [50], soak: '1s', bake: '1s' },
    'blue-green': { bake: '1s' },
    rolling: { batches: ['50%', '100%'], soak: '1s', bake: '1s' },
  },
} as const satisfies SceneOptions
const routed = { ...brief, traffic: { router: 'gateway-api' } }

const strategies = {
  canary: { options: routed, command: ['canary', '2.0.0'] },
  'blue-green': { options: routed, command: ['blue-green', '2.0.0'] },
  rolling: { options: brief, command: ['rolling', '2.0.0'] },
  'rolling, a StatefulSet': { options: { ...brief, ...asStatefulSet(2) }, command: ['rolling', '2.0.0'] },
} as const

type Release = (typeof strategies)[keyof typeof strategies]

/** Releases of a strategy that share its boundaries: each is killed at every so many-th of them, and continued each time. */
const shared = 4
const atOnce = pLimit(8)

describe.concurrent('a process that is killed at each boundary of a release, and others on other machines that go on', () => {
  it.for(Object.entries(strategies))('%s ends as unbroken', { timeout: 1_500_000 }, async ([, release], context) => {
    const { expect } = context
    const boundaries = await atOnce(() => boundariesOf(release, context))
    const chains = Array.from({ length: shared }, (_, first) =>
      boundaries.filter((_boundary, index) => index % shared === first),
    )
    const reached = await Promise.all(chains.map((chain) => atOnce(() => broken(release, chain, context))))
    expect(reached.flat().toSorted()).toEqual(boundaries.toSorted())
  })
})

/** What every unbroken run writes, in order: `sent weight-50.route-50`. A write that is refused and sent again comes by chance. */
async function boundariesOf({ options, command }: Release, context: TestContext): Promise<readonly string[]> {
  const { expect } = context
  const scene = await sceneOf(context, options)
  const { exitCode, stderr } = await scene.deploy(...command)
  expect(exitCode, stderr).toBe(0)
  expect(await scene.lost()).toBe('')
  return [...new Set((await scene.entries()).filter(({ type }) => type !== 'refused').map(nameOf))]
}

const nameOf = ({ type, step, stage }: Entry): string => [type, step ?? stage].filter(Boolean).join(' ')

/** Killed at each of these boundaries, one process after the other. Returns those at which one died. */
async function broken(
  { options, command }: Release,
  chain: readonly string[],
  context: TestContext,
): Promise<readonly string[]> {
  const { expect } = context
  const scene = await sceneOf(context, options)
  const reached: string[] = []
  let hash = ''
  for (const [index, boundary] of [...chain, ''].entries()) {
    const folder = await machine(scene.folder, context)
    const env = boundary === '' ? {} : dying(`${index % 2 === 0 ? 'before' : 'after'} ${boundary}`)
    const resumed = hash === '' ? null : await lab.runDeploy(['resume', '--plan-hash', hash], { cwd: folder, env })
    // Killed before anything was kept: then there is no run, and it is begun again.
    const isUnheard = resumed === null || resumed.stderr.includes('run-not-found')
    const { exitCode, signal, stderr } = isUnheard ? await lab.runDeploy(command, { cwd: folder, env }) : resumed
    if (signal !== 'SIGKILL') {
      expect(exitCode, `killed at ${reached.join(', ')}; ${stderr}`).toBe(0)
      break
    }
    reached.push(boundary)
    hash = await hashIn(folder)
  }
  const place = `killed at ${reached.join(', ')}`
  expect(await scene.lost(), place).toBe('')
  expect(traces(scene.before, await scene.world()), place).toEqual([])
  await scene.namespace.delete()
  return reached
}

/** Another machine: the same deploy.yaml, and nothing else. */
async function machine(of: string, { onTestFinished }: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-sweep-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await copyFile(join(of, 'deploy.yaml'), join(folder, 'deploy.yaml'))
  return folder
}

/** Of the plan that was approved there. */
async function hashIn(folder: string): Promise<string> {
  const runs = join(folder, '.deploy', 'runs')
  const [run = ''] = await readdir(runs)
  return planHash(JSON.parse(await readFile(join(runs, run, 'plan.json'), 'utf8')) as Plan)
}
