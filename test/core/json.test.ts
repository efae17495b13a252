import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, canonical, type Json, same, token, withValue } from '../../src/core/json.ts'

const shuffled = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, shuffled(part)]),
  )
}
const key = fc.string({ maxLength: 4 }).filter((text) => text !== '__proto__')
const pointer = (keys: readonly string[]): string => keys.map((one) => `/${token(one)}`).join('')
/** As Kubernetes has them: without a null in any place. */
const plain: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
})).value

describe('canonical text', () => {
  it('has sorted keys and no spaces', () => {
    expect(canonical({ b: 1, a: [true, null, { d: 'x', c: 2 }] })).toBe('{"a":[true,null,{"c":2,"d":"x"}],"b":1}')
  })

  it('leaves out what is undefined, as JSON does', () => {
    expect(canonical({ a: undefined, b: 1 })).toBe('{"b":1}')
    expect(canonical(undefined)).toBe('null')
  })

  it('is equal where values are the same, and only there', () => {
    const values = fc.oneof(
      plain,
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom({}, { a: null }, { a: undefined }, undefined),
    )
    fc.assert(fc.property(values, values, (a, b) => same(a, b) === (canonical(a) === canonical(b))))
    fc.assert(fc.property(fc.jsonValue(), (value) => same(value, shuffled(value as Json))))
    expect([same({}, { toString: 1 }), same([undefined], [null]), same({ a: 1 }, { a: 1, b: undefined })]).toEqual([
      false,
      true,
      true,
    ])
  })

  it('is the same in whatever order members were written', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => canonical(value) === canonical(shuffled(value as Json))))
  })

  it('says all that JSON says', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('tells an empty map, an empty list and nothing apart', () => {
    expect(new Set([{}, [], null, '', 0, false].map(canonical)).size).toBe(6)
  })
})

describe('a pointer', () => {
  it('finds members and elements, and null where there is nothing', () => {
    const value = { spec: { rules: [{ weight: 7 }] } }
    expect(at(value, '/spec/rules/0/weight')).toBe(7)
    expect(at(value, '/spec/rules/1/weight')).toBe(null)
    expect(at(value, '/spec/rules/0/weight/deeper')).toBe(null)
    expect(at(value, '')).toBe(value)
  })

  it('reads keys with slashes and tildes', () => {
    expect(at({ 'a/b': { '~1': 3 } }, '/a~1b/~01')).toBe(3)
  })

  it('finds what was put there', () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, plain),
        fc.array(key, { minLength: 1, maxLength: 3 }),
        plain,
        (value, keys, to) => {
          fc.pre(!throughList(value, keys))
          return same(at(withValue(value, pointer(keys), to), pointer(keys)), to)
        },
      ),
    )
  })
})

/** Into a list only elements that are there can be put. */
const throughList = (value: Json, keys: readonly string[]): boolean =>
  keys.some((_, index) => Array.isArray(at(value, pointer(keys.slice(0, index)))))

describe('a value with another at a pointer', () => {
  it('is a copy: the first stays as it was', () => {
    const value = { a: { b: 1 } }
    expect(withValue(value, '/a/b', 2)).toEqual({ a: { b: 2 } })
    expect(value).toEqual({ a: { b: 1 } })
  })

  it('has the parents that were missing', () => {
    expect(withValue({}, '/a/b/c', 1)).toEqual({ a: { b: { c: 1 } } })
  })

  it('loses the member where null is put, and keeps its parents', () => {
    expect(withValue({ a: { b: 1, c: 2 } }, '/a/b', null)).toEqual({ a: { c: 2 } })
    expect(withValue({ a: { b: 1 } }, '/a/b', null)).toEqual({ a: {} })
  })

  it('changes one element of a list', () => {
    expect(withValue({ a: [{ b: 1 }, { b: 2 }] }, '/a/1/b', 3)).toEqual({ a: [{ b: 1 }, { b: 3 }] })
  })

  it('is no other when nothing was to be removed', () => {
    expect(withValue({ a: 1 }, '/b', null)).toEqual({ a: 1 })
  })
})
