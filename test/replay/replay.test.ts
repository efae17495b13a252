import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { copyOf } from '../../src/adapters/journal/home/read.ts'
import { folderOf } from '../../src/adapters/journal/folder.ts'
import { readEntries, readPlan } from '../../src/adapters/journal/read.ts'
import { marks } from '../../src/core/marks.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import { fold, stateOf } from '../../src/core/state.ts'
import type { Ask } from '../../src/engine/asks.ts'
import { continued, type KeptWorld, toldOf } from './world.ts'

interface Told {
  readonly hash: string
  readonly state: object
  readonly ask: Ask | null
  /** `null`: the run is over. */
  readonly exit: number | null
}

const versions = readdirSync(import.meta.dirname).filter((name) => /^\d+\.\d+$/.test(name))
const recorded = versions.flatMap((version) =>
  readdirSync(join(import.meta.dirname, version)).map((name) => ({ version, name })),
)
const run = 'r7f3'

const fileOf = <T>(folder: string, name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T

async function runIn({ version, name }: { version: string; name: string }) {
  const path = join(import.meta.dirname, version, name)
  const folder = {
    ...folderOf({ root: '/', run }),
    path,
    plan: join(path, 'plan.json'),
    journal: join(path, 'journal.ndjson'),
  }
  const { plan, planHash: hash } = await readPlan(folder)
  const { entries, torn } = await readEntries(folder, hash)
  return { path, plan, entries, torn, told: fileOf<Told>(path, 'told.json') }
}

/** Objects that still carry a token. */
const held = (objects: readonly KubeObject[]): string[] =>
  objects
    .filter(({ kind, metadata }) => kind !== 'ReplicaSet' && metadata.annotations?.[marks.token] !== undefined)
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)

describe('a run that an earlier version recorded', () => {
  it.each(recorded)('$version $name: is whole, and comes to the state that it had then', async (place) => {
    const { plan, entries, torn, told } = await runIn(place)
    expect({ hash: planHash(plan), torn, state: toldOf(fold(stateOf(plan), entries), plan) }).toEqual({
      hash: told.hash,
      torn: 0,
      state: told.state,
    })
  })

  it.each(recorded)('$version $name: is the same in its home', async (place) => {
    const { path, plan, entries } = await runIn(place)
    const objects = fileOf<readonly KubeObject[]>(path, 'home.json')
    expect(copyOf(objects, { cluster: 'home', namespace: 'default', run })).toMatchObject({ plan, entries })
  })

  it.each(recorded)('$version $name: is driven to its end', async (place) => {
    const { path, plan, entries, told } = await runIn(place)
    if (told.exit === null) return expect(entries.at(-1)?.type).toBe('closed')
    const world = fileOf<KeptWorld>(path, 'world.json')
    const ending = await continued({ plan, entries, world, run }, told.ask ?? undefined)
    expect({ exit: ending.exit, last: ending.entries.at(-1)?.type, held: held(ending.objects) }).toEqual({
      exit: told.exit,
      last: 'closed',
      held: [],
    })
  })
})
