import { describe, expect, it } from 'vitest'
import type { WriteFault } from '../../src/sim/faults.ts'
import { call, shop, web } from '../support/sim-shop.ts'

const pausing = { verb: 'patch', object: web, ops: [{ op: 'add', path: '/spec/paused', value: true }] } as const

const outcomes: readonly (readonly [fault: WriteFault, code: string, applied: boolean])[] = [
  [{ kind: 'lost-reply' }, 'kube-timeout', true],
  [{ kind: 'lost-request' }, 'kube-timeout', false],
  [{ kind: 'refused' }, 'kube-refused', false],
  [{ kind: 'status', status: 403 }, 'kube-forbidden', false],
  [{ kind: 'status', status: 409 }, 'kube-conflict', false],
  [{ kind: 'status', status: 422 }, 'kube-invalid', false],
  [{ kind: 'status', status: 429 }, 'kube-throttled', false],
  [{ kind: 'status', status: 500 }, 'kube-unavailable', false],
]

describe('a write', () => {
  for (const [fault, code, applied] of outcomes) {
    it(`with ${'status' in fault ? fault.status : fault.kind} ends as ${code}, ${applied ? '' : 'not '}applied`, async () => {
      const { cluster, deployment } = await shop()
      cluster.faults.onWrite(fault)
      await expect(cluster.write(pausing, call)).rejects.toMatchObject({ code })
      expect(deployment().spec.paused === true).toBe(applied)
    })
  }

  it('with a lost reply keeps its caller waiting as long as the caller is patient', async () => {
    const { cluster, sim } = await shop()
    cluster.faults.onWrite({ kind: 'lost-reply' })
    const began = sim.clock.now()
    await expect(cluster.write(pausing, { ...call, timeout: 7000 })).rejects.toMatchObject({ code: 'kube-timeout' })
    expect(sim.clock.now() - began).toBeGreaterThanOrEqual(7000)
  })

  it('is met only when it is the one meant', async () => {
    const { cluster } = await shop()
    const end = cluster.faults.onWrite({ kind: 'status', status: 500 }, { kind: 'Deployment', verb: 'patch', nth: 2 })
    await cluster.write(pausing, call)
    await expect(cluster.write(pausing, call)).rejects.toMatchObject({ code: 'kube-unavailable' })
    await cluster.write(pausing, call)
    end()
  })

  it('may be slow', async () => {
    const { cluster, sim } = await shop()
    cluster.faults.onWrite({ kind: 'slow', by: 2000 })
    const began = sim.clock.now()
    await cluster.write(pausing, call)
    expect(sim.clock.now() - began).toBeGreaterThanOrEqual(4000)
  })
})

describe('a cluster that is away', () => {
  it('answers nothing until it is back', async () => {
    const { cluster } = await shop()
    const end = cluster.faults.down()
    await expect(cluster.get(web, call)).rejects.toMatchObject({ code: 'kube-refused' })
    await expect(cluster.write(pausing, call)).rejects.toMatchObject({ code: 'kube-refused' })
    end()
    expect(await cluster.write(pausing, call)).toMatchObject({ spec: { paused: true } })
  })
})
