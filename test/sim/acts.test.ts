import { describe, expect, it } from 'vitest'
import { all } from '../../src/core/view.ts'
import type { Ref } from '../../src/core/kinds.ts'
import { deployment, namespace, placed, shop, web } from '../support/sim-shop.ts'

const hpa: Ref = { kind: 'HorizontalPodAutoscaler', namespace, name: 'web' }
const autoscaler = placed({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web' },
  spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 5, maxReplicas: 20 },
})

describe('what others do', () => {
  it('apply: keeps what others added, takes back what the manifest changed', async () => {
    const world = await shop()
    world.cluster.acts.setImage(web, 'shop:2.0.0')
    world.cluster.acts.setEnv(web, 'Z', '1')
    world.cluster.acts.apply([placed(deployment(10))])
    expect(world.deployment().spec.template.spec.containers[0]).toMatchObject({
      image: 'registry.lab/shop:1.0.0',
      env: [{ name: 'Z', value: '1' }],
    })
  })

  it('apply: removes what an earlier manifest said', async () => {
    const world = await shop({ spec: { minReadySeconds: 5 } })
    world.cluster.acts.apply([placed(deployment(10))])
    expect(world.deployment().spec.minReadySeconds).toBeUndefined()
  })

  it('replace: leaves nothing of what stood there', async () => {
    const world = await shop()
    world.cluster.acts.setEnv(web, 'Z', '1')
    world.cluster.acts.replace(placed(deployment(10)))
    expect(world.deployment().spec.template.spec.containers[0]).not.toHaveProperty('env')
  })

  it('restart: new pods, unless it is paused', async () => {
    const world = await shop({ replicas: 2 })
    const before = world.pods().map(({ metadata }) => metadata.uid)
    world.cluster.acts.restart(web)
    await world.sim.settle()
    expect(world.pods().filter(({ metadata }) => before.includes(metadata.uid))).toEqual([])
    world.cluster.acts.patch(web, [{ op: 'add', path: '/spec/paused', value: true }])
    expect(() => world.cluster.acts.restart(web)).toThrow(/paused/)
  })

  it('autoscale: within its limits, and not down where that is disabled', async () => {
    const world = await shop()
    world.cluster.acts.apply([autoscaler])
    const asked = (replicas: number): number | undefined => {
      world.cluster.acts.autoscale(hpa, replicas)
      return world.deployment().spec.replicas
    }
    expect([asked(30), asked(1)]).toEqual([20, 5])
    world.cluster.acts.patch(hpa, [
      { op: 'add', path: '/spec/behavior', value: { scaleDown: { selectPolicy: 'Disabled' } } },
    ])
    expect([asked(12), asked(6)]).toEqual([12, 12])
  })

  it('evict: as far as a budget allows', async () => {
    const world = await shop({ replicas: 4 })
    const spec = { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } }
    world.cluster.acts.apply([
      placed({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'web' }, spec }),
    ])
    await world.sim.settle()
    const evictAll = (): number =>
      all(world.cluster.see(namespace), 'Pod').filter((pod) => {
        try {
          world.cluster.acts.evict({ kind: 'Pod', namespace, name: pod.metadata.name })
          return true
        } catch {
          return false
        }
      }).length
    expect(evictAll()).toBe(1)
    await world.sim.settle()
    expect(evictAll()).toBe(1)
    await world.sim.settle()
    expect(world.pods()).toHaveLength(4)
  })
})

describe('pods', () => {
  it('wait for a node with room, and say what is missing', async () => {
    const resources = { requests: { cpu: '1500m' } }
    const spec = {
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'app', image: 'shop:1', resources }] },
      },
    }
    const world = await shop({ nodes: 1, replicas: 3, spec })
    const waiting = world.pods().filter((pod) => pod.status?.phase === 'Pending')
    expect(waiting[0]?.status?.conditions?.[0]).toMatchObject({
      reason: 'Unschedulable',
      message: '0/1 nodes are available: 1 Insufficient cpu.',
    })
    expect(waiting).toHaveLength(1)
    world.cluster.acts.scale(web, 2)
    await world.sim.settle()
    expect(world.sets()).toEqual(['1 2/2/2'])
  })

  it('restart later and later when they die', async () => {
    const { sim, pods } = await shop({ replicas: 1, tag: '1.0.0-die4' })
    await sim.advance(60_000)
    const [container] = pods()[0]?.status?.containerStatuses ?? []
    expect(container).toMatchObject({ restartCount: 3, lastState: { terminated: { exitCode: 1 } } })
  })
})
