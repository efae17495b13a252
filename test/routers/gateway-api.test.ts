import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftOf } from '../../src/core/draft.ts'
import type { Json } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import { gatewayApi } from '../../src/routers/gateway-api.ts'
import { ref, thing, viewOf } from '../core/support/cast.ts'
import { taken } from '../core/support/history.ts'
import { resolve } from '../../src/core/resolve.ts'
import { unitIn } from '../core/support/cast.ts'

const where = { namespace: 'shop', service: 'web', secondary: 'web-canary', workload: ref('Deployment') }
const routeOf = (...rules: readonly Json[]): KubeObject =>
  thing('HTTPRoute', 'web', { spec: { parentRefs: [{ name: 'gateway' }], rules } })
const to = (name: string, more: object = {}) => ({ name, port: 80, ...more })
const bind = (...rules: readonly Json[]) => gatewayApi.bind(draftOf(viewOf(routeOf(...rules))), where, ref('HTTPRoute'))
const shifted = (weight: number, ...rules: readonly Json[]) => {
  const [step] = bind(...rules).shift(weight, 0)
  const { mutation } = step?.action ?? {}
  return mutation?.verb === 'change' ? mutation.changes.map(({ path, to }) => [path, to]) : []
}

interface Share {
  readonly name: string
  readonly weight: number
}
const split = (refs: readonly Json[], percent: number): readonly Share[] =>
  shifted(percent, { backendRefs: refs })[0]?.[1] as unknown as readonly Share[]
const shareOf = (name: string, refs: readonly Share[]): number => {
  const sum = (some: readonly Share[]): number => some.reduce((total, { weight }) => total + weight, 0)
  return sum(refs.filter((one) => one.name === name)) / sum(refs)
}

describe('a weight', () => {
  it('makes two references of the one to the Service', () => {
    expect(shifted(25, { backendRefs: [to('web')] })).toEqual([
      ['/spec/rules/0/backendRefs', [to('web', { weight: 75 }), to('web-canary', { weight: 25 })]],
    ])
  })

  it('is set in every rule that sends to the Service, and in no other', () => {
    const rules = [{ backendRefs: [to('web')] }, { backendRefs: [to('api')] }, { backendRefs: [to('web')] }]
    expect(shifted(10, ...rules).map(([path]) => path)).toEqual([
      '/spec/rules/0/backendRefs',
      '/spec/rules/2/backendRefs',
    ])
  })

  it('keeps the filters and ports of a reference', () => {
    const filters = [{ type: 'RequestHeaderModifier' }]
    expect(shifted(10, { backendRefs: [to('web', { filters })] })[0]?.[1]).toEqual([
      to('web', { filters, weight: 90 }),
      to('web-canary', { filters, weight: 10 }),
    ])
  })

  it('divides an existing split further', () => {
    const refs = [to('web', { weight: 3 }), to('legacy', { weight: 1 })]
    expect(split(refs, 25)).toEqual([
      to('web', { weight: 225 }),
      to('web-canary', { weight: 75 }),
      to('legacy', { weight: 100 }),
    ])
  })

  it('is that share of what the Service got, and leaves the others theirs', () => {
    const percents = fc.integer({ min: 0, max: 100 })
    fc.assert(
      fc.property(percents, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 50 }), (percent, own, other) => {
        const refs = split([to('web', { weight: own }), to('api', { weight: other })], percent)
        expect(shareOf('api', refs)).toBeCloseTo(other / (own + other), 10)
        expect(shareOf('web-canary', refs)).toBeCloseTo(((own / (own + other)) * percent) / 100, 10)
      }),
    )
  })

  it('moves only rules that are still those that were meant', () => {
    const matches = [{ path: { value: '/shop' } }]
    const [step] = bind({ matches, backendRefs: [to('web')] }).shift(25, 0)
    expect(step?.action.mutation).toMatchObject({
      changes: [{ where: [{ path: '/spec/rules/0/matches', is: matches }] }],
    })
  })
})

describe('the way back of a route', () => {
  it('brings the references back exactly as they were, from every weight', () => {
    const rule = { backendRefs: [to('web', { weight: 3 }), to('legacy')] }
    for (const stop of [0, 1, 2, 3]) {
      const bound = bind(rule)
      const steps = [...[5, 50, 100].flatMap((weight) => bound.shift(weight, 0)), ...bound.retire()].slice(0, stop)
      const all = [...steps, ...bound.back()]
      const end = all.reduce(
        (view, { action }) => {
          const resolved = resolve(action.mutation, { unit: unitIn(), run: 'r7f3', epoch: 1, view, agreed: new Set() })
          if (!('writes' in resolved)) throw new Error(JSON.stringify(resolved))
          return resolved.writes.reduce(taken, view)
        },
        viewOf(routeOf(rule)),
      )
      expect(end.objects.get('HTTPRoute/web')?.['spec']).toEqual(routeOf(rule)['spec'])
    }
  })
})

describe('a route that can’t be steered', () => {
  it.each<[string, Json[]]>([
    ['sends nothing to service web', [{ backendRefs: [to('api')] }]],
    ['has sessionPersistence', [{ backendRefs: [to('web')], sessionPersistence: {} }]],
    ['gives service web the weight 0', [{ backendRefs: [to('web', { weight: 0 }), to('api')] }]],
    [
      'has 16 backendRefs in one rule',
      [{ backendRefs: [to('web'), ...Array.from({ length: 15 }, (_, index) => to(`s${index}`))] }],
    ],
  ])('is refused with the reason: %s', (what, rules) => {
    expect(() => bind(...(rules as never[]))).toThrow(what)
  })

  it('is not the Service of another namespace or kind', () => {
    expect(() => bind({ backendRefs: [to('web', { namespace: 'other' })] })).toThrow('sends nothing to service web')
    expect(() => bind({ backendRefs: [to('web', { kind: 'ServiceImport' })] })).toThrow('sends nothing to service web')
  })
})

describe('the route of a Service', () => {
  const named = (kind: 'HTTPRoute' | 'GRPCRoute', name: string, service = 'web') =>
    thing(kind, name, { spec: { rules: [{ backendRefs: [to(service)] }] } })

  it('is the one that sends to it', () => {
    const view = viewOf(named('HTTPRoute', 'a', 'api'), named('GRPCRoute', 'b'))
    expect(gatewayApi.find(view, 'web')).toEqual(ref('GRPCRoute', 'b'))
    expect(gatewayApi.find(viewOf(named('HTTPRoute', 'a', 'api')), 'web')).toBe(null)
  })

  it('has to be named when there are several', () => {
    const view = viewOf(named('HTTPRoute', 'a'), named('HTTPRoute', 'b'))
    expect(() => gatewayApi.find(view, 'web')).toThrow('2 routes send requests to service web')
    expect(gatewayApi.find(view, 'web', 'b')).toEqual(ref('HTTPRoute', 'b'))
  })
})
