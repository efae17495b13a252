import { describe, expect, it } from 'vitest'
import { Rollback, triggersOf } from '../../src/config/rollback.ts'
import { minute } from '../../src/core/time.ts'

const queue = { name: 'queue', query: 'sum(queue_length)', is: '> 1000', for: '2m' }

describe('a query of the user as a trigger', () => {
  it('is crossed when it holds for so long, or more often than its limit of failures', () => {
    const when = [queue, { ...queue, name: 'failures', failureLimit: 3 }]
    const [whole, some] = triggersOf(Rollback.parse({ when }), undefined)
    expect(whole).toEqual({
      text: 'queue > 1000',
      figure: { kind: 'query', name: 'queue' },
      op: '>',
      value: 1000,
      over: 2 * minute,
    })
    expect(some).toEqual({
      ...whole,
      text: 'failures > 1000',
      figure: { kind: 'query', name: 'failures' },
      failureLimit: 3,
    })
  })

  it.each([-1, 1.5, 1001, 'three'])('has no limit of %j failures', (failureLimit) => {
    const { error } = Rollback.safeParse({ when: [{ ...queue, failureLimit }] })
    expect(JSON.stringify(error?.issues)).toContain('is not a number of failures')
    expect(JSON.stringify(error?.issues)).toContain('write a whole number from 0 to 1000, like 3')
  })
})
