import { describe, expect, it } from 'vitest'
import { second } from '../../../src/core/time.ts'
import {
  misrouted,
  type ShareEvidence,
  shareLearnt,
  startShare,
  type Told,
} from '../../../src/judge/compared/share-test.ts'

const batch = 5 * second

/** So many polls, each as long as a batch. */
function polled(before: ShareEvidence, polls: number, told: Told, part?: number): ShareEvidence {
  let share = before
  for (let at = 0; at < polls; at += 1) share = shareLearnt(share, told, { at: share.closed + batch, batch, part })
  return share
}

/** The first two batches tell of the time before. */
const settled = (weight: number): ShareEvidence => polled(startShare(weight, 0), 2, { fresh: null, stable: null })

const after = (weight: number, polls: number, fresh: number, stable: number) =>
  misrouted(polled(settled(weight), polls, { fresh, stable }))

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

  it.each([
    { part: 1 / 3, weight: 0.05, fresh: 25, stable: 158, answer: null },
    { part: 1 / 3, weight: 0.05, fresh: 45, stable: 152, answer: null },
    { part: 1 / 3, weight: 0.05, fresh: 15, stable: 162, answer: null },
    { part: 1 / 3, weight: 0.05, fresh: 60, stable: 147, answer: 'too-many' },
    { part: 1 / 3, weight: 0.05, fresh: 6, stable: 165, answer: 'too-few' },
    { part: 0.1, weight: 0.5, fresh: 250, stable: 25, answer: null },
    { part: 0.1, weight: 0.25, fresh: 300, stable: 20, answer: 'too-many' },
    { part: 0.1, weight: 1, fresh: 500, stable: 0, answer: null },
  ])('$fresh beside $stable of a $part of the stable pods at $weight: $answer', ({ part, weight, answer, ...told }) => {
    expect(misrouted(polled(settled(weight), 60, told, part))).toBe(answer)
  })

  it('is never said by one batch', () => {
    expect([after(0.05, 1, 500, 0), after(0.05, 2, 500, 0)]).toEqual([null, 'too-many'])
  })

  it('stays said', () => {
    const wrong = polled(settled(0.05), 3, { fresh: 500, stable: 0 })
    expect(misrouted(polled(wrong, 100, { fresh: 25, stable: 475 }))).toBe('too-many')
  })

  it('says nothing without requests', () => {
    const share = settled(0.05)
    const learnt = (stable: number) => shareLearnt(share, { fresh: 0, stable }, { at: share.closed + batch, batch })
    expect([learnt(0).tooMany, learnt(0).tooFew]).toEqual([share.tooMany, share.tooFew])
    expect(learnt(1).tooFew).not.toEqual(share.tooFew)
  })

  it('gathers no evidence of what can’t be', () => {
    const learnt = (weight: number) => {
      const share = settled(weight)
      const { tooMany, tooFew } = polled(share, 1, { fresh: 50, stable: 50 })
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

  it('is said within three batches where it goes wrong after ten minutes', () => {
    let share = polled(settled(0.05), 120, { fresh: 25, stable: 475 })
    const said = [1, 2, 3, 4].map(() => {
      share = polled(share, 1, { fresh: 100, stable: 400 })
      return misrouted(share)
    })
    expect(said).toEqual([null, null, 'too-many', 'too-many'])
  })
})

describe('a batch of the share', () => {
  it('holds nothing that was told within two batches of the change', () => {
    const wrong = { fresh: 500, stable: 0 }
    expect(polled(startShare(0.05, 7), 2, wrong)).toEqual({ ...startShare(0.05, 7), closed: 7 + 2 * batch })
    // What a poll tells that is longer than that began before.
    const late = shareLearnt(startShare(0.05, 0), wrong, { at: 9 * batch, batch })
    expect(late).toEqual({ ...startShare(0.05, 0), closed: 9 * batch })
  })

  it('is as long as a scrape', () => {
    const share = settled(0.05)
    const one = shareLearnt(share, { fresh: 500, stable: 0 }, { at: share.closed + batch - 1, batch })
    expect(one).toEqual({ ...share, open: { fresh: 500, stable: 0 } })
    const both = shareLearnt(one, { fresh: 25, stable: 9975 }, { at: share.closed + batch, batch })
    expect(both).toMatchObject({ open: { fresh: null, stable: null }, closed: share.closed + batch })
    expect(both.tooMany).toEqual(polled(share, 1, { fresh: 525, stable: 9975 }).tooMany)
  })

  it('waits for the side of which nothing was told', () => {
    const share = settled(0.05)
    const alone = polled({ ...share }, 1, { fresh: 500, stable: null })
    expect(alone).toEqual({ ...share, open: { fresh: 500, stable: null } })
    const later = { at: share.closed + 2 * batch, batch }
    expect(shareLearnt(alone, { fresh: 500, stable: 19_000 }, later)).toEqual(
      shareLearnt(share, { fresh: 1000, stable: 19_000 }, later),
    )
    // It may rightly have had none.
    expect(misrouted(polled(share, 2, { fresh: 500, stable: 0 }))).toBe('too-many')
  })
})
