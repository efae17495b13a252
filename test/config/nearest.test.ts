import { expect, it } from 'vitest'
import { hint, nearest } from '../../src/config/nearest.ts'

const known = ['canary', 'blue-green', 'rolling', 'podLabel', 'on-rollback']

it.each([
  ['canry', 'canary'],
  ['canrya', 'canary'],
  ['cnaary', 'canary'],
  ['bluegreen', 'blue-green'],
  ['blue_green', 'blue-green'],
  ['podlabel', 'podLabel'],
  ['onRollback', 'on-rollback'],
  ['Rolling', 'rolling'],
  ['recreate', undefined],
  ['x', undefined],
  ['c'.repeat(10_000), undefined],
])('the nearest to %s is %s', (word, near) => {
  expect(nearest(word, known)).toBe(near)
})

it('a hint always names the whole choice', () => {
  expect(hint('canry', ['canary', 'rolling'])).toBe('did you mean canary? Known here: canary, rolling')
  expect(hint('x', ['canary', 'rolling'])).toBe('known here: canary, rolling')
})
