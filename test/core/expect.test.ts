import { describe, expect, it } from 'vitest'
import { isMet, type Sight } from '../../src/core/expect.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import type { Expectation } from '../../src/core/plan.ts'
import { second } from '../../src/core/time.ts'
import type { View } from '../../src/core/view.ts'
import {
  castOf,
  deploymentOf,
  edited,
  now,
  podOf,
  put,
  ref,
  run,
  setOf,
  sliceOf,
  thing,
  unitIn,
  viewOf,
  without,
} from './support/cast.ts'

const unit = unitIn()
const asked = (expectation: Expectation, view: View, more: Partial<Sight> = {}) =>
  isMet(expectation, { unit, run, view, now, ...more })
/** `met`, or what is waited for. */
const met = (expectation: Expectation, view: View, more: Partial<Sight> = {}): string => {
  const result = asked(expectation, view, more)
  return result.met ? 'met' : result.waiting
}
const web = ref('Deployment')

describe('written', () => {
  const view = castOf()
  const at = (resourceVersion: string) => met({ kind: 'written' }, view, { object: web, receipt: { resourceVersion } })

  it('is met by a read at or past the receipt, and by no older one', () => {
    expect(at('100')).toBe('met')
    expect(at('99')).toBe('met')
    expect(at('101')).toBe('deployment/web to be read back')
  })

  it('compares versions as numbers, however long', () => {
    const long = edited(view, web, '/metadata/resourceVersion', '9007199254740993')
    const versioned = put(long, {
      ...deploymentOf(),
      metadata: { ...deploymentOf().metadata, resourceVersion: '9007199254740993' },
    })
    expect(met({ kind: 'written' }, versioned, { object: web, receipt: { resourceVersion: '9007199254740994' } })).toBe(
      'deployment/web to be read back',
    )
    expect(met({ kind: 'written' }, versioned, { object: web, receipt: { resourceVersion: '999' } })).toBe('met')
  })

  it('is met without a receipt, and when the object is gone', () => {
    expect(met({ kind: 'written' }, view, { object: web })).toBe('met')
    expect(met({ kind: 'written' }, viewOf(), { object: web, receipt: { resourceVersion: '7' } })).toBe('met')
  })
})

describe('every expectation', () => {
  it.each<Expectation>([
    { kind: 'written' },
    { kind: 'exited' },
    { kind: 'exists', object: web },
    { kind: 'sets', surge: 0, unavailable: 0 },
    { kind: 'ready', track: 'stable' },
    { kind: 'capacity', track: 'stable', percent: 1 },
    { kind: 'all', of: [] },
  ])('is not met by a read older than the receipt: %o', (expectation) => {
    expect(met(expectation, castOf())).toBe('met')
    expect(met(expectation, castOf(), { object: web, receipt: { resourceVersion: '101' } })).toBe(
      'deployment/web to be read back',
    )
  })
})

describe('exists and gone', () => {
  it('are about the object that they name', () => {
    expect(met({ kind: 'exists', object: web }, castOf())).toBe('met')
    expect(met({ kind: 'exists', object: web }, viewOf())).toBe('deployment/web to be there')
    expect(met({ kind: 'gone', object: web }, castOf())).toBe('deployment/web to be gone')
    expect(met({ kind: 'gone', object: web }, viewOf())).toBe('met')
  })
})

describe('sets', () => {
  const sets = (surge: number, unavailable: number): Expectation => ({ kind: 'sets', surge, unavailable })

  it.each([
    // replicas, surge, unavailable, new, old
    [4, 25, 0, 1, 4],
    [10, 25, 0, 3, 10],
    [10, 5, 0, 1, 10],
    [10, 50, 50, 10, 5],
    [10, 0, 25, 2, 8],
    [10, 0, 100, 10, 0],
    [3, 50, 0, 2, 3],
    [3, 0, 50, 1, 2],
    [4, 100, 0, 4, 4],
  ])('of %i replicas at (%i %%, %i %%) are %i new and %i old pods', (replicas, surge, unavailable, fresh, stable) => {
    expect(met(sets(surge, unavailable), castOf({ replicas, fresh, stable }))).toBe('met')
    if (fresh > 1) expect(met(sets(surge, unavailable), castOf({ replicas, fresh: fresh - 1, stable }))).not.toBe('met')
    expect(met(sets(surge, unavailable), castOf({ replicas, fresh, stable: stable + 1 }))).not.toBe('met')
  })

  it('say what is missing', () => {
    expect(met(sets(50, 50), castOf({ fresh: 1, stable: 4 }))).toBe('1 of 4 new pods made, 4 old ones left (2 wanted)')
  })

  it('count pods, ready or not, but not those on their way out', () => {
    const unready = put(castOf({ fresh: 1 }), podOf('new-0', { readyFor: false }))
    expect(met(sets(25, 0), unready)).toBe('met')
    expect(met(sets(25, 0), put(castOf({ fresh: 1 }), podOf('new-0', { terminating: true })))).not.toBe('met')
  })

  it('wait for the controller to have seen the change', () => {
    const behind = edited(castOf({ fresh: 1 }), web, '/metadata/generation', 2)
    expect(met(sets(25, 0), behind)).toBe('the controller to see the change')
    expect(met(sets(25, 0), viewOf())).toBe('the controller to see the change')
  })

  it('follow an autoscaler', () => {
    const grown = edited(castOf({ replicas: 4, fresh: 1, stable: 4 }), web, '/spec/replicas', 8)
    expect(met(sets(25, 0), grown)).toBe('1 of 2 new pods made, 4 old ones left (8 wanted)')
  })
})

