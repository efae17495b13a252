import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { packedJudges } from '../../../../src/adapters/journal/notes/packed.ts'

/** What can't be made smaller. */
const noise = (bytes: number): string => randomBytes(bytes).toString('latin1')

describe('what the judge knows of all units', () => {
  it('goes together where it fits', () => {
    const judges = new Map([['web@b', 'x'.repeat(10_000)] as const, ['web@a', noise(100)] as const])
    const { packed, without } = packedJudges(judges)
    expect([packed.length < 1000, without]).toEqual([true, []])
  })

  it('goes without the units of which there is most to say where it does not, and names them', () => {
    const judges = new Map([
      ['web@large', noise(900)],
      ['web@small', noise(300)],
      ['web@middle', noise(400)],
    ])
    const { packed, without, key } = packedJudges(judges, 1200)
    expect([packed.length <= 1200, without]).toEqual([true, ['web@large']])
    expect(Object.keys((JSON.parse(key) as { units: object }).units)).toEqual(['web@middle', 'web@small'])
  })

  it('goes without all of them before it is too large', () => {
    expect(packedJudges(new Map([['web@large', noise(5000)]]), 1200).without).toEqual(['web@large'])
  })
})
