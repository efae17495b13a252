import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { OpenRun } from '../../src/adapters/journal/open.ts'
import { readSamples } from '../../src/adapters/journal/samples.ts'
import { sampling } from '../../src/cli/sampling.ts'
import { unitsOf } from '../../src/core/plan.ts'
import { fold, type RunState, stateOf } from '../../src/core/state.ts'
import { second, type Millis } from '../../src/core/time.ts'
import type { Snapshot } from '../../src/engine/drive.ts'
import type { Polled } from '../../src/engine/poll.ts'
import { heard, noHistory, unheard } from '../../src/judge/history.ts'
import { pods, reading, series } from '../judge/builders.ts'
import { measuredPlan } from '../support/measured.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const opened = Date.UTC(2026, 0, 1)
const plan = measuredPlan([])
const [unit] = unitsOf(plan)

/** The driver looked around (`null`), or the source was asked: it has counted so many requests, or says why it hasn't. */
type Event = readonly [at: number, what: null | number | string]

/** What is kept of a run whose driver saw these events, in seconds since it was opened. */
async function kept(...events: readonly Event[]) {
  const samples = join(await mkdtemp(join(tmpdir(), 'sampling-')), 'samples.ndjson')
  const run = { folder: { samples }, planHash: 'f00d' } as OpenRun
  {
    await using keeps = await sampling(plan, run, virtualClock(opened))
    let history = noHistory
    keeps.looked(snapshotAt(opened))
    for (const [index, [seconds, what]] of events.entries()) {
      const at = opened + seconds * second
      // Whoever counts has a clock of its own.
      const counted = opened / second + index
      if (what === null) keeps.looked(snapshotAt(at))
      else {
        history =
          typeof what === 'string'
            ? unheard(history, what, at)
            : heard(history, reading(series('n', 'requests', [counted, what])), pods({ n: 'new' }), at)
        keeps.polled({ unit, history, compared: null, at } as Polled)
      }
    }
  }
  const all = (await readSamples(samples))?.samples ?? []
  return all.map(({ t, down, new: { requests } }) => (down === undefined ? [t, requests] : [t, requests, down]))
}

const snapshotAt = (now: Millis): Snapshot => ({
  run: begun(),
  looks: new Map([
    [unit?.id ?? '', { view: { at: now, namespace: 'shop', objects: new Map(), silentSince: null } }],
  ]) as unknown as Snapshot['looks'],
  waiting: new Map(),
  now,
})

/** Its first step was intended. */
function begun(): RunState {
  const step = unit?.stages[0]?.steps[0]?.id ?? ''
  const facts = [
    { type: 'opened', run: 'r7f3', plan: 'f00d', by: 'anna', host: 'ci' },
    { type: 'intended', unit: unit?.id ?? '', step, way: 'forward', body: 'b' },
  ] as const
  return fold(
    stateOf(plan),
    facts.map((fact, n) => ({ ...fact, v: 1, n, at: opened, epoch: 1 })) as unknown as Parameters<typeof fold>[1],
  )
}

describe('what is kept of a run', () => {
  it('has a line for each poll, and one for a look that found something new', async () => {
    expect(await kept([5, 10], [5.2, null], [10, 10], [10.2, null])).toEqual([
      [0, undefined],
      [5, 10],
      [10, 10],
    ])
  })

  it('says that the source is away until a poll is answered, whenever the driver looks', async () => {
    expect(await kept([5, 10], [10, 'timeout'], [10.1, null], [15, 30], [15.1, null])).toEqual([
      [0, undefined],
      [5, 10],
      [10, 10, 'timeout'],
      [15, 30],
    ])
  })

  it('has one line of a moment', async () => {
    expect(await kept([5, 10], [5, 20], [10, 30])).toEqual([
      [0, undefined],
      [5, 10],
      [10, 30],
    ])
  })

  it('never goes back in time, as clocks do', async () => {
    expect(await kept([5, 10], [3, 20], [10, 30])).toEqual([
      [0, undefined],
      [5, 10],
      [10, 30],
    ])
  })
})
