import { describe, expect, it } from 'vitest'
import { Rollback, triggersOf } from '../../src/config/rollback.ts'
import { minute } from '../../src/core/time.ts'
import { file, parse, refused, release } from './sample.ts'

const queue = { name: 'queue', query: 'sum(queue_length)', is: '> 1000', for: '2m' }

describe('a burn rate as a trigger', () => {
  const service = (availability: string, trigger: string): string =>
    file({
      services: [
        '  web:',
        '    image: a/web',
        '    metrics: { source: pods, requests: http_requests_total, errors: \'code=~"5.."\' }',
        `    slo: { availability: ${availability} }`,
        `    rollback: { when: [${trigger}] }`,
      ].join('\n'),
    })

  it('is refused where what was promised lets no requests have it, with what they can have', () => {
    const { what, remedy } = refused(() => parse(service('93%', 'burn-rate > 14.4 for 5m')))
    expect(what).toContain('rollback.when[0]: "burn-rate > 14.4 for 5m", character 13: "14.4" can never be crossed')
    expect(remedy).toBe('write less than 14.28: with an availability of 93 %, that is when every request fails')
  })

  it.each([
    ['99.9999%', 'burn-rate > 2000'],
    ['94%', 'burn-rate > 14.4'],
  ])('is taken where they can: %s, %s', (availability, trigger) => {
    expect(release(service(availability, trigger)).watching.triggers).toMatchObject([{ text: trigger }])
  })
})

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
