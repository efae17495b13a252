import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lineOf } from '../../src/adapters/journal/chain.ts'
import { establish, further } from '../../src/adapters/journal/home/establish.ts'
import { keeps } from '../../src/adapters/journal/home/names.ts'
import type { Entry } from '../../src/core/journal.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import type { Plan } from '../../src/core/plan.ts'
import { marks } from '../../src/core/marks.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import { fold, stateOf } from '../../src/core/state.ts'
import { second } from '../../src/core/time.ts'
import { minorVersion } from '../../src/cli/version.ts'
import { createSim, type SimCluster } from '../../src/sim/sim.ts'
import { bench } from '../engine/bench.ts'
import { namespace } from '../engine/manifests.ts'
import { type Story, stories } from './stories.ts'
import { continued, type KeptWorld, toldOf } from './world.ts'

const root = join(import.meta.dirname, minorVersion)
const run = 'r7f3'

for (const story of stories) {
  const folder = join(root, story.name)
  if (existsSync(folder)) continue
  const { plan, entries, world } = await told(story)
  const state = fold(stateOf(plan), entries)
  const ending = state.exit === null ? await continued({ plan, entries, world, run }, story.next) : null
  const files = {
    'plan.json': `${JSON.stringify(plan)}\n`,
    'journal.ndjson': entries.map(lineOf).join(''),
    'home.json': `${JSON.stringify(await homeOf(plan, entries))}\n`,
    'world.json': `${JSON.stringify(world)}\n`,
    'told.json': `${JSON.stringify({ hash: planHash(plan), state: toldOf(state, plan), ask: story.next ?? null, exit: ending?.exit ?? null }, null, 2)}\n`,
  }
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  process.stdout.write(`${story.name}: ${entries.length} entries, ${ending ? `ends with ${ending.exit}` : 'over'}\n`)
}

/** The run as it is when its driver is gone. */
async function told({
  wish,
  until,
  asks,
  dies,
  heals,
}: Story): Promise<{ plan: Plan; entries: Entry[]; world: KeptWorld }> {
  const stage = await bench(wish)
  const { sim, plan, paper, clusters } = stage
  const [cluster] = clusters.values()
  if (!cluster) throw new Error('no cluster')
  const see = (): KeptWorld => ({
    at: sim.clock.now(),
    cluster: cluster.name,
    version: Number(cluster.inside.store.version()),
    objects: [...cluster.see(namespace).objects.values()].filter(({ kind }) => kind !== 'Event'),
  })
  let seen: { entries: Entry[]; world: KeptWorld } | null = null
  await sim.runUntil(
    stage.drives({
      onEntry(entry) {
        if (dies?.(entry)) dyingIn(cluster)
        if (heals?.(entry)) cluster.acts.misbehave(namespace, { [marks.release]: run }, '')
        if (asks?.when(entry)) stage.asks.ask(asks.ask)
        if (until?.(entry)) seen ??= { entries: [...paper.entries], world: see() }
      },
    }),
  )
  if (until === null) return { plan, entries: [...paper.entries], world: see() }
  if (!seen) throw new Error('it never came to that')
  return { plan, ...(seen as { entries: Entry[]; world: KeptWorld }) }
}

/** The new pods die, and the cluster is slow, so that it is seen in time. */
function dyingIn(cluster: SimCluster): void {
  cluster.acts.misbehave(namespace, { [marks.release]: run }, 'crash')
  cluster.faults.onWrite({ kind: 'slow', by: 20 * second }, { nth: 1 })
}

/** What its home cluster keeps of it. */
async function homeOf(plan: Plan, entries: readonly Entry[]): Promise<readonly KubeObject[]> {
  const sim = createSim()
  const cluster = sim.cluster('home')
  const home = { cluster, place: { namespace: 'default', run, service: plan.release.service } }
  const call = { signal: new AbortController().signal }
  const epoch = entries.at(-1)?.epoch ?? 1
  const joined = await sim.runUntil(establish({ ...home, plan, planHash: planHash(plan), epoch }, call))
  await sim.runUntil(further(home, joined, entries, call))
  return [...cluster.see('default').objects.values()].filter(({ metadata }) => metadata.labels?.[keeps.run] === run)
}
