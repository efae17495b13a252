import { describe, expect, it } from 'vitest'
import { second } from '../../../src/core/time.ts'
import { misrouted, shareLearnt, startShare } from '../../../src/judge/compared/share-test.ts'

const after = (weight: number, polls: number, fresh: number, stable: number) => {
  let share = startShare(weight)
  for (let at = 0; at < polls; at += 1) share = shareLearnt(share, { fresh, stable }, 5 * second)
  return misrouted(share)
}

describe('the share of requests', () => {
  it.each([
    { weight: 0.05, fresh: 25, stable: 475, answer: null },
    { weight: 0.05, fresh: 45, stable: 455, answer: null },
    { weight: 0.05, fresh: 15, stable: 485, answer: null },
    { weight: 0.05, fresh: 100, stable: 400, answer: 'too-many' },
    { weight: 0.05, fresh: 2, stable: 498, answer: 'too-few' },
    { weight: 0.5, fresh: 500, stable: 0, answer: null },
    { weight: 0.5, fresh: 50, stable: 450, answer: 'too-few' },
    { weight: 1, fresh: 500, stable: 0, answer: null },
    { weight: 1, fresh: 100, stable: 400, answer: 'too-few' },
    { weight: 0, fresh: 0, stable: 500, answer: null },
    { weight: 0, fresh: 100, stable: 400, answer: null },
  ])('$fresh beside $stable at $weight: $answer', ({ weight, fresh, stable, answer }) => {
    expect(after(weight, 60, fresh, stable)).toBe(answer)
  })

  it('is never said by one poll', () => {
    expect([after(0.05, 1, 500, 0), after(0.05, 2, 500, 0)]).toEqual([null, 'too-many'])
  })

  it('stays said', () => {
    let share = startShare(0.05)
    for (let at = 0; at < 3; at += 1) share = shareLearnt(share, { fresh: 500, stable: 0 }, 5 * second)
    for (let at = 0; at < 100; at += 1) share = shareLearnt(share, { fresh: 25, stable: 475 }, 5 * second)
    expect(misrouted(share)).toBe('too-many')
  })

  it('says nothing without requests', () => {
    const share = startShare(0.05)
    expect(shareLearnt(share, { fresh: 0, stable: 0 }, 5 * second)).toBe(share)
    expect(shareLearnt(share, { fresh: 0, stable: 1 }, 5 * second)).not.toEqual(share)
  })

  it('gathers no evidence of what can’t be', () => {
    const learnt = (weight: number) => {
      const share = startShare(weight)
      const { tooMany, tooFew } = shareLearnt(share, { fresh: 50, stable: 50 }, 5 * second)
      return [tooMany === share.tooMany, tooFew === share.tooFew]
    }
    expect([0, 0.49, 0.5, 0.7, 1].map(learnt)).toEqual([
      [true, true],
      [false, false],
      [true, false],
      [true, false],
      [true, false],
    ])
  })

  it('is said within three polls where it goes wrong after ten minutes', () => {
    let share = startShare(0.05)
    for (let at = 0; at < 120; at += 1) share = shareLearnt(share, { fresh: 25, stable: 475 }, 5 * second)
    const said = [1, 2, 3, 4].map(() => {
      share = shareLearnt(share, { fresh: 100, stable: 400 }, 5 * second)
      return misrouted(share)
    })
    expect(said).toEqual([null, null, 'too-many', 'too-many'])
  })
})
