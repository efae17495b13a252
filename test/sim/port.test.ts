import { describe, expect, it } from 'vitest'
import type { PatchOp } from '../../src/core/write.ts'
import type { Write } from '../../src/ports.ts'
import { call, deployment, namespace, placed, shop, service, web } from '../support/sim-shop.ts'

const patch = (...ops: readonly PatchOp[]): Write => ({ verb: 'patch', object: web, ops })
const paused: PatchOp = { op: 'add', path: '/spec/paused', value: true }
const configMap = { kind: 'ConfigMap', namespace, name: 'journal' } as const
const create = (value: string): Write => ({ verb: 'create', object: configMap, body: { data: { value } } })

describe('writes', () => {
  it('answer with the object as it is then', async () => {
    const { cluster } = await shop()
    const before = await cluster.get(web, call)
    const after = await cluster.write(patch(paused), call)
    expect(after).toMatchObject({ spec: { paused: true }, metadata: { generation: 2 } })
    expect(Number(after?.metadata.resourceVersion)).toBeGreaterThan(Number(before?.metadata.resourceVersion))
  })

  it('store nothing in a dry run, but are refused in one as well', async () => {
    const { cluster, deployment } = await shop()
    expect(await cluster.write(patch(paused), { ...call, dryRun: true })).toMatchObject({ spec: { paused: true } })
    expect(deployment().spec.paused).toBeUndefined()
    const unmovable: PatchOp = {
      op: 'add',
      path: '/spec/strategy',
      value: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
    }
    await expect(cluster.write(patch(unmovable), { ...call, dryRun: true })).rejects.toMatchObject({
      code: 'kube-invalid',
    })
  })

  it('whose test fails change nothing', async () => {
    const { cluster, deployment } = await shop()
    const test: PatchOp = { op: 'test', path: '/spec/replicas', value: 11 }
    await expect(cluster.write(patch(paused, test), call)).rejects.toMatchObject({ code: 'kube-invalid' })
    expect(deployment().spec.paused).toBeUndefined()
  })

  it('that create are refused when it is there, or when there is no such namespace', async () => {
    const { cluster } = await shop()
    await cluster.write(create('a'), call)
    await expect(cluster.write(create('b'), call)).rejects.toMatchObject({ code: 'kube-exists' })
    const lost: Write = { ...create('a'), object: { ...configMap, namespace: 'nowhere' } }
    await expect(cluster.write(lost, call)).rejects.toMatchObject({ code: 'kube-not-found' })
  })

  it('that delete take only the object of that uid, and are content when it is gone', async () => {
    const { cluster } = await shop()
    const made = await cluster.write(create('a'), call)
    const remove = (uid: string): Write => ({ verb: 'delete', object: configMap, uid })
    await expect(cluster.write(remove('other'), call)).rejects.toMatchObject({ code: 'kube-conflict' })
    expect(await cluster.write(remove(made?.metadata.uid ?? ''), call)).toBeNull()
    expect(await cluster.get(configMap, call)).toBeNull()
    expect(await cluster.write(remove(made?.metadata.uid ?? ''), call)).toBeNull()
  })

  it('that delete what was changed since it was seen are refused', async () => {
    const { cluster } = await shop()
    const made = await cluster.write(create('a'), call)
    const { uid = '', resourceVersion = '' } = made?.metadata ?? {}
    cluster.acts.annotate(configMap, { seen: 'no' })
    const remove: Write = { verb: 'delete', object: configMap, uid, resourceVersion }
    await expect(cluster.write(remove, call)).rejects.toMatchObject({ code: 'kube-conflict' })
    expect(await cluster.get(configMap, call)).not.toBeNull()
  })

  it('of what is not there are refused', async () => {
    const { cluster } = await shop()
    const write: Write = { verb: 'patch', object: { ...web, name: 'nobody' }, ops: [paused] }
    await expect(cluster.write(write, call)).rejects.toMatchObject({ code: 'kube-not-found' })
  })

  it('that apply lay over what stands there', async () => {
    const { cluster } = await shop()
    await cluster.write(create('a'), call)
    const apply: Write = { verb: 'apply', object: configMap, body: { data: { other: 'b' } } }
    expect(await cluster.write(apply, call)).toMatchObject({ data: { value: 'a', other: 'b' } })
  })

  it('that are not modelled are refused, never guessed', async () => {
    const { cluster } = await shop()
    const object = { kind: 'DaemonSet', namespace, name: 'agent' } as const
    await expect(cluster.write({ verb: 'create', object, body: {} }, call)).rejects.toThrow(/does not model|501/)
    expect(() => cluster.acts.replace(placed(deployment(3, '1.0.0', { strategy: { type: 'Recreate' } })))).toThrow(
      /strategy Recreate/,
    )
  })
})

