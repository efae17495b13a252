import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { homeNotes } from '../../src/adapters/journal/notes/home.ts'
import { type KeptNotebook, notebook } from '../../src/adapters/journal/notes/notebook.ts'
import { exitCodes } from '../../src/core/errors.ts'
import type { Compared } from '../../src/core/comparing.ts'
import { comparedRead } from '../../src/core/comparing-kept.ts'
import { minute } from '../../src/core/time.ts'
import { all } from '../../src/core/view.ts'
import { falseAlarm } from '../../src/judge/compared/judge.ts'
import type { Notebook } from '../../src/ports.ts'
import { metricsOf } from '../../src/sim/metrics.ts'
import type { Sim } from '../../src/sim/sim.ts'
import { type Bench, bench } from './bench.ts'
import { namespace, type Wish } from './manifests.ts'
import { settled } from './moments.ts'

const web = 'web@one'
const wish: Wish = {
  bare: true,
  options: { weights: [25], soak: '10m', bake: '1m' },
  rollback: { judge: {} },
}

/** What one driver saw: the comparison after each poll, and how many requests the new version had had by then. */
interface Seen {
  readonly compared: Compared
  readonly served: number
}

interface World extends Bench {
  readonly folder: string
  /** A driver with this notebook, until it is told to leave or is done. */
  readonly driven: (book: Notebook, seen: Seen[]) => ReturnType<Bench['drives']>
  readonly book: (epoch: number) => KeptNotebook
}

async function world(): Promise<World> {
  const made = await bench(wish)
  const { sim, clusters, drives } = made
  const [cluster] = clusters.values()
  if (!cluster) throw new Error('no cluster')
  const users = cluster.traffic({ namespace, route: 'web', rate: 1000 })
  // Stable has a past.
  await sim.advance(10 * minute)
  const folder = await mkdtemp(join(tmpdir(), 'deploy-remembered-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const place = { namespace, run: 'r7f3', service: 'web' }
  const { clock } = sim
  const warn = (what: string, error: unknown): void => {
    throw new Error(what, { cause: error })
  }
  return {
    ...made,
    folder,
    book: (epoch) =>
      notebook({
        folder: join(folder, 'notes'),
        clock,
        home: homeNotes({ cluster, place, clock, epoch, isBegun: epoch > 1, warn }),
        warn,
      }),
    driven: (book, seen) =>
      drives({
        metrics: new Map([['one', metricsOf(cluster, namespace, { parts: true })]]),
        notebook: book,
        onPolled({ compared }) {
          if (compared) seen.push({ compared, served: users.counted().byVersion['v2']?.sent ?? 0 })
        },
      }),
  }
}

/** Time stands still while a note is read or written: a disk is faster than what is simulated. */
async function outside(sim: Sim, book: KeptNotebook): Promise<KeptNotebook> {
  const note = await book.read(web)
  return {
    read: () => Promise.resolve(note),
    keep: (unit, make) =>
      book.keep(unit, () => {
        void sim.during(new Promise((resolve) => setTimeout(resolve, 15)))
        return make()
      }),
    [Symbol.asyncDispose]: () => book[Symbol.asyncDispose](),
  }
}

/** The first driver is killed in the middle of the soak, then nobody drives for two minutes. What is lost is lost then. */
async function continued(lose: (here: World) => Promise<unknown>, { forgets = false } = {}) {
  const here = await world()
  const { sim, asks, until, driven, book } = here
  const first: Seen[] = []
  const killed = driven(await outside(sim, book(1)), first)
  await until(settled('weight-25.route-25'))
  await sim.advance(4 * minute)
  asks.ask({ verb: 'detach', by: 'anna', exit: 'interrupted' })
  expect((await sim.runUntil(killed)).exit).toBe(exitCodes.interrupted)
  // What was under way is on disk and in the cluster; a killed process writes no last note.
  await new Promise((resolve) => setTimeout(resolve, 50))
  await sim.advance(2 * minute)
  await lose(here)
  const next = forgets ? forgetful : await outside(sim, book(2))
  const kept = (await next.read(web))?.judge ?? null
  const second: Seen[] = []
  const { exit } = await sim.runUntil(driven(next, second))
  await next[Symbol.asyncDispose]()
  return { first, second, exit, kept: kept === null ? null : comparedRead(kept), lines: here.lines }
}

const forgetful: KeptNotebook = {
  read: () => Promise.resolve(null),
  keep: () => undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

const nothing = (): Promise<void> => Promise.resolve()
const folder = ({ folder }: World): Promise<void> => rm(join(folder, 'notes'), { recursive: true })

/** From now on the new pods fail some requests. */
async function breaks({ clusters }: World): Promise<void> {
  for (const cluster of clusters.values())
    for (const { metadata, spec } of all(cluster.see(namespace), 'Pod'))
      if (spec.containers[0]?.image?.endsWith(':v2'))
        cluster.acts.annotate({ kind: 'Pod', namespace, name: metadata.name }, { 'sim/fault': 'err5' })
}

const requests = ({ compared }: Seen): number => compared.judge.streams[0]?.all.newRequests ?? 0
const at = <T>(all: readonly T[], index: number): T => {
  const one = all.at(index)
  if (one === undefined) throw new Error('nothing was seen')
  return one
}

describe('a driver that goes on with a run whose driver was killed in a soak', () => {
  it('has the evidence and the counters: each request that was served is judged once', async () => {
    const { first, second, exit } = await continued(nothing)
    expect(requests(at(first, -1))).toBeCloseTo(at(first, -1).served, 3)
    for (const seen of second) expect(requests(seen)).toBeCloseTo(seen.served, 3)
    expect([at(second, 0).compared.judge.lost, exit]).toEqual([0, exitCodes.done])
  })

  it('judges what was counted in the gap as one long batch', async () => {
    const { first, second } = await continued(nothing)
    const [before, after] = [at(first, -1), at(second, 0)]
    expect(requests(after) - requests(before)).toBeGreaterThan(2 * 60 * 250 * 0.9)
  })

  it('on another machine has the evidence, and counts from where it stands: no request twice', async () => {
    const { second, kept, exit } = await continued(folder)
    if (!kept) throw new Error('nothing was kept in the cluster')
    const then = requests({ compared: kept, served: 0 })
    const [from, to] = [at(second, 0), at(second, -1)]
    expect(then).toBeGreaterThan(0)
    expect(requests(from)).toBeCloseTo(then, 3)
    expect(requests(to) - then).toBeCloseTo(to.served - from.served, 3)
    expect([from.compared.judge.lost, exit]).toEqual([0, exitCodes.done])
  })

  it('counts each request once where all is lost, and the bound for each beginning', async () => {
    const { first, second, exit } = await continued(nothing, { forgets: true })
    const [before, after] = [at(first, -1).compared.judge, at(second, -1).compared.judge]
    expect([falseAlarm(before), falseAlarm(after), after.lost]).toEqual([0.01, 0.02, 1])
    for (const seen of second) expect(requests(seen)).toBeLessThanOrEqual(seen.served + 1e-3)
    expect(exit).toBe(exitCodes.done)
  })

  it('says so where it takes the version back', async () => {
    const { exit, lines } = await continued(breaks, { forgets: true })
    expect(exit).toBe(exitCodes.takenBack)
    expect(lines().find((line) => line.includes('turned'))).toMatch(
      /chance of a false alarm below 1 in 50 \(the evidence was lost once, the bound counts each beginning\)/,
    )
  })
})