describe('ready', () => {
  const fresh = { kind: 'ready', track: 'new' } as const
  // The workload's own minReadySeconds is 10.
  it('wants every pod of the track, for the workload’s own minReadySeconds', () => {
    expect(met(fresh, castOf({ fresh: 2 }))).toBe('met')
    expect(met(fresh, put(castOf({ fresh: 2 }), podOf('new-0', { readyFor: false })))).toBe('1 of 2 new pods ready')
  })

  it('knows when time alone will meet it', () => {
    const young = put(castOf({ fresh: 2 }), podOf('new-0', { readyFor: 9 * second }))
    expect(asked(fresh, young)).toEqual({
      met: false,
      waiting: '2 new pods to be ready for 10 s',
      wake: now + second,
    })
    expect(asked(fresh, young, { now: now + second })).toEqual({ met: true })
  })

  it('is never met by no pods at all', () => {
    expect(met(fresh, castOf())).toBe('0 of 1 new pods ready')
  })

  it('wants as many pods as the set is asked for', () => {
    expect(met(fresh, put(castOf({ fresh: 1 }), setOf('new', 3)))).toBe('1 of 3 new pods ready')
  })

  it('does not count a pod on its way out', () => {
    const ending = put(castOf({ fresh: 2 }), podOf('new-0', { terminating: true }))
    expect(met(fresh, ending)).toBe('1 of 2 new pods ready')
  })

  it('does not take the pods of one track for the other’s', () => {
    expect(met({ kind: 'ready', track: 'stable' }, castOf({ stable: 0, fresh: 4 }))).toBe('0 of 1 stable pods ready')
  })
})

describe('capacity', () => {
  const half = { kind: 'capacity', track: 'stable', percent: 50 } as const

  it('is a share of the replicas, rounded up', () => {
    expect(met(half, castOf({ replicas: 5, stable: 3 }))).toBe('met')
    expect(met(half, castOf({ replicas: 5, stable: 2 }))).toBe('2 of at least 3 stable pods ready')
  })

  it('is at least one pod', () => {
    expect(met({ ...half, percent: 0 }, castOf({ stable: 0 }))).toBe('0 of at least 1 stable pods ready')
  })

  it('counts Ready pods only', () => {
    const unready = put(castOf({ replicas: 2, stable: 1 }), podOf('stable-0', { track: 'stable', readyFor: false }))
    expect(met(half, unready)).toBe('0 of at least 1 stable pods ready')
  })
})

describe('endpoints', () => {
  const to = (...tracks: ('stable' | 'new')[]): Expectation => ({ kind: 'endpoints', service: 'web', tracks })
  const view = castOf({ stable: 2, fresh: 1 })
  const sending = (...slices: KubeObject[]): View => put(view, ...slices)

  it('are exactly the Ready pods of the tracks', () => {
    expect(met(to('new'), sending(sliceOf('web', ['new-0'])))).toBe('met')
    expect(met(to('stable', 'new'), sending(sliceOf('web', ['new-0', 'stable-0', 'stable-1'])))).toBe('met')
  })

  it('may stand in several slices', () => {
    expect(met(to('stable'), sending(sliceOf('web', ['stable-0']), sliceOf('web', ['stable-1'])))).toBe('met')
  })

  it('are not met while one is missing or one too many', () => {
    expect(met(to('stable'), sending(sliceOf('web', ['stable-0'])))).toBe(
      'service web to send to the 2 ready stable pods (1 missing, 0 others)',
    )
    expect(met(to('new'), sending(sliceOf('web', ['new-0', 'stable-0'])))).toBe(
      'service web to send to the 1 ready new pods (0 missing, 1 others)',
    )
  })

  it('of another Service do not count', () => {
    expect(met(to('new'), sending(sliceOf('web-canary', ['new-0'])))).not.toBe('met')
  })

  it('that are not ready do not count', () => {
    expect(met(to('new'), sending(sliceOf('web', ['new-0'], false)))).not.toBe('met')
  })

  it('are never met by nobody', () => {
    expect(met(to('new'), castOf())).toBe('service web to send to the 0 ready new pods (0 missing, 0 others)')
  })
})

