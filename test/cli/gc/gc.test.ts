import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { litterIn } from '../../../src/cli/gc/in-cluster.ts'
import { exitCodes } from '../../../src/core/errors.ts'
import { refName } from '../../../src/core/kinds.ts'
import { type Plan, stepsOf, unitsOf } from '../../../src/core/plan.ts'
import { filled } from '../../../src/core/resolve.ts'
import { hour } from '../../../src/core/time.ts'
import type { Write } from '../../../src/core/write.ts'
import { said } from '../support/deploy.ts'
import { project } from '../support/project.ts'
import { server } from '../support/server.ts'
import { type Simulated, simulated } from '../support/simulated.ts'

interface Found {
  readonly what: string
  readonly name: string
  readonly run: string
  readonly removed: boolean
}

const gc = async ({ deploy }: Simulated, ...args: readonly string[]): Promise<Found[]> => {
  const { exit, stdout, stderr } = await deploy(['gc', '--json', ...args])
  expect(exit, stderr).toBe(exitCodes.done)
  return (JSON.parse(stdout) as { found: Found[] }).found
}

const namesIn = ({ cluster }: Simulated, kind: string): string[] =>
  [...cluster.see('web').objects.values()].filter((one) => one.kind === kind).map(({ metadata }) => metadata.name)

/** Runs that are over, the newest first. */
async function released(world: Simulated, times: number): Promise<string[]> {
  for (let version = 2; version < 2 + times; version += 1)
    expect((await world.deploy(['rolling', `v${version}`])).exit).toBe(exitCodes.done)
  const { stdout } = await world.deploy(['list', '--json'])
  return (JSON.parse(stdout) as { run: string }[]).map(({ run }) => run)
}

const service = (name: string, token: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'web', annotations: { 'deploy/token': token } },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
})

/** Objects that some run has put its mark on, and the mark. */
const tokens = ({ cluster }: Simulated): [string, string][] =>
  [...cluster.see('web').objects.values()].flatMap(({ kind, metadata }): [string, string][] => {
    const token = metadata.annotations?.['deploy/token']
    return token === undefined || kind === 'ReplicaSet' ? [] : [[`${kind}/${metadata.name}`, token]]
  })

/** What the run's first driver sends to make each of its objects. */
function createsOf({ cwd }: Simulated, run: string): (Write & { readonly verb: 'create' })[] {
  const plan = JSON.parse(readFileSync(join(cwd, '.deploy', 'runs', run, 'plan.json'), 'utf8')) as Plan
  return unitsOf(plan).flatMap((unit) =>
    stepsOf(unit).flatMap(({ action: { mutation } }) => {
      if (mutation.verb !== 'create') return []
      const { object, body } = mutation
      return [{ verb: 'create', object, body: filled(body, run, 1) } as const]
    }),
  )
}

/** The kubeconfig has no context `gone`. */
const twoClusters = (context: string): string =>
  [
    'version: 1',
    'services: { web: { image: localhost:1/acme/web } }',
    `environments: { prod: { clusters: [{ name: east, context: ${context} }, { name: west, context: gone }] } }`,
    '',
  ].join('\n')

