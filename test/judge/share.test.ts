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
  ] as const)('$got of $of at weight $weight: $answer', ({ got, of, weight, answer }) => {
    expect(shareOf(got, of, weight).answer).toBe(answer)
  })
})
