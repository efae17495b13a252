import { describe, expect, it } from 'vitest'
import type { LabelSelector } from '../../src/core/objects.ts'
import type { Pod } from '../../src/core/objects.ts'
import { second } from '../../src/core/time.ts'
import {
  all,
  endpointsOf,
  find,
  isReady,
  matches,
  ownedBy,
  podsOf,
  readySince,
  replicaSetsOf,
} from '../../src/core/view.ts'
import { castOf, live, now, podOf, put, ref, sliceOf, thing, viewOf } from './support/cast.ts'

describe('a label selector', () => {
  const labels = { app: 'web', tier: 'front' }
  const expression = (
    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
    key: string,
    values?: string[],
  ): LabelSelector => ({
    matchExpressions: [{ key, operator, ...(values && { values }) }],
  })

  it.each<[LabelSelector, boolean]>([
    [{}, true],
    [{ matchLabels: {} }, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'web', tier: 'back' } }, false],
    [{ matchLabels: { other: 'web' } }, false],
    [expression('In', 'app', ['api', 'web']), true],
    [expression('In', 'app', ['api']), false],
    [expression('In', 'other', ['web']), false],
    [expression('NotIn', 'app', ['api']), true],
    [expression('NotIn', 'app', ['web']), false],
    [expression('NotIn', 'other', ['web']), true],
    [expression('Exists', 'tier'), true],
    [expression('Exists', 'other'), false],
    [expression('DoesNotExist', 'other'), true],
    [expression('DoesNotExist', 'tier'), false],
    [{ matchLabels: { app: 'web' }, ...expression('DoesNotExist', 'tier') }, false],
  ])('%o matches as the API server says: %s', (selector, expected) => {
    expect(matches(selector, labels)).toBe(expected)
  })

  it('of an object without labels matches only what wants none', () => {
    expect(matches({})).toBe(true)
    expect(matches({ matchLabels: { app: 'web' } })).toBe(false)
  })
})

describe('a view', () => {
  it('finds an object by kind and name', () => {
    expect(find(castOf(), 'Deployment', 'web')?.metadata.uid).toBe('uid-web')
    expect(find(castOf(), 'Service', 'web')).toBeUndefined()
  })

  it('lists one kind, and none whose name only begins like it', () => {
    const view = viewOf(thing('Pod', 'a'), thing('PodDisruptionBudget', 'b'))
    expect(all(view, 'Pod').map(({ metadata }) => metadata.name)).toEqual(['a'])
  })

  it('knows owners by uid, and only the controlling one', () => {
    const web = live(castOf(), ref('Deployment'))
    const owned = (controller: boolean, uid = 'uid-web') =>
      thing('ReplicaSet', 'x', {
        metadata: { ownerReferences: [{ kind: 'Deployment', name: 'web', uid, controller }] },
      })
    expect([ownedBy(owned(true), web), ownedBy(owned(false), web), ownedBy(owned(true, 'other'), web)]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('finds sets and pods, those on their way out included', () => {
    const view = put(castOf({ stable: 2 }), podOf('stable-0', { track: 'stable', terminating: true }))
    const [set] = replicaSetsOf(view, live(view, ref('Deployment')) as never)
    expect(podsOf(view, set as never)).toHaveLength(2)
  })
})

describe('a pod', () => {
  const pod = (wish: Parameters<typeof podOf>[1]): Pod => podOf('p', wish) as Pod

  it('is Ready by its condition, and never on its way out', () => {
    expect([pod({}), pod({ readyFor: false }), pod({ terminating: true })].map(isReady)).toEqual([true, false, false])
    expect(isReady({ ...pod({}), status: {} })).toBe(false)
  })

  it('has been Ready since its condition changed', () => {
    expect(readySince(pod({ readyFor: 7 * second }))).toBe(now - 7 * second)
    expect(readySince(pod({ readyFor: false }))).toBe(null)
  })
})

describe('the endpoints of a Service', () => {
  it('are those of all its slices, of no other’s, and only those that are ready', () => {
    const view = viewOf(
      sliceOf('web', ['a', 'b']),
      sliceOf('web', ['c']),
      sliceOf('web', ['d'], false),
      sliceOf('api', ['e']),
    )
    expect([...endpointsOf(view, 'web')]).toEqual(['uid-a', 'uid-b', 'uid-c'])
  })

  it('count a pod whose readiness nobody states: the API says that it is ready', () => {
    const slice = { ...sliceOf('web', ['a']), endpoints: [{ targetRef: { kind: 'Pod', name: 'a', uid: 'uid-a' } }] }
    expect([...endpointsOf(viewOf(slice), 'web')]).toEqual(['uid-a'])
  })

  it('are none where a slice has a null', () => {
    expect(endpointsOf(viewOf({ ...sliceOf('web', []), endpoints: null }), 'web').size).toBe(0)
  })
})
