import { describe, expect, it } from 'vitest'
import { draftOf } from '../../src/core/draft.ts'
import { selector } from '../../src/routers/selector.ts'
import { ref, thing, viewOf } from '../core/support/cast.ts'

const where = { namespace: 'shop', service: 'web', secondary: 'web-preview', workload: ref('Deployment') }
const pinned = { app: 'web', 'pod-template-hash': 'abc' }

/** The Service is pinned to the stable pods by the time at which requests move. */
function bound(spec: object = {}) {
  const draft = draftOf(viewOf(thing('Service', 'web', { spec: { selector: { app: 'web' }, ...spec } })))
  const router = selector.bind(draft, where, ref('Service'))
  draft.change(ref('Service'), { '/spec/selector': pinned })
  return router
}

describe('a cut-over by selector', () => {
  it('widens to both versions first, so that there is never a moment with nobody', () => {
    const steps = bound().shift(100, 0)
    expect(steps.map(({ id, action }) => [id, action.expect])).toEqual([
      ['widen', { kind: 'endpoints', service: 'web', tracks: ['stable', 'new'] }],
      ['narrow', { kind: 'endpoints', service: 'web', tracks: ['new'] }],
    ])
    expect(steps.map(({ action: { mutation } }) => mutation.verb === 'change' && mutation.changes[0]?.to)).toEqual([
      { app: 'web' },
      { app: 'web', 'deploy/release': '{run}' },
    ])
  })

  it('goes back to the stable pods, from wherever it was', () => {
    const router = bound()
    router.shift(100, 0)
    expect(router.back()).toMatchObject([
      { action: { mutation: { changes: [{ to: pinned }] }, expect: { tracks: ['stable'] } } },
    ])
  })

  it('has no way back before it went anywhere', () => {
    expect(bound().back()).toEqual([])
  })

  it('can’t give a part of the requests', () => {
    expect(() => bound().shift(50, 0)).toThrow("router selector can't give 50 %")
  })

  it('is refused where a load balancer learns of it too late', () => {
    expect(() => bound({ externalTrafficPolicy: 'Local' })).toThrow('externalTrafficPolicy: Local')
    expect(() => bound({ externalTrafficPolicy: 'Cluster' })).not.toThrow()
  })
})
