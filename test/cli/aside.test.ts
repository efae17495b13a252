import { expect, it } from 'vitest'
import { asideOf } from '../../src/cli/aside.ts'
import type { Entry } from '../../src/core/journal.ts'

const text = { name: 'hook-smoke.sh.txt', whole: ['one', 'two'], shown: ['  | two'] }
const judged = (because: string): Entry => ({
  seq: 1,
  at: 1,
  prev: '',
  epoch: 1,
  type: 'judged',
  unit: 'web@east',
  stage: 'weight-50',
  answer: 'fail',
  because,
})

it('a text that could not be kept is named as such, and shown all the same', async () => {
  const aside = asideOf(() => Promise.reject(new Error('no space left on device')))
  const place = await aside.keep(text)
  expect(place).toBe('not kept (no space left on device)')
  expect(aside.shown(judged(`exited with 7, output: ${place}`))).toMatchObject({ evidence: ['  | two'] })
})

it('a verdict that names none of what was kept is shown as it is', async () => {
  const aside = asideOf(async (name) => ({ path: `/evidence/${name}`, sha256: 'ab' }))
  await aside.keep(text)
  expect(aside.shown(judged('2 of 2 new pods'))).toEqual(judged('2 of 2 new pods'))
})
