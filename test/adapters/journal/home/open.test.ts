import { appendFile, readFile, rename, rm } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { folderOf } from '../../../../src/adapters/journal/folder.ts'
import { createKept, type Keeping, openKept } from '../../../../src/adapters/journal/home/open.ts'
import { readHome } from '../../../../src/adapters/journal/home/read.ts'
import { chained, lineOf } from '../../../../src/adapters/journal/chain.ts'
import { readRun } from '../../../../src/adapters/journal/read.ts'
import type { OpenRun } from '../../../../src/adapters/journal/open.ts'
import type { Fact } from '../../../../src/core/journal.ts'
import { unitsOf } from '../../../../src/core/plan.ts'
import { createSim, type SimCluster } from '../../../../src/sim/sim.ts'
import { freshRoot } from '../sample.ts'
import { warned, words } from '../sample-facts.ts'
import { call, closed, hash, plan, run } from './bench.ts'

const namespace = unitsOf(plan)[0]?.namespace ?? ''

interface Machine {
  readonly root: string
  readonly cluster: SimCluster
  readonly said: string[]
  /** Begins the run, or goes on with it, notes these and leaves. */
  begins(...facts: readonly Fact[]): Promise<void>
  goesOn(...facts: readonly Fact[]): Promise<OpenRun>
  here(): Promise<readonly string[]>
  there(): Promise<readonly string[]>
}

/** A folder and a cluster, ten times as fast as it is. */
async function machine(): Promise<Machine> {
  const sim = createSim()
  const cluster = sim.cluster('home')
  const pace = sim.pace(10)
  onTestFinished(() => pace[Symbol.dispose]())
  cluster.acts.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }])
  const place = await freshRoot()
  const said: string[] = []
  const keeping = (): Keeping => ({
    root: place,
    run,
    plan,
    planHash: hash,
    cluster,
    clock: sim.clock,
    epoch: 1,
    signal: call.signal,
    onLost: () => {},
    say: (text) => void said.push(text),
  })
  const noted = async (opened: OpenRun, facts: readonly Fact[]): Promise<OpenRun> => {
    await using journal = opened.journal
    if (facts.length > 0) await journal.append(facts, sim.clock.now())
    return opened
  }
  const isHere = () =>
    readFile(folderOf({ root: place, run }).plan).then(
      () => true,
      () => false,
    )
  return {
    root: place,
    cluster,
    said,
    begins: async (...facts) => void (await noted(await createKept(keeping()), facts)),
    goesOn: async (...facts) => noted(await openKept({ ...keeping(), isHere: await isHere() }), facts),
    here: async () => words((await readRun({ root: place, run })).entries),
    there: async () => words((await readHome({ cluster, namespace, run }, call))?.entries ?? []),
  }
}

/** As a driver leaves it that is killed before it has brought its last lines over. */
async function lateLines(root: string, ...facts: readonly Fact[]): Promise<void> {
  const { entries, planHash, folder } = await readRun({ root, run })
  const added = chained(facts, { last: entries.at(-1), planHash, epoch: entries.at(-1)?.epoch ?? 1, at: 0 })
  await appendFile(folder.journal, added.map(lineOf).join(''))
}

describe('the two copies of a run', () => {
  it('are the same when a driver leaves', async () => {
    const one = await machine()
    await one.begins(warned('a'), warned('b'))
    expect([await one.here(), await one.there()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  it('become one when the folder has more', async () => {
    const one = await machine()
    await one.begins(warned('a'))
    await lateLines(one.root, warned('late'))
    await one.goesOn(warned('b'))
    expect([await one.here(), await one.there()]).toEqual([
      ['a', 'late', 'b'],
      ['a', 'late', 'b'],
    ])
  })

  it('become one when the home has more', async () => {
    const one = await machine()
    await one.begins(warned('a'))
    const before = folderOf({ root: one.root, run })
    const old = await readFile(before.journal)
    await one.goesOn(warned('b'))
    await rm(before.journal)
    await appendFile(before.journal, old)
    const { epoch } = await one.goesOn(warned('c'))
    expect([epoch, await one.here(), await one.there()]).toEqual([3, ['a', 'b', 'c'], ['a', 'b', 'c']])
  })

  it('become one when the folder is gone', async () => {
    const one = await machine()
    await one.begins(warned('a'))
    await rm(folderOf({ root: one.root, run }).path, { recursive: true })
    await one.goesOn(warned('b'))
    expect(await one.here()).toEqual(['a', 'b'])
  })

  it('become one when what the cluster kept is gone', async () => {
    const one = await machine()
    await one.begins(warned('a'))
    for (const { kind, metadata } of one.cluster.see(namespace).objects.values())
      if (kind === 'ConfigMap') one.cluster.acts.delete({ kind, namespace, name: metadata.name })
    await one.goesOn(warned('b'))
    expect(await one.there()).toEqual(['a', 'b'])
  })

  it('are refused when they say different things, with the command that goes on with the one in the cluster', async () => {
    const one = await machine()
    await one.begins(warned('a'))
    const { path } = folderOf({ root: one.root, run })
    await rename(path, `${path}.aside`)
    await one.goesOn(warned('b'))
    await rm(path, { recursive: true })
    await rename(`${path}.aside`, path)
    await lateLines(one.root, warned('late'))
    await expect(one.goesOn()).rejects.toMatchObject({
      code: 'journal-forked',
      remedy: expect.stringContaining(`mv ${path} ${path}.forked; then deploy abort ${run} --plan-hash ${hash} (back)`),
    })
    expect(await one.there()).toEqual(['a', 'b'])
  })

  it('do without the home when that is away, and say so; it gets everything when it is back', async () => {
    const one = await machine()
    await one.begins(warned('a'))
    const back = one.cluster.faults.down()
    await one.goesOn(warned('b'))
    back()
    expect(one.said.map((text) => text.slice(0, 24))).toEqual(['the copy of the run in n', 'the end of the run is no'])
    expect(await one.there()).toEqual(['a'])
    await one.goesOn(warned('c'))
    expect(await one.there()).toEqual(['a', 'b', 'c'])
  })

  it('do without the home when that is damaged, and say how it is mended', async () => {
    const one = await machine()
    await one.begins(warned('a'))
    one.cluster.acts.annotate({ kind: 'ConfigMap', namespace, name: `deploy-run-${run}-1` }, { 'deploy/head': 'x' })
    await one.goesOn(warned('b'))
    expect(one.said[0]).toContain(`delete configmap -l app.kubernetes.io/managed-by=deploy,deploy/run=${run}`)
    expect(await one.here()).toEqual(['a', 'b'])
  })
})

describe('a run that can not be kept in its home', () => {
  it.each([
    ['its plan', 1],
    ['its journal', 2],
  ])('because the cluster takes %s not, is not begun: nothing of it stays, here or there', async (_, nth) => {
    const one = await machine()
    one.cluster.faults.onWrite({ kind: 'status', status: 403 }, { verb: 'create', kind: 'ConfigMap', nth })
    await expect(one.begins(closed)).rejects.toMatchObject({
      code: 'journal-unwritable',
      remedy: expect.stringContaining('deploy doctor --rbac'),
    })
    await expect(readFile(folderOf({ root: one.root, run }).plan)).rejects.toThrow('ENOENT')
    expect([...one.cluster.see(namespace).objects.keys()]).toEqual([])
  })
})
