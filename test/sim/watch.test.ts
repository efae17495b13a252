import { describe, expect, it } from 'vitest'
import { find } from '../../src/core/view.ts'
import type { Watched } from '../../src/ports.ts'
import { call, namespace, type Shop, shop, signal, web } from '../support/sim-shop.ts'

const watch = ({ cluster }: Shop): Promise<Watched> =>
  cluster.watch(
    (['Deployment', 'ReplicaSet', 'Pod', 'Service'] as const).map((kind) => ({ kind, namespace })),
    signal,
  )
const pausing = { verb: 'patch', object: web, ops: [{ op: 'add', path: '/spec/paused', value: true }] } as const
const isPaused = (watched: Watched) => find(watched.view(), 'Deployment', 'web')?.spec.paused === true

describe('a watch', () => {
  it('holds everything at once, and tells of each change a moment later', async () => {
    const world = await shop()
    const watched = await watch(world)
    const before = watched.view()
    expect(before.objects.size).toBe(10 + 3)
    world.cluster.acts.patch(web, pausing.ops)
    expect(isPaused(watched)).toBe(false)
    await watched.changed(signal, before)
    expect(isPaused(watched)).toBe(true)
    expect(find(before, 'Deployment', 'web')?.spec.paused).toBeUndefined()
  })

  it('is never older than our own writes', async () => {
    const world = await shop()
    const watched = await watch(world)
    watched.took(web, await world.cluster.write(pausing, call))
    expect(isPaused(watched)).toBe(true)
  })

  it('may lag behind', async () => {
    const world = await shop()
    const watched = await watch(world)
    world.cluster.faults.stale(5000)
    await world.cluster.write(pausing, call)
    await world.sim.advance(4900)
    expect(isPaused(watched)).toBe(false)
    await world.sim.advance(300)
    expect(isPaused(watched)).toBe(true)
  })

  it('may fall silent: it says so after a while, and then has missed nothing', async () => {
    const world = await shop()
    const watched = await watch(world)
    const began = world.sim.clock.now()
    const end = world.cluster.faults.silence()
    await world.cluster.write(pausing, call)
    await world.sim.advance(4000)
    expect(watched.view().silentSince).toBeNull()
    await watched.changed(signal)
    expect(watched.view().silentSince).toBe(began)
    expect(isPaused(watched)).toBe(false)
    end()
    await world.sim.advance(100)
    expect([watched.view().silentSince, isPaused(watched)]).toEqual([null, true])
  })

  it('with a selector loses what no longer fits', async () => {
    const { cluster, sim } = await shop({ replicas: 2 })
    const watched = await cluster.watch([{ kind: 'Pod', namespace, labelSelector: 'app=web' }], signal)
    const [pod] = await cluster.list({ kind: 'Pod', namespace }, call)
    const name = pod?.metadata.name ?? ''
    cluster.acts.patch({ kind: 'Pod', namespace, name }, [{ op: 'replace', path: '/metadata/labels/app', value: 'x' }])
    await sim.advance(50)
    expect(find(watched.view(), 'Pod', name)).toBeUndefined()
  })

  it('ends with its signal', async () => {
    const world = await shop()
    const stop = new AbortController()
    const watched = await world.cluster.watch([{ kind: 'Deployment', namespace }], stop.signal)
    const waiting = watched.changed(signal)
    stop.abort()
    await waiting
    world.cluster.acts.patch(web, pausing.ops)
    await world.sim.advance(1000)
    expect(isPaused(watched)).toBe(false)
  })
})
