import { describe, expect, it } from 'vitest'
import type { KubeObject, Pod } from '../../src/core/objects.ts'
import { copyOf, podsIn } from '../../src/rehearse/copy.ts'
import { quotaHere } from '../../src/rehearse/quota.ts'
import { all } from '../../src/core/view.ts'
import { planned, type Rehearsed } from './stage.ts'

const uids = (pods: readonly Pod[]) => new Set(pods.map(({ metadata }) => metadata.uid))

describe('a copy of what was seen', () => {
  it.each<Rehearsed>([{}, { strategy: 'rolling', stateful: true }, { strategy: 'blue-green', router: 'selector' }])(
    'rests: its controllers find nothing to do: %o',
    async (wish) => {
      const { plan, seen } = await planned(wish)
      const copy = await copyOf(plan, seen, 1)
      const [unit] = copy.units.values()
      const [known] = seen.values()
      if (!unit || !known) throw new Error('no unit')
      expect(uids(podsIn(unit))).toEqual(uids(all(known.view, 'Pod')))
      const workload = unit.cluster.see('shop').objects.get(`${unit.unit.workload.kind}/web`)
      expect(workload?.metadata.generation).toBe(1)
    },
  )

  it('does not read the tags of real images: a version that is called lat500 is no slower', async () => {
    const { plan, seen } = await planned({ from: 'v1-lat500', version: 'v2' })
    const copy = await copyOf(plan, seen, 1)
    const [unit] = copy.units.values()
    const shares = unit?.traffic?.shares() ?? []
    expect(shares.map(({ latency, failing }) => [latency, failing])).toEqual(Array.from({ length: 4 }, () => [79, 0]))
  })

  it('has the requests that were measured', async () => {
    const { plan, seen } = await planned({ load: { rate: 50, failing: 0.002 } })
    const copy = await copyOf(plan, seen, 1)
    await copy.sim.advance(10_000)
    const [unit] = copy.units.values()
    const { sent, failed } = unit?.traffic?.counted() ?? { sent: 0, failed: 0 }
    expect([Math.round(sent), Math.round(failed)]).toEqual([500, 1])
  })
})

describe('a quota', () => {
  const quota = (spec: object, used: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'all', namespace: 'shop' },
    spec,
    status: { used },
  })
  const pods = (count: number): Pod[] =>
    Array.from({ length: count }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `web-${index}`, namespace: 'shop' },
      spec: { containers: [{ name: 'app', image: 'web:1', resources: { requests: { cpu: '500m' } } }] },
    }))
  const hardOf = (object: KubeObject | null) => (object?.['spec'] as { hard: object } | undefined)?.hard ?? null

  it('has for the copy what others in the namespace leave over', () => {
    const seen = quota({ hard: { pods: '20', 'requests.cpu': '8' } }, { pods: '14', 'requests.cpu': '5' })
    expect(hardOf(quotaHere(seen, pods(4)))).toEqual({ pods: '10', 'requests.cpu': '5' })
  })

  it('is left out where the copy could not count what it limits', () => {
    expect([
      quotaHere(quota({ hard: { 'count/secrets': '3' } }), pods(1)),
      quotaHere(quota({ hard: { pods: '3' }, scopes: ['BestEffort'] }), pods(1)),
      quotaHere(quota({ hard: { pods: '3' } }, { pods: 'many' }), pods(1)),
    ]).toEqual([null, null, null])
  })
})
