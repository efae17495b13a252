import { describe, expect, it } from 'vitest'
import { untilOver, type Waiting } from '../../src/cli/until-over.ts'
import type { Ref } from '../../src/core/kinds.ts'
import type { Lease, LeaseNote } from '../../src/core/lease/lease.ts'
import { readLease } from '../../src/core/lease/read.ts'
import { release, take } from '../../src/core/lease/write.ts'
import { hour, type Millis, minute, second } from '../../src/core/time.ts'
import { Locked } from '../../src/engine/leases/refused.ts'
import type { Write } from '../../src/ports.ts'
import { createSim, type Sim, type SimCluster } from '../../src/sim/sim.ts'

const ref: Ref = { kind: 'Lease', namespace: 'default', name: 'deploy-web' }
const note: LeaseNote = {
  run: 'r7f3',
  phase: 'open',
  plan: 'a'.repeat(64),
  home: { cluster: 'east', namespace: 'default', name: 'deploy-web' },
  epoch: 1,
  release: {
    service: 'web',
    environment: 'prod',
    strategy: 'canary',
    version: 'v2',
    stage: 'weight-50',
    by: 'anna',
    host: 'ci-7',
    pid: 12,
    since: Date.UTC(2026, 0, 1),
  },
}

interface Bench {
  readonly sim: Sim
  readonly cluster: SimCluster
  readonly said: readonly string[]
  /** What became of waiting for at most so long, and after how long. */
  wait(limit: Millis, clock?: Partial<Waiting['clock']>): Promise<{ readonly ended: unknown; readonly took: Millis }>
  /** The run is over, and its driver lets go of the Lease. */
  close(): void
}

/** A Lease of an open run, which nobody renews. */
function held(): Bench {
  const sim = createSim()
  const cluster = sim.cluster('east')
  const lease = (): Lease => readLease(cluster.see(ref.namespace).objects.get(`Lease/${ref.name}`) ?? none())
  const write = (one: Write): void => void cluster.inside.server.write(one, { manager: 'deploy' })
  const holding = { holder: 'anna', now: sim.clock.now(), note }
  write(take(ref, null, holding))
  const { run } = lease()
  if (!run) throw new Error('it tells of no run')
  const locked = new Locked({ cluster: 'east', ref }, lease(), run, sim.clock.now())
  const said: string[] = []
  return {
    sim,
    cluster,
    said,
    async wait(limit, other) {
      const begun = sim.clock.elapsed()
      const clock = { ...sim.clock, ...other }
      const { signal } = new AbortController()
      const waiting = { clock, signal, until: begun + limit, say: (text: string) => void said.push(text) }
      const ended = await sim.runUntil(untilOver(cluster, locked, waiting)).catch((error: unknown) => error)
      return { ended: ended === locked ? 'refused' : ended, took: sim.clock.elapsed() - begun }
    },
    close: () => write(release(ref, lease(), { ...holding, note: { ...note, phase: 'closed' } }, [])),
  }
}

const none = (): never => {
  throw new Error('there is no Lease')
}

describe('the end of another run', () => {
  it('is waited for until the time is up, to the moment, although nothing changes', async () => {
    expect(await held().wait(30 * second)).toEqual({ ended: 'refused', took: 30 * second })
  })

  it('is waited for until the time is up while the cluster is silent, and that is said', async () => {
    const { cluster, said, wait } = held()
    cluster.faults.silence()
    expect(await wait(7 * minute)).toEqual({ ended: 'refused', took: 7 * minute })
    expect(said).toEqual(['still waiting: east is not heard for 5 s', 'still waiting: east is not heard for 5 min 5 s'])
  })

  it('is waited for by a clock that nobody can set', async () => {
    const { sim, wait } = held()
    const set = () => sim.clock.now() - hour
    expect(await wait(30 * second, { now: set })).toEqual({ ended: 'refused', took: 30 * second })
  })

  it('is seen once the cluster is heard again', async () => {
    const { sim, cluster, close, said, wait } = held()
    const end = cluster.faults.silence()
    const later = (async () => {
      await sim.advance(20 * second)
      close()
      end()
    })()
    expect((await wait(hour)).ended).toBe(true)
    await later
    expect(said).toEqual(['still waiting: east is not heard for 5 s'])
  })

  it('is not there yet when the cluster is heard again: who holds what is said', async () => {
    const { sim, cluster, close, said, wait } = held()
    const end = cluster.faults.silence()
    const later = (async () => {
      await sim.advance(20 * second)
      end()
      await sim.advance(20 * second)
      close()
    })()
    expect((await wait(hour)).ended).toBe(true)
    await later
    expect(said).toEqual([
      'still waiting: east is not heard for 5 s',
      expect.stringMatching(/^still waiting: web in east is held: run r7f3 .*; it is driven by anna on ci-7/),
    ])
  })
})
