import { describe, expect, it } from 'vitest'
import { call, namespace, placed, route, service, shop, web } from '../support/sim-shop.ts'

const weights = (stable: number, canary: number) =>
  ({
    verb: 'patch',
    object: route,
    ops: [
      {
        op: 'replace',
        path: '/spec/rules/0/backendRefs',
        value: [
          { name: 'web', port: 80, weight: stable },
          { name: 'web-canary', port: 80, weight: canary },
        ],
      },
    ],
  }) as const

const percent = (part: number, whole: number): number => Math.round((100 * part) / whole)

describe('requests', () => {
  it('are all answered while a roll-out with maxUnavailable 0 runs', async () => {
    const { cluster, sim } = await shop({ spec: { strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } } } })
    const traffic = cluster.traffic({ namespace, route: 'web', rate: 100 })
    cluster.acts.setImage(web, 'shop:2.0.0')
    await sim.settle()
    const { sent, failed, byVersion } = traffic.counted()
    expect(failed).toBe(0)
    expect(sent).toBeGreaterThan(300)
    expect(Object.keys(byVersion)).toEqual(['1.0.0', '2.0.0'])
  })

  it('follow the weights of the route, once the gateway knows them', async () => {
    const { cluster, sim } = await shop()
    const selector = { app: 'web', 'deploy/release': 'r1' }
    cluster.acts.apply([placed(service('web-canary', selector))])
    cluster.acts.patch(web, [
      { op: 'add', path: '/spec/minReadySeconds', value: 500 },
      { op: 'add', path: '/spec/template/metadata/labels/deploy~1release', value: 'r1' },
      { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'shop:2.0.0-err50' },
    ])
    cluster.acts.patch({ kind: 'Service', namespace, name: 'web' }, [
      { op: 'add', path: '/spec/selector', value: { app: 'web', 'pod-template-hash': hashOf(cluster) } },
    ])
    await sim.settle()
    const before = cluster.traffic({ namespace, route: 'web', rate: 100 })
    await cluster.write(weights(75, 25), call)
    await sim.advance(1)
    expect(before.shares().every(({ version }) => version === '1.0.0')).toBe(true)
    await sim.advance(1000)
    const traffic = cluster.traffic({ namespace, route: 'web', rate: 100 })
    await sim.advance(10_000)
    const { sent, failed, byVersion } = traffic.counted()
    expect(sent).toBeCloseTo(1000)
    expect(percent(byVersion['2.0.0-err50']?.sent ?? 0, sent)).toBe(25)
    expect(failed).toBeCloseTo(125)
  })

  it('fail for the share of a Service without endpoints, although the route is in order', async () => {
    const { cluster, sim } = await shop()
    cluster.acts.apply([placed(service('web-canary', { app: 'nobody' }))])
    await sim.runUntil(cluster.write(weights(90, 10), call))
    await sim.settle()
    const traffic = cluster.traffic({ namespace, route: 'web', rate: 10 })
    await sim.advance(10_000)
    expect(traffic.counted()).toMatchObject({ sent: 100, failed: 10, byVersion: { none: { failed: 10 } } })
    expect(await cluster.get(route, call)).toMatchObject({
      status: { parents: [{ conditions: [{ type: 'Accepted' }, { type: 'ResolvedRefs', status: 'True' }] }] },
    })
  })

  it('are lost when all pods go at once', async () => {
    const { cluster, sim } = await shop({ replicas: 2 })
    const traffic = cluster.traffic({ namespace, service: 'web', rate: 100 })
    cluster.acts.scale(web, 0)
    await sim.settle()
    cluster.acts.scale(web, 2)
    await sim.settle()
    const { failed } = traffic.counted()
    expect(failed).toBeGreaterThan(100)
    await sim.advance(1000)
    expect(traffic.counted().failed).toBe(failed)
  })

  it('suffer as their pods misbehave, until they no longer do', async () => {
    const { cluster, sim } = await shop()
    const traffic = cluster.traffic({ namespace, service: 'web', rate: 100 })
    cluster.acts.misbehave(namespace, { app: 'web' }, 'err4')
    await sim.advance(10_000)
    cluster.acts.misbehave(namespace, { app: 'web' }, '')
    await sim.advance(10_000)
    expect(traffic.counted()).toMatchObject({ sent: 2000, failed: 40 })
  })

  it('are counted no more when it is stopped', async () => {
    const { cluster, sim } = await shop()
    const traffic = cluster.traffic({ namespace, service: 'web', rate: 100 })
    await sim.advance(1000)
    traffic.stop()
    await sim.advance(1000)
    expect(traffic.counted().sent).toBe(100)
  })
})

function hashOf(cluster: Awaited<ReturnType<typeof shop>>['cluster']): string {
  const set = [...cluster.see(namespace).objects.values()].find(({ kind }) => kind === 'ReplicaSet')
  return set?.metadata.labels?.['pod-template-hash'] ?? ''
}
