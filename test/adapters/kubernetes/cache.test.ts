import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openCache } from '../../../src/adapters/kubernetes/cache.ts'
import { grace } from '../../../src/adapters/kubernetes/watch.ts'
import { isLater } from '../../../src/adapters/kubernetes/versions.ts'
import type { KubeObject } from '../../../src/core/objects.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { call } from './support/connected.ts'
import { pod } from './support/objects.ts'

const pods = { kind: 'Pod', namespace: 'web' } as const
const ref = (name: string) => ({ kind: 'Pod', namespace: 'web', name }) as const
const map = (name: string, version: number, uid = 'u'): KubeObject => ({
  ...pod(name, version, uid),
  kind: 'ConfigMap',
})
const maps = { kind: 'ConfigMap', namespace: 'web' } as const
const mapRef = (name: string) => ({ ...maps, name })

function cacheOf(what: Parameters<ReturnType<typeof openCache>['sinkFor']>[0] = pods) {
  const clock = virtualClock()
  const cache = openCache({ namespace: 'web', clock, signal: call.signal })
  const sink = cache.sinkFor(what)
  const shown = () => [...cache.view().objects].map(([key, { metadata }]) => `${key}@${metadata.resourceVersion}`)
  return { clock, cache, sink, shown }
}

/** Did it resolve by now? */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let is = false
  void promise.then(() => (is = true))
  await new Promise((resolve) => setImmediate(resolve))
  return is
}

describe('a view', () => {
  it('is a value: later changes do not show in it', () => {
    const { cache, sink, shown } = cacheOf()
    sink.listed([pod('a', 1)], '1')
    const before = cache.view()
    sink.happened('ADDED', pod('b', 2))
    expect([...before.objects.keys()]).toEqual(['Pod/a'])
    expect(shown()).toEqual(['Pod/a@1', 'Pod/b@2'])
  })

  it('of an unchanged state shares its objects with the one before', () => {
    const { cache, sink } = cacheOf()
    sink.listed([pod('a', 1)], '1')
    expect(cache.view().objects).toBe(cache.view().objects)
  })

  it('never goes back to an older version, whatever the order in which things are told', () => {
    const told = fc.array(
      fc.record({
        by: fc.constantFrom('MODIFIED', 'DELETED', 'took', 'listed'),
        version: fc.integer({ min: 1, max: 1200 }),
      }),
    )
    fc.assert(
      fc.property(told, (steps) => {
        const { cache, sink } = cacheOf(maps)
        let newest = 0
        let isThere = false
        for (const { by, version } of steps) {
          if (by === 'took') cache.took(mapRef('a'), map('a', version))
          else if (by === 'listed') sink.listed([map('a', version)], String(version))
          else sink.happened(by, map('a', version))
          if (version > newest || (version === newest && by === 'DELETED')) isThere = by !== 'DELETED'
          newest = Math.max(newest, version)
          const known = cache.view().objects.get('ConfigMap/a')
          expect(known !== undefined).toBe(isThere)
          if (known) expect(known.metadata.resourceVersion).toBe(String(newest))
        }
      }),
    )
  })

  it('compares versions as numbers, also beyond those of JavaScript', () => {
    expect(isLater('100', '99')).toBe(true)
    expect(isLater('99', '100')).toBe(false)
    expect(isLater('18446744073709551615', '18446744073709551614')).toBe(true)
    expect(isLater('7', '7')).toBe(false)
  })

  it('leaves managedFields out of pods and keeps them where drift is read from them', () => {
    const { cache, sink } = cacheOf()
    const deployments = cache.sinkFor({ kind: 'Deployment', namespace: 'web' })
    const managed = (object: KubeObject): KubeObject => ({
      ...object,
      metadata: { ...object.metadata, managedFields: [{ manager: 'x' }] },
    })
    sink.listed([managed(pod('a', 1))], '1')
    deployments.listed([managed({ ...pod('web', 2), kind: 'Deployment' })], '2')
    const { objects } = cache.view()
    expect(objects.get('Pod/a')?.metadata).not.toHaveProperty('managedFields')
    expect(objects.get('Deployment/web')?.metadata.managedFields).toEqual([{ manager: 'x' }])
  })
})

