import type { Entry, Fact } from '../../../../src/core/journal.ts'
import type { Plan, Unit } from '../../../../src/core/plan.ts'
import { second } from '../../../../src/core/time.ts'
import { bench } from '../../../engine/bench.ts'
import { signal, world } from './bench.ts'

const units = 100

/** A release of a hundred units that took an hour, and what its home keeps of it. */
export async function keptLarge() {
  const one = await oneHour()
  const large = times(one.plan)
  const { sim, cluster, begun, maps, writes } = world({ plan: large })
  const driver = await begun()
  const began = sim.clock.now()
  const first = one.entries[0]?.at ?? 0
  for (const entry of one.entries) {
    await sim.advance(Math.max(0, entry.at - first - (sim.clock.now() - began)))
    driver.append(...inAll(entry))
    await sim.runUntil(driver.writer.shared(signal))
  }
  await sim.runUntil(driver.writer.finish(10 * second))
  return { plan: large, sim, cluster, maps, writes, entries: driver.entries, took: sim.clock.now() - began }
}

/** A release of an hour in one cluster, as it was driven. */
async function oneHour(): Promise<{ readonly plan: Plan; readonly entries: readonly Entry[] }> {
  const { sim, plan, paper, drives } = await bench({ options: { weights: [5, 25, 50], soak: '15m', bake: '15m' } })
  await sim.runUntil(drives())
  return { plan, entries: paper.entries }
}

/** The same in so many clusters at once: ids and names of ReplicaSets differ, the rest is alike. */
function times(plan: Plan): Plan {
  const [wave] = plan.waves
  const [unit] = wave?.units ?? []
  if (!wave || !unit) throw new Error('a plan without a unit')
  const text = JSON.stringify(unit)
  const copies = Array.from(
    { length: units },
    (_, index) =>
      JSON.parse(
        text.replaceAll(unit.id, idOf(index)).replaceAll(unit.seen.stable.hash, `${7_000_000 + index * 7919}`),
      ) as Unit,
  )
  return { ...plan, waves: [{ ...wave, units: copies }] }
}

const idOf = (index: number): string => `web@cluster-${String(index).padStart(2, '0')}`

function inAll({ seq: _, epoch: __, prev: ___, at: ____, ...fact }: Entry): Fact[] {
  if ('units' in fact) return [{ ...fact, units: Array.from({ length: units }, (_, index) => idOf(index)) }]
  if (!('unit' in fact)) return [fact]
  return Array.from({ length: units }, (_, index) => ({ ...fact, unit: idOf(index), ...unlike(fact, index) }))
}

/** What no two clusters have alike. */
const unlike = (fact: Fact, index: number): object =>
  fact.type === 'sent'
    ? { receipt: { ...fact.receipt, uid: `3f2c${index}a5e-${Math.sin(index).toString(16).slice(3, 15)}` } }
    : fact.type === 'intended'
      ? { body: fact.body.slice(3) + String(index).padStart(3, '0') }
      : {}
