import { expect, it, onTestFinished } from 'vitest'
import { beginRun } from '../../src/cli/driver.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import { unitsOf } from '../../src/core/plan.ts'
import { openSite } from '../../src/engine/site.ts'
import type { Cluster } from '../../src/ports.ts'
import { worldOf } from '../engine/leases/drivers.ts'
import { project } from './support/project.ts'
import { paper } from './support/deploy.ts'

it('a run that is over has its Leases let go once its journal is in its home, and only then old runs are removed', async () => {
  const { sim, plan } = worldOf()
  const pace = sim.pace(20)
  onTestFinished(() => pace[Symbol.dispose]())
  const asked: string[] = []
  let listening = 0
  const one = sim.cluster('one')
  const cluster: Cluster = {
    ...one,
    write(write, call) {
      asked.push(`${write.verb} ${write.object.kind}${listening > 0 ? ' while a signal waits' : ''}`)
      return one.write(write, call)
    },
    list(what, call) {
      asked.push(`list ${what.kind}`)
      return one.list(what, call)
    },
  }
  const { signal } = new AbortController()
  const [unit] = unitsOf(plan)
  if (!unit) throw new Error('a plan without a unit')
  const site = await openSite(cluster, unit.workload, signal)
  await using _ = site.reins.watched
  const streams = { stdin: process.stdin, stdout: paper().stream, stderr: paper().stream }
  const hash = planHash(plan)
  const begun = { plan, planHash: hash, sites: [site], folder: await project() }
  const context = {
    signal,
    process: {
      argv: [],
      env: {},
      cwd: begun.folder,
      streams,
      pid: 7,
      random: Math.random,
      clock: sim.clock,
      onSignal: () => {
        listening += 1
        return { [Symbol.dispose]: () => void (listening -= 1) }
      },
    },
  }
  {
    await using driver = await beginRun(begun, context)
    const { run } = driver.opened.folder
    const facts = [
      { type: 'opened', run, plan: hash, by: 'anna', host: 'ci' },
      { type: 'closed', exit: 0, outcome: 'done' },
    ] as const
    for (const entry of await driver.opened.journal.append(facts, sim.clock.now())) driver.noted(entry)
  }
  const lastFirst = [...new Set(asked.toReversed())]
  expect(lastFirst.slice(0, 2)).toEqual(['list ConfigMap', 'patch Lease while a signal waits'])
  expect(lastFirst[2]).toMatch(/^patch ConfigMap/)
  expect(listening).toBe(0)
})
