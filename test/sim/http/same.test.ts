import { describe, expect, it } from 'vitest'
import { DeployError } from '../../../src/core/errors.ts'
import type { Kind } from '../../../src/core/kinds.ts'
import type { PatchOp } from '../../../src/core/write.ts'
import type { Cluster, Watched } from '../../../src/ports.ts'
import { fastClock } from '../../adapters/kubernetes/support/fast-clock.ts'
import { call, namespace, shop, signal, web } from '../../support/sim-shop.ts'
import { served } from './support/served.ts'

type Act = (cluster: Cluster) => Promise<unknown>

const configMap = { kind: 'ConfigMap', namespace, name: 'kept' } as const
const add = (path: string, value: unknown): PatchOp => ({ op: 'add', path, value })
const body = (value: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' }, data: { value } })
const patch = (...ops: readonly PatchOp[]) => ({ verb: 'patch', object: web, ops }) as const
const list =
  (kind: Kind, selectors: { labelSelector?: string; fieldSelector?: string } = {}): Act =>
  async (cluster) => {
    const objects = await cluster.list({ kind, namespace, ...selectors }, call)
    return objects.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  }

const acts: Readonly<Record<string, Act>> = {
  'who it is': (cluster) => cluster.identify(call),
  'an object': (cluster) => cluster.get(web, call),
  'an object that is not there': (cluster) => cluster.get({ ...web, name: 'nobody' }, call),
  'a list': list('ReplicaSet'),
  'a list of what is in no namespace': list('Node'),
  'a list by labels': list('Pod', { labelSelector: 'app in (web),!tier' }),
  'a list by a field': list('Pod', { fieldSelector: 'spec.nodeName=node-1' }),
  'a list of nothing': list('StatefulSet'),
  'a log': async (cluster) => {
    const [pod] = await cluster.list({ kind: 'Pod', namespace }, call)
    const ref = { kind: 'Pod', namespace, name: pod?.metadata.name ?? '' } as const
    return (await cluster.log(ref, { container: 'app', previous: false, lines: 1 }, call)).trimEnd()
  },
  'a log of nobody': (cluster) =>
    cluster.log({ kind: 'Pod', namespace, name: 'nobody' }, { container: 'app', previous: false, lines: 5 }, call),
  'a right': (cluster) => cluster.may('patch', 'Deployment', namespace, call),
  'a patch': (cluster) => cluster.write(patch(add('/spec/paused', true)), call),
  'a patch in a dry run': async (cluster) => [
    (await cluster.write(patch(add('/spec/paused', true)), { ...call, dryRun: true }))?.['spec'],
    await cluster.get(web, call),
  ],
  'a patch whose test fails': (cluster) => cluster.write(patch({ op: 'test', path: '/spec/replicas', value: 1 }), call),
  'a patch to what may not be': (cluster) => cluster.write(patch(add('/spec/minReadySeconds', 600)), call),
  'a patch of nobody': (cluster) => cluster.write({ ...patch(), object: { ...web, name: 'nobody' } }, call),
  'what is made': async (cluster) =>
    (await cluster.write({ verb: 'create', object: configMap, body: body('a') }, call))?.['data'],
  'what is made twice': async (cluster) => {
    await cluster.write({ verb: 'create', object: configMap, body: body('a') }, call)
    return cluster.write({ verb: 'create', object: configMap, body: body('b') }, call)
  },
  'what is applied': async (cluster) => {
    await cluster.write({ verb: 'apply', object: configMap, body: body('a') }, call)
    return (await cluster.write({ verb: 'apply', object: configMap, body: body('b') }, call))?.['data']
  },
  'what is applied and is not modelled': (cluster) => cluster.write({ verb: 'apply', object: web, body: {} }, call),
  'a deletion of another object of that name': (cluster) =>
    cluster.write({ verb: 'delete', object: web, uid: 'another' }, call),
  'a deletion': async (cluster) => {
    const { metadata } = (await cluster.get(web, call)) ?? { metadata: { uid: '' } }
    return [
      await cluster.write({ verb: 'delete', object: web, uid: metadata.uid ?? '' }, call),
      await cluster.get(web, call),
    ]
  },
  'a deletion of nobody': (cluster) =>
    cluster.write({ verb: 'delete', object: { ...web, name: 'nobody' }, uid: 'any' }, call),
}

/** What is answered, or in which words it is refused. */
const outcome = async (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => {
    if (!(error instanceof DeployError)) throw error
    const { code, what, why } = error
    return { code, what: what.replaceAll(/\(https?:[^)]*\)/g, ''), why }
  })

describe('the real adapter sees over HTTP what the port shows directly', () => {
  it.each(Object.entries(acts))('%s', async (_, act) => {
    const [direct, behind] = [await shop({ seed: 3 }), await shop({ seed: 3 })]
    const { adapter } = await served(behind.cluster, { tls: true })
    const seen = await behind.sim.during(outcome(act(adapter)))
    expect(seen).toEqual(await outcome(act(direct.cluster)))
  })
})

describe('a watch over HTTP', () => {
  const what = (['Deployment', 'ReplicaSet', 'Pod', 'Event'] as const).map((kind) => ({ kind, namespace }))
  const keysIn = (watched: Watched): string[] => [...watched.view().objects.keys()].sort()

  it('comes to what is there, through a roll-out', async () => {
    const { sim, cluster } = await shop()
    const { adapter } = await served(cluster, { tls: true })
    await using watched = await sim.during(adapter.watch(what, signal))
    cluster.acts.setImage(web, 'registry.lab/shop:2.0.0')
    await sim.settle()
    const there = [...cluster.see(namespace).objects.values()]
    const watchedKinds = there.filter(({ kind }) => what.some((one) => one.kind === kind))
    const wanted = watchedKinds.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()
    while (keysIn(watched).join() !== wanted.join()) await watched.changed(signal)
    expect(keysIn(watched)).toEqual(wanted)
  })

  it('falls silent with the connection, and lists again when it is back', async () => {
    const { sim, cluster } = await shop()
    const { adapter } = await served(cluster, { clock: fastClock() })
    await using watched = await sim.during(adapter.watch(what, signal))
    const heard = cluster.faults.silence()
    while (watched.view().silentSince === null) await watched.changed(signal)
    cluster.acts.scale(web, 3)
    heard()
    while (watched.view().silentSince !== null) await watched.changed(signal)
    expect(watched.view().objects.get('Deployment/web')?.metadata.generation).toBe(2)
  })
})

describe('faults of the simulated cluster reach the real adapter', () => {
  it('as a server that is away', async () => {
    const { cluster } = await shop()
    const { adapter } = await served(cluster, { clock: fastClock() })
    cluster.faults.down()
    expect(await outcome(adapter.get(web, call))).toMatchObject({ code: 'kube-unavailable' })
  })

  it('as a lost reply to a write that took effect', async () => {
    const { cluster, deployment } = await shop()
    const { adapter } = await served(cluster)
    cluster.faults.onWrite({ kind: 'lost-reply' })
    const write = adapter.write(patch(add('/spec/paused', true)), { signal, timeout: 300 })
    expect(await outcome(write)).toMatchObject({ code: 'kube-timeout' })
    expect(deployment().spec.paused).toBe(true)
  })

  it('as a status', async () => {
    const { cluster } = await shop()
    const { adapter } = await served(cluster)
    cluster.faults.onWrite({ kind: 'status', status: 409 }, { kind: 'Deployment' })
    expect(await outcome(adapter.write(patch(add('/spec/paused', true)), call))).toMatchObject({
      code: 'kube-conflict',
    })
  })
})
