import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { at } from '../../src/core/json.ts'
import { find } from '../../src/core/view.ts'
import type { SimCluster } from '../../src/sim/sim.ts'
import { partsOf, runIn } from './support/deploy.ts'
import { type TwoClusters, twoClusters } from './support/two-clusters.ts'

/** Releases that stand half way and that nobody drives, each in an environment of its own. */
async function openIn<Name extends string>(
  ...names: readonly Name[]
): Promise<TwoClusters & { readonly runs: Readonly<Record<Name, string>> }> {
  const world = await twoClusters({ apart: true })
  const runs: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const release = ['canary', 'v2', '-e', name, '--set', 'weights=[50, pause]', '--exit-on-pause', '--json']
    const ended = await world.deploy(release)
    expect(ended.exit, ended.stderr).toBe(exitCodes.paused)
    runs[name] = runIn(ended)
  }
  return { ...world, runs: runs as Record<Name, string> }
}

/** How many backends the route has: 2 is half way. */
const backends = (cluster: SimCluster): number =>
  (at(find(cluster.see('web'), 'HTTPRoute', 'web'), '/spec/rules/0/backendRefs') as unknown[]).length

/** Of saying where. */
const ways: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] = [
  ['--env', ['-e', 'us'], {}],
  ['DEPLOY_ENV', [], { DEPLOY_ENV: 'us' }],
]

describe('a run of this folder that is the only one', () => {
  it.each(ways)('is not taken back where %s says another environment', async (_by, flags, env) => {
    const { cwd, clusters, deploy } = await openIn('eu')
    const ended = await deploy(['abort', ...flags], { env })
    expect(partsOf(ended)).toEqual({
      exit: exitCodes.usage,
      stdout: '',
      what: `error: there is no open run of environment "us" in ${cwd}, and none in the clusters that were asked`,
      remedy: expect.stringContaining('runs of another environment: -e NAME'),
    })
    expect(backends(clusters.eu)).toBe(2)
  })

  it('is not told where another environment was said', async () => {
    const { deploy } = await openIn('eu')
    const { exit, stdout } = await deploy(['status', '-e', 'us'])
    expect({ exit, stdout }).toEqual({ exit: exitCodes.usage, stdout: '' })
  })

  it('is not taken back where a cluster was said that it is not in', async () => {
    const { clusters, deploy } = await twoClusters()
    await deploy(['canary', 'v2', '--cluster', 'eu', '--set', 'weights=[50, pause]', '--exit-on-pause'])
    const { exit, stderr } = await deploy(['abort', '--cluster', 'us'])
    expect({ exit, stderr }).toEqual({
      exit: exitCodes.usage,
      stderr: expect.stringContaining('there is no open run of cluster "us" in'),
    })
    expect(backends(clusters.eu)).toBe(2)
  })
})

describe('several runs of this folder', () => {
  it('are told apart by the environment that was said, to look at and to take back', async () => {
    const { clusters, deploy, runs } = await openIn('eu', 'us')
    const told = await Promise.all(['eu', 'us'].map((name) => deploy(['status', '-e', name, '--json'])))
    expect(told.map(runIn)).toEqual([runs.eu, runs.us])
    const { exit, stderr } = await deploy(['abort', '-e', 'us'])
    expect(exit, stderr).toBe(exitCodes.takenBackWithoutVerdict)
    expect([backends(clusters.eu), backends(clusters.us)]).toEqual([2, 1])
  })

  it('that are over are told apart by the environment that was said', async () => {
    const { deploy, runs } = await openIn('eu', 'us')
    await Promise.all(['eu', 'us'].map((name) => deploy(['abort', '-e', name])))
    expect(runIn(await deploy(['status', '-e', 'eu', '--json']))).toBe(runs.eu)
  })
})

describe('a run that is named', () => {
  it.each(ways)('is refused where %s says another environment', async (by, flags, env) => {
    const { clusters, deploy, runs } = await openIn('eu')
    const ended = await deploy(['abort', runs.eu, ...flags], { env })
    expect(partsOf(ended)).toEqual({
      exit: exitCodes.usage,
      stdout: '',
      what: `error: run ${runs.eu} is of environment eu, and ${by} says "us" why that chooses among runs; none is moved by it`,
      remedy: `see which runs there are: deploy list; if this one is meant: -e eu code run-other-place, exit 2`,
    })
    expect(backends(clusters.eu)).toBe(2)
  })

  it('is refused where a cluster is said that it is not in', async () => {
    const { deploy } = await twoClusters()
    const release = ['canary', 'v2', '--cluster', 'eu', '--set', 'weights=[50, pause]', '--exit-on-pause', '--json']
    const run = runIn(await deploy(release))
    const { exit, what } = partsOf(await deploy(['status', run], { env: { DEPLOY_CLUSTER: 'us' } }))
    expect({ exit, what }).toEqual({
      exit: exitCodes.usage,
      what: expect.stringContaining(`error: run ${run} is in eu, and DEPLOY_CLUSTER says "us"`),
    })
  })
})
