import { describe, expect, it } from 'vitest'
import { shareOf } from '../../src/judge/share.ts'

describe('the share of requests of the new pods', () => {
  it.each([
    { got: 50, of: 1000, weight: 0.05, answer: 'seen' },
    { got: 250, of: 1000, weight: 0.25, answer: 'seen' },
    { got: 1000, of: 1000, weight: 1, answer: 'seen' },
    { got: 2, of: 40, weight: 0.05, answer: 'too-few' },
    { got: 300, of: 1000, weight: 0.05, answer: 'too-many' },
    { got: 110, of: 1000, weight: 0.05, answer: 'too-few' },
    { got: 5, of: 1000, weight: 0.05, answer: 'below' },
    { got: 0, of: 0, weight: 0.05, answer: 'too-few' },
    { got: 9, of: 9, weight: 0.05, answer: 'too-few' },
    { got: 10, of: 10, weight: 0.05, answer: 'too-many' },
    { got: 100, of: 1000, weight: 0.05, answer: 'seen' },
    { got: 25, of: 1000, weight: 0.05, answer: 'seen' },
    { got: 0, of: 100, weight: 0.05, answer: 'too-few' },
    { got: 0, of: 300, weight: 0.05, answer: 'below' },
    { got: 5, of: 100, weight: 0.05, answer: 'too-few' },
    { got: 9, of: 10, weight: 0.4, answer: 'too-few' },
    { got: 300, of: 300, weight: 0.6, answer: 'seen' },
  ] as const)('$got of $of at weight $weight: $answer', ({ got, of, weight, answer }) => {
    expect(shareOf(got, of, weight).answer).toBe(answer)
  })

  it('is told', () => {
    expect([shareOf(50, 1000, 0.05).share, shareOf(0, 0, 0.05).share]).toEqual([0.05, 0])
  })
})
