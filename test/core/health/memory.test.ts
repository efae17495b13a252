import { describe, expect, it } from 'vitest'
import { pod } from './pods.ts'
import { set, watch } from './world.ts'

describe('restarts', () => {
  const running = (restarts: number) => ({ pods: [pod().ended(1).restarts(restarts)] })

  it('fail with the second since the first sight, Ready or not', () => {
    expect(watch([0, running(5)], [9, running(6)]).verdict.answer).toBe('pass')
    const { verdict } = watch([0, running(5)], [9, running(6)], [20, running(7)])
    expect(verdict).toMatchObject({
      answer: 'fail',
      because: expect.stringContaining('crashed 7 times with exit code 1'),
    })
  })

  it('of a pod that came later all count', () => {
    const { verdict } = watch([0, { pods: [], sets: [set()] }], [30, running(2)])
    expect(verdict.answer).toBe('fail')
  })

  it('are not taken back when a status counts fewer', () => {
    expect(watch([0, running(0)], [5, running(2)], [9, running(0)]).verdict.answer).toBe('fail')
  })

  it('for memory fail at once in a pod that was never Ready, and with the second in one that was', () => {
    const oom = (count: number) => ({ pods: [pod().ended(137, 'OOMKilled').restarts(count)] })
    const starting = (count: number) => ({ pods: [pod().notReady().ended(137, 'OOMKilled').restarts(count)] })
    expect(watch([0, starting(0)], [5, starting(1)]).findings).toMatchObject([{ rule: 'out-of-memory' }])
    expect(watch([0, oom(0)], [5, oom(1)]).verdict.answer).toBe('pass')
    expect(watch([0, oom(0)], [5, oom(1)], [9, oom(2)]).findings).toMatchObject([{ rule: 'out-of-memory' }])
  })
})

it('a sign that was gone in between begins anew', () => {
  const bad = { pods: [pod().waiting('ErrImagePull', 'not found')] }
  expect(watch([0, bad], [5, {}], [10, bad], [19, bad]).verdict.answer).toBe('pending')
  expect(watch([0, bad], [5, {}], [10, bad], [20, bad]).verdict.answer).toBe('fail')
})