describe('reads', () => {
  it('select by labels and fields', async () => {
    const { cluster } = await shop({ replicas: 3 })
    const list = (selectors: object) => cluster.list({ kind: 'Pod', namespace, ...selectors }, call)
    const [first] = await list({})
    expect(await list({ labelSelector: 'app=web' })).toHaveLength(3)
    expect(await list({ labelSelector: 'app in (web, api),!tier' })).toHaveLength(3)
    expect(await list({ labelSelector: 'app!=web' })).toHaveLength(0)
    expect(await list({ fieldSelector: `metadata.name=${first?.metadata.name}` })).toHaveLength(1)
  })

  it('know who the cluster is: the same for the same seed, another for another cluster', async () => {
    const [one, two] = [await shop({ seed: 3 }), await shop({ seed: 3 })]
    expect(await one.cluster.identify(call)).toEqual(await two.cluster.identify(call))
    expect(await one.sim.cluster('b').identify(call)).not.toEqual(await one.cluster.identify(call))
  })

  it('of a log tell of the last death', async () => {
    const { cluster, sim, pods } = await shop({ replicas: 1, tag: '1.0.0-crash3' })
    await sim.advance(30_000)
    const pod = { kind: 'Pod', namespace, name: pods()[0]?.metadata.name ?? '' } as const
    const log = await cluster.log(pod, { container: 'app', previous: true, lines: 1 }, call)
    expect(log).toBe('fatal: simulated death, exit code 3 (Error)')
  })

  it('end when the caller no longer wants them', async () => {
    const { cluster } = await shop()
    await expect(cluster.get(web, { signal: AbortSignal.abort() })).rejects.toThrow()
  })
})

describe('managedFields', () => {
  const writers = (fields: readonly { manager?: string; fieldsV1?: object }[] | undefined): Record<string, string> =>
    Object.fromEntries((fields ?? []).map(({ manager = '', fieldsV1 }) => [manager, JSON.stringify(fieldsV1)]))

  it('name who wrote a field last', async () => {
    const { cluster, deployment } = await shop()
    await cluster.write(patch(paused), call)
    cluster.acts.patch(web, [{ op: 'replace', path: '/spec/paused', value: false }], 'kubectl-edit')
    cluster.acts.scale(web, 7)
    const { managedFields } = deployment().metadata
    expect(writers(managedFields)).toMatchObject({ kubectl: '{"f:spec":{"f:replicas":{}}}' })
    expect(writers(managedFields)['kubectl-client-side-apply']).not.toContain('f:replicas')
    expect(writers(managedFields)).not.toHaveProperty('deploy')
  })

  it('can be given up', async () => {
    const { cluster, deployment } = await shop()
    await cluster.write(patch(paused), call)
    const others = deployment().metadata.managedFields?.filter(({ manager }) => manager !== 'deploy')
    await cluster.write(patch({ op: 'replace', path: '/metadata/managedFields', value: others }), call)
    expect(writers(deployment().metadata.managedFields)).not.toHaveProperty('deploy')
  })
})

describe('objects that belong to others', () => {
  it('go when their owner goes', async () => {
    const { cluster, sim, pods, sets } = await shop({ replicas: 3 })
    cluster.acts.apply([placed(service('other'))])
    cluster.acts.delete(web)
    await sim.settle()
    expect([...sets(), ...pods()]).toEqual([])
    cluster.acts.delete({ kind: 'Service', namespace, name: 'other' })
    await sim.settle()
    expect(await cluster.list({ kind: 'EndpointSlice', namespace }, call)).toHaveLength(1)
  })
})