describe('accepted', () => {
  const route = ref('HTTPRoute')
  const says = (type: string, status: string, observedGeneration = 1) => ({
    type,
    status,
    observedGeneration,
    message: 'why',
  })
  const good = [says('Accepted', 'True'), says('ResolvedRefs', 'True')]
  const routeOf = (...parents: { name: string; conditions: object[] }[]): View =>
    viewOf(
      thing('HTTPRoute', 'web', {
        spec: { parentRefs: [{ name: 'gateway' }] },
        status: {
          parents: parents.map(({ name, conditions }) => ({ controllerName: 'gw', parentRef: { name }, conditions })),
        },
      }),
    )
  const by = (...conditions: object[]): string =>
    met({ kind: 'accepted', object: route }, routeOf({ name: 'gateway', conditions }))

  it('is met when every live parent says so at the present generation', () => {
    expect(by(...good)).toBe('met')
  })

  it('is not met by what a parent said of an older generation', () => {
    expect(by(says('Accepted', 'True'), says('ResolvedRefs', 'True', 0))).toBe('gw to look at httproute/web')
  })

  it('is not met without one of the two conditions', () => {
    expect(by(says('Accepted', 'True'))).toBe('gw to look at httproute/web')
    expect(by(says('ResolvedRefs', 'True'))).toBe('gw to look at httproute/web')
  })

  it('says what a parent does not like', () => {
    expect(by(says('Accepted', 'True'), says('ResolvedRefs', 'False'))).toBe(
      'HTTPRoute/web: ResolvedRefs is False: why',
    )
  })

  it('wants every parent', () => {
    const view = routeOf({ name: 'gateway', conditions: good }, { name: 'gateway', conditions: [] })
    expect(met({ kind: 'accepted', object: route }, view)).toBe('gw to look at httproute/web')
  })

  it('ignores a parent that the route does not name any more', () => {
    const view = routeOf(
      { name: 'gateway', conditions: good },
      { name: 'old', conditions: [says('Accepted', 'False')] },
    )
    expect(met({ kind: 'accepted', object: route }, view)).toBe('met')
  })

  it('is not met by no parent, and not by no route', () => {
    expect(met({ kind: 'accepted', object: route }, routeOf())).toBe('a gateway to accept httproute/web')
    expect(met({ kind: 'accepted', object: route }, viewOf())).toBe('a gateway to accept httproute/web')
  })
})

describe('complete', () => {
  const status = { replicas: 4, updatedReplicas: 4, readyReplicas: 4, availableReplicas: 4 }
  const complete = (over: Readonly<Record<string, number>>): string =>
    met({ kind: 'complete' }, castOf({ status: { ...status, ...over } }))

  it('is met when every pod is of the present template and available', () => {
    expect(complete({})).toBe('met')
  })

  it.each([
    [{ updatedReplicas: 3 }, '3 of 4 pods of the present template, 1 others, 4 available'],
    [{ replicas: 5 }, '4 of 4 pods of the present template, 1 others, 4 available'],
    [{ availableReplicas: 3 }, '4 of 4 pods of the present template, 0 others, 3 available'],
  ])('is not met by %o', (over, waiting) => {
    expect(complete(over)).toBe(waiting)
  })

  it('waits for the controller', () => {
    const behind = edited(castOf({ status }), web, '/metadata/generation', 2)
    expect(met({ kind: 'complete' }, behind)).toBe('the controller to see the change')
    expect(met({ kind: 'complete' }, without(castOf({ status }), web))).toBe('the controller to see the change')
  })
})

describe('partition', () => {
  const stateful = unitIn({ stateful: true, strategy: 'rolling' })
  const set = thing('StatefulSet', 'web', { spec: { replicas: 4 }, status: { observedGeneration: 1 } })
  const fresh = (name: string, readyFor?: false): KubeObject => {
    const pod = podOf(name, { ...(readyFor === false && { readyFor }) })
    const ownerReferences = [{ kind: 'StatefulSet', name: 'web', uid: 'uid-web', controller: true }]
    return { ...pod, metadata: { ...pod.metadata, ownerReferences } }
  }
  const at = (partition: number, ...objects: KubeObject[]): string =>
    met({ kind: 'partition', partition }, viewOf(set, ...objects), { unit: stateful })

  it('wants the pods from that ordinal on to be new and Ready', () => {
    expect(at(2, fresh('web-2'), fresh('web-3'))).toBe('met')
    expect(at(2, fresh('web-3'))).toBe('1 of 2 new pods ready')
    expect(at(2, fresh('web-2', false), fresh('web-3'))).toBe('1 of 2 new pods ready')
  })

  it('waits for the controller', () => {
    expect(met({ kind: 'partition', partition: 2 }, viewOf(), { unit: stateful })).toBe(
      'the controller to see the change',
    )
  })
})

describe('all', () => {
  const missing = (name: string): Expectation => ({ kind: 'exists', object: ref('ConfigMap', name) })
  const all = (...of: Expectation[]): string => met({ kind: 'all', of }, castOf())

  it('says what is missing first', () => {
    expect(all({ kind: 'written' }, missing('a'), missing('b'))).toBe('configmap/a to be there')
  })

  it('is met when each is', () => {
    expect(all({ kind: 'written' }, { kind: 'exited' })).toBe('met')
    expect(all({ kind: 'written' }, missing('a'))).not.toBe('met')
  })
})

describe('a value that nobody can read', () => {
  it('never is a pass', () => {
    const odd = edited(castOf({ fresh: 1 }), ref('Pod', 'new-0'), '/status', {})
    expect(met({ kind: 'ready', track: 'new' }, odd)).toBe('0 of 1 new pods ready')
  })
})
