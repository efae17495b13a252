import { describe, expect, it } from 'vitest'
import { draftOf } from '../../src/core/draft.ts'
import { ref, thing, viewOf } from './support/cast.ts'

const web = ref('Service')
const drafted = () => draftOf(viewOf(thing('Service', 'web', { spec: { selector: { app: 'web' } } })))

describe('a draft', () => {
  it('gives every change the value that it will find', () => {
    const draft = drafted()
    expect(draft.change(web, { '/spec/selector': { app: 'a' } })).toEqual({
      verb: 'change',
      object: web,
      changes: [{ path: '/spec/selector', from: [{ app: 'web' }], to: { app: 'a' } }],
    })
    expect(draft.change(web, { '/spec/selector': { app: 'b' } })).toMatchObject({ changes: [{ from: [{ app: 'a' }] }] })
  })

  it('gives what is absent as null', () => {
    expect(drafted().change(web, { '/spec/paused': true })).toMatchObject({ changes: [{ from: [null], to: true }] })
  })

  it('goes back to what was seen from everything that it ever writes there', () => {
    const draft = drafted()
    draft.change(web, { '/spec/a': 1 })
    draft.change(web, { '/spec/a': 2 })
    expect(draft.restore(web, ['/spec/a'])).toMatchObject({
      changes: [{ path: '/spec/a', from: [null, 1, 2], to: null }],
    })
  })

  it('names each value once', () => {
    const draft = drafted()
    draft.change(web, { '/spec/a': 1 })
    draft.change(web, { '/spec/a': 2 })
    draft.change(web, { '/spec/a': 1 })
    expect(draft.restore(web, ['/spec/a'])).toMatchObject({ changes: [{ from: [null, 1, 2] }] })
  })

  it('keeps what a change said about its place', () => {
    const draft = drafted()
    const where = [{ path: '/spec/name', is: 'x' }]
    draft.change(web, { '/spec/a': 1 }, { where, loose: true })
    expect(draft.restore(web, ['/spec/a'])).toMatchObject({ changes: [{ where, loose: true }] })
  })

  it('tells what was seen from what will be', () => {
    const draft = drafted()
    draft.change(web, { '/spec/selector/app': 'a' })
    expect([draft.asSeen(web, '/spec/selector/app'), draft.asDrafted(web, '/spec/selector/app')]).toEqual(['web', 'a'])
  })

  it('knows what it touched', () => {
    const draft = drafted()
    expect([draft.touched(), draft.written(web)]).toEqual([[], []])
    draft.change(web, { '/spec/a': 1, '/spec/b': 2 })
    expect([draft.touched(), draft.written(web)]).toEqual([[web], ['/spec/a', '/spec/b']])
  })

  it('never writes what was not seen', () => {
    expect(() => drafted().change(ref('Service', 'api'), { '/spec/a': 1 })).toThrow('Service/api, which was not seen')
  })
})
