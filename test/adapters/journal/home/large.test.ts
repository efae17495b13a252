import { describe, expect, it } from 'vitest'
import { readHome } from '../../../../src/adapters/journal/home/read.ts'
import { hour, second } from '../../../../src/core/time.ts'
import type { Cluster } from '../../../../src/ports.ts'
import { namespace, run, signal } from './bench.ts'
import { keptLarge } from './large.ts'

describe('a release of a hundred units that takes an hour', async () => {
  const { sim, cluster, maps, writes, entries, took } = await keptLarge()

  it('has thousands of entries, and keeps all of them in less than 2 MB', () => {
    const bytes = Buffer.byteLength(JSON.stringify(maps()))
    expect(took).toBeGreaterThan(hour)
    expect(entries.length).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThan(2_000_000)
  })

  it('asks its home for one request a second at most, and for far fewer than it has entries', () => {
    expect(writes.length).toBeLessThanOrEqual(took / second + 60)
    expect(writes.length).toBeLessThan(250)
  })

  it('is read again in one request', async () => {
    let requests = 0
    const counting: Cluster = {
      ...cluster,
      list(what, call) {
        requests += 1
        return cluster.list(what, call)
      },
    }
    const copy = await sim.runUntil(readHome({ cluster: counting, namespace, run }, { signal }))
    expect([copy?.entries.length, requests]).toEqual([entries.length, 1])
    expect(copy?.entries.at(-1)).toEqual(entries.at(-1))
  })
})