describe('gc', () => {
  it('finds nothing after releases that left nothing', async () => {
    const world = await simulated()
    await released(world, 1)
    expect(await gc(world)).toEqual([])
    expect((await world.deploy(['gc'])).stdout).toBe('Nothing is left of releases that are over.\n')
  })

  it('keeps the newest runs that are over, here and in their home', async () => {
    const world = await simulated()
    const [newest, ...older] = await released(world, 3)
    const found = await gc(world, '--keep', '1')
    expect(found.map(({ what, run }) => `${what} ${run}`).toSorted()).toEqual(
      older.flatMap((run) => [`folder ${run}`, `journal ${run}`]).toSorted(),
    )
    expect(readdirSync(join(world.cwd, '.deploy', 'runs'))).toEqual([newest])
    expect(namesIn(world, 'ConfigMap').filter((name) => !name.startsWith(`deploy-run-${newest}-`))).toEqual([])
  })

  it('removes nothing with --dry-run', async () => {
    const world = await simulated()
    await released(world, 2)
    const before = namesIn(world, 'ConfigMap')
    expect((await gc(world, '--keep', '0', '--dry-run')).every(({ removed }) => !removed)).toBe(true)
    expect(namesIn(world, 'ConfigMap')).toEqual(before)
    expect((await gc(world, '--keep', '0')).every(({ removed }) => removed)).toBe(true)
  })

  it('never touches an open run', async () => {
    const world = await simulated()
    await world.deploy(['canary', 'v2', '--set', 'weights=[50, pause]', '--exit-on-pause'])
    expect(await gc(world, '--keep', '0')).toEqual([])
    expect((await world.deploy(['promote'])).exit).toBe(exitCodes.done)
  })

  it('removes what a run that is over has made, and nothing that only carries its mark', async () => {
    const world = await simulated()
    const { exit } = await world.deploy(['canary', 'v2'])
    expect(exit).toBe(exitCodes.done)
    const { stdout } = await world.deploy(['list', '--json'])
    const [{ run }] = JSON.parse(stdout) as [{ run: string }]
    world.cluster.acts.apply([
      service('web-canary', `${run}.1`),
      service('mine', `${run}.1`),
      service('other', 'rother.1'),
    ])
    expect(await gc(world)).toMatchObject([{ what: 'object', name: 'service/web-canary', run, removed: true }])
    expect(namesIn(world, 'Service').toSorted()).toEqual(['mine', 'other', 'web'])
  })

  it.each(['plan', 'judge'])(
    'removes the %s of a run whose journal is gone, once it can be no run that is being made',
    async (part) => {
      const world = await simulated()
      const alone = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: `deploy-run-rgone-${part}`,
          namespace: 'web',
          labels: { 'app.kubernetes.io/managed-by': 'deploy', 'deploy/run': 'rgone', 'deploy/part': part },
        },
      }
      world.cluster.acts.apply([alone])
      expect(await gc(world)).toEqual([])
      const { metadata } = world.cluster.see('web').objects.get(`ConfigMap/deploy-run-rgone-${part}`) ?? {}
      const now = Date.parse(metadata?.creationTimestamp ?? '') + 2 * hour
      const known = { keep: 10, closed: new Map(), now }
      const { signal } = new AbortController()
      const found = await litterIn({ cluster: world.cluster, namespace: 'web', kept: [] }, known, { signal })
      expect(found).toMatchObject([{ what: 'plan', name: `configmap/deploy-run-rgone-${part}` }])
    },
  )

  it('removes what a replaced driver makes after the run was taken back by the next one', async () => {
    const world = await simulated()
    const tidy = tokens(world)
    expect((await world.deploy(['canary', 'v2', '--set', 'weights=[50, pause]', '--exit-on-pause'])).exit).toBe(
      exitCodes.paused,
    )
    const [{ run }] = JSON.parse((await world.deploy(['list', '--json'])).stdout) as [{ run: string }]
    const creates = createsOf(world, run)
    expect((await world.deploy(['abort'])).exit).toBe(exitCodes.takenBackWithoutVerdict)
    expect(tokens(world)).toEqual(tidy)
    // Its machine slept in the middle of them: nothing is there that could refuse them.
    for (const write of creates) await world.cluster.write(write, { signal: new AbortController().signal })
    expect(tokens(world).map(([, token]) => token)).toEqual(creates.map(() => `${run}.1`))
    expect((await gc(world)).map(({ what, name, removed }) => `${what} ${name} ${removed}`).toSorted()).toEqual(
      creates.map(({ object }) => `object ${refName(object)} true`).toSorted(),
    )
    expect(tokens(world)).toEqual(tidy)
  })

  it.each([
    ['journal', 'journal.ndjson', 'oops\n'],
    ['plan', 'plan.json', ' oops'],
  ])('leaves a folder with a damaged %s alone, says so, and goes on with the others', async (_what, file, more) => {
    const world = await simulated()
    const [, middle = '', oldest = ''] = await released(world, 3)
    appendFileSync(join(world.cwd, '.deploy', 'runs', middle, file), more)
    const { exit, stdout, stderr } = await world.deploy(['gc', '--local', '--keep', '1', '--json'])
    expect(exit, stderr).toBe(exitCodes.done)
    expect((JSON.parse(stdout) as { found: Found[] }).found.map(({ run }) => run)).toEqual([oldest])
    expect(stderr).toMatch(new RegExp(`run ${middle} is left alone: .+\\. .+`))
    expect(readdirSync(join(world.cwd, '.deploy', 'runs'))).toContain(middle)
  })

  it('asks no cluster with --local, and finds the rest another time', async () => {
    const world = await simulated()
    await released(world, 1)
    const { exit, stdout } = await world.deploy(['gc', '--local', '--keep', '0'])
    expect([exit, stdout]).toEqual([
      exitCodes.done,
      expect.stringMatching(/^removed .*: over, and older than the last 0\n$/),
    ])
    expect((await gc(world, '--keep', '0')).map(({ what }) => what)).toEqual(['journal'])
  })

  it('leaves a cluster that is away for the next time, and names it', async () => {
    const { kubeconfig } = await server()
    const { exit, stderr } = await said(['gc'], { cwd: await project({ config: twoClusters('lab') }), kubeconfig })
    expect([exit, stderr.split('\n').filter((line) => line.startsWith('not looked at'))]).toEqual([
      exitCodes.done,
      [expect.stringMatching(/^not looked at: west: /)],
    ])
  })

  it('ends with a code of its own when no cluster can be looked at, names them, and removes nothing', async () => {
    const world = await simulated()
    await released(world, 1)
    const before = readdirSync(join(world.cwd, '.deploy', 'runs'))
    writeFileSync(join(world.cwd, 'deploy.yaml'), twoClusters('gone'))
    const { exit, stdout } = await world.deploy(['gc', '--keep', '0', '--json'])
    expect([exit, JSON.parse(stdout)]).toEqual([
      exitCodes.refused,
      expect.objectContaining({
        error: expect.objectContaining({ code: 'gc-unreached', what: expect.stringMatching(/: east, west$/) }),
      }),
    ])
    expect(readdirSync(join(world.cwd, '.deploy', 'runs'))).toEqual(before)
  })
})
