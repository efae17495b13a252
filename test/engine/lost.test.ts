import { describe, expect, it } from 'vitest'
import { establish, takeHome } from '../../src/adapters/journal/home/establish.ts'
import { readHome } from '../../src/adapters/journal/home/read.ts'
import { homeWriter } from '../../src/adapters/journal/home/writer.ts'
import { DeployError, exitCodes } from '../../src/core/errors.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import type { Journal } from '../../src/ports.ts'
import { bench } from './bench.ts'
import { namespace } from './manifests.ts'
import { settled } from './moments.ts'

const run = 'r7f3'
const call = { signal: new AbortController().signal }

describe('a driver whose journal another one has taken over', () => {
  it('begins nothing more, and leaves with 8', async () => {
    const stage = await bench({ bare: true, options: { weights: [50] } })
    const { sim, plan, paper, asks } = stage
    const cluster = sim.cluster('one')
    const home = { cluster, place: { namespace, run, service: 'web' } }
    const start = { ...home, plan, planHash: planHash(plan), epoch: 1 }
    const writer = homeWriter({
      ...start,
      clock: sim.clock,
      entries: () => paper.entries,
      joined: await sim.runUntil(establish(start, call)),
      onLost: ({ what }) => asks.ask({ verb: 'lost', by: what }),
    })
    const shared = (journal: Journal): Journal => ({
      ...journal,
      get entries() {
        return journal.entries
      },
      async append(facts, at) {
        const added = await journal.append(facts, at)
        writer.appended(added)
        return added
      },
      shared: (signal) => writer.shared(signal),
    })
    const driving = stage.drives({ journal: shared }).then(
      ({ exit }) => exit,
      (error: unknown) => (error instanceof DeployError ? exitCodes[error.exit] : error),
    )
    await sim.runUntil(stage.until(settled('prepare.pause')))
    const taken = await sim.runUntil(takeHome(home, 1, call))
    const sent = () => paper.entries.filter(({ type }) => type === 'sent').length
    const before = sent()
    expect(await sim.runUntil(driving)).toBe(exitCodes.locked)
    expect(sent() - before).toBeLessThanOrEqual(1)
    expect((await sim.runUntil(readHome({ cluster, namespace, run }, call)))?.entries).toEqual(taken?.copy.entries)
  })
})
