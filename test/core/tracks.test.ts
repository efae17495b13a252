import { describe, expect, it } from 'vitest'
import { podsOfTrack, setsOf, strangers } from '../../src/core/tracks.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import { castOf, podOf, put, run, setOf, thing, unitIn, viewOf } from './support/cast.ts'

const unit = unitIn()
const names = (objects: readonly KubeObject[]): string[] => objects.map(({ metadata }) => metadata.name)

describe('the tracks of a Deployment', () => {
  it('are known by name (stable) and by the label of this run (new)', () => {
    const view = castOf({ fresh: 1 })
    expect(names(setsOf(unit, run, view, 'stable'))).toEqual(['web-7c9f6d5b8'])
    expect(names(setsOf(unit, run, view, 'new'))).toEqual(['web-new'])
    expect(setsOf(unit, 'r0', view, 'new')).toEqual([])
  })

  it('have the pods of their sets, without those on their way out', () => {
    const view = put(castOf({ stable: 2, fresh: 2 }), podOf('new-0', { terminating: true }))
    expect(names(podsOfTrack(unit, run, view, 'new'))).toEqual(['new-1'])
    expect(names(podsOfTrack(unit, run, view, 'stable'))).toEqual(['stable-0', 'stable-1'])
  })

  it('are empty where the Deployment is gone', () => {
    expect(setsOf(unit, run, viewOf(setOf('stable', 1)), 'stable')).toEqual([])
    expect(podsOfTrack(unit, run, viewOf(), 'stable')).toEqual([])
  })

  it('never have the set of another Deployment', () => {
    const other = setOf('new', 1)
    const foreign = { ...other, metadata: { ...other.metadata, ownerReferences: [] } }
    expect(setsOf(unit, run, put(castOf(), foreign), 'new')).toEqual([])
  })
})

describe('strangers', () => {
  it('are sets of the workload with pods that belong to neither track', () => {
    expect(names(strangers(unit, run, castOf({ fresh: 1 })))).toEqual([])
    expect(names(strangers(unit, run, put(castOf(), setOf('other', 1))))).toEqual(['web-other'])
    expect(names(strangers(unit, run, put(castOf(), setOf('other', 0))))).toEqual([])
  })

  it('are none where no stable set could be named', () => {
    const nameless = { ...unit, seen: { ...unit.seen, stable: { name: '', hash: '' } } }
    expect(strangers(nameless, run, castOf())).toEqual([])
  })
})

describe('the tracks of a StatefulSet', () => {
  const stateful = unitIn({ stateful: true, strategy: 'rolling' })
  const pod = (name: string, track: 'stable' | 'new'): KubeObject => {
    const one = podOf(name, {
      track,
      labels: { 'controller-revision-hash': track === 'stable' ? '7c9f6d5b8' : 'web-2' },
    })
    const ownerReferences = [{ kind: 'StatefulSet', name: 'web', uid: 'uid-web', controller: true }]
    return { ...one, metadata: { ...one.metadata, ownerReferences } }
  }
  const view = viewOf(thing('StatefulSet', 'web', { spec: {} }), pod('web-0', 'stable'), pod('web-1', 'new'))

  it('are known by revision (stable) and by the label of this run (new)', () => {
    expect(names(podsOfTrack(stateful, run, view, 'stable'))).toEqual(['web-0'])
    expect(names(podsOfTrack(stateful, run, view, 'new'))).toEqual(['web-1'])
  })
})