describe('the answer to our own write', () => {
  it('shows at once, and the late event of it changes nothing', () => {
    const { cache, sink, shown } = cacheOf(maps)
    sink.listed([map('a', 1)], '1')
    cache.took(mapRef('a'), map('a', 5))
    sink.happened('MODIFIED', map('a', 3))
    expect(shown()).toEqual(['ConfigMap/a@5'])
  })

  it('survives a list that is older than it', () => {
    const { cache, sink, shown } = cacheOf(maps)
    sink.listed([], '1')
    cache.took(mapRef('a'), map('a', 5))
    sink.listed([], '4')
    expect(shown()).toEqual(['ConfigMap/a@5'])
    sink.listed([], '6')
    expect(shown()).toEqual([])
  })

  it('that deleted it shows, and a late event does not bring it back', () => {
    const { cache, sink, shown } = cacheOf(maps)
    sink.listed([map('a', 3)], '3')
    cache.took(mapRef('a'), null)
    expect(shown()).toEqual([])
    sink.happened('MODIFIED', map('a', 3))
    expect(shown()).toEqual([])
    sink.happened('ADDED', map('a', 9, 'another'))
    expect(shown()).toEqual(['ConfigMap/a@9'])
  })

  it('that deleted a pod shows it on its way out: it is gone when the watch says so', () => {
    const { cache, sink, shown } = cacheOf()
    sink.listed([pod('a', 3)], '3')
    cache.took(ref('a'), null)
    expect(cache.view().objects.get('Pod/a')?.metadata.deletionTimestamp).toBeDefined()
    sink.happened('DELETED', pod('a', 4))
    expect(shown()).toEqual([])
  })

  it('to an object that no watch tells of is not kept: nothing would ever renew it', () => {
    const { cache, shown } = cacheOf({ ...maps, labelSelector: 'app=web' })
    cache.took(mapRef('a'), map('a', 5))
    cache.took({ kind: 'Service', namespace: 'web', name: 'web' }, { ...pod('web', 6), kind: 'Service' })
    expect(shown()).toEqual([])
  })
})

describe('two watches of one kind', () => {
  it('take away only what each told of itself', () => {
    const { cache, sink, shown } = cacheOf({ ...pods, labelSelector: 'a' })
    const other = cache.sinkFor({ ...pods, labelSelector: 'b' })
    sink.listed([pod('x', 1), pod('both', 1)], '1')
    other.listed([pod('y', 2), pod('both', 1)], '2')
    sink.listed([], '9')
    expect(shown()).toEqual(['Pod/both@1', 'Pod/y@2'])
  })
})

describe('waiting for a change', () => {
  it('ends at the next change', async () => {
    const { cache, sink } = cacheOf()
    sink.listed([], '1')
    const changed = cache.changed(call.signal, cache.view())
    expect(await settled(changed)).toBe(false)
    sink.happened('ADDED', pod('a', 2))
    expect(await settled(changed)).toBe(true)
  })

  it('ends at once when the change came between the view and the waiting', async () => {
    const { cache, sink } = cacheOf()
    const mine = cache.view()
    sink.happened('ADDED', pod('a', 2))
    cache.view() // somebody else looked meanwhile
    expect(await settled(cache.changed(call.signal, mine))).toBe(true)
  })

  it('without a view, counts from the last one that was handed out', async () => {
    const { cache, sink } = cacheOf()
    cache.view()
    sink.happened('ADDED', pod('a', 2))
    expect(await settled(cache.changed(call.signal))).toBe(true)
    cache.view()
    expect(await settled(cache.changed(call.signal))).toBe(false)
  })

  it('ends when its signal aborts', async () => {
    const { cache } = cacheOf()
    const abort = new AbortController()
    const changed = cache.changed(abort.signal, cache.view())
    abort.abort()
    expect(await settled(changed)).toBe(true)
  })

  it('misses nothing: as many waits as it takes show every state', async () => {
    const { cache, sink } = cacheOf(maps)
    let seen = 0
    const reading = (async () => {
      while (seen < 200) {
        const view = cache.view()
        seen = Number(view.objects.get('ConfigMap/a')?.metadata.resourceVersion ?? 0)
        if (seen < 200) await cache.changed(call.signal, view)
      }
    })()
    for (let version = 1; version <= 200; version++) {
      sink.happened('MODIFIED', map('a', version))
      if (version % 3 === 0) await Promise.resolve()
    }
    await reading
    expect(seen).toBe(200)
  })
})

describe('silence', () => {
  it('is a watch without a connection for longer than the grace, since it lost it', async () => {
    const { cache, sink, clock } = cacheOf()
    sink.heard()
    const lostAt = clock.now()
    sink.lost(lostAt)
    expect(cache.view().silentSince).toBeNull()
    const changed = cache.changed(call.signal, cache.view())
    await clock.sleep(grace, call.signal)
    await changed // it says so itself
    expect(cache.view().silentSince).toBe(lostAt)
  })

  it('is not a watch that was back in time', async () => {
    const { cache, sink, clock } = cacheOf()
    sink.lost(clock.now())
    await clock.sleep(grace - 1, call.signal)
    sink.heard()
    await clock.sleep(grace, call.signal)
    expect(cache.view().silentSince).toBeNull()
  })

  it('goes on through failed attempts to reconnect, and ends with a word', async () => {
    const { cache, sink, clock } = cacheOf()
    const lostAt = clock.now()
    sink.lost(lostAt)
    await clock.sleep(grace, call.signal)
    sink.lost(clock.now())
    const view = cache.view()
    expect(view.silentSince).toBe(lostAt)
    const changed = cache.changed(call.signal, view)
    sink.heard()
    expect(await settled(changed)).toBe(true)
    expect(cache.view().silentSince).toBeNull()
  })

  it('of one watch is silence of the view', async () => {
    const { cache, sink, clock } = cacheOf()
    cache.sinkFor({ kind: 'Service', namespace: 'web' }).heard()
    sink.lost(clock.now() - grace)
    expect(cache.view().silentSince).toBe(clock.now() - grace)
  })
})
