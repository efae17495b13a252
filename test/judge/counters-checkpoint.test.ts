import { describe, expect, it } from 'vitest'
import { count, nothingCounted, total } from '../../src/judge/counters.ts'
import { countersRead, countersWritten } from '../../src/judge/counters-checkpoint.ts'
import { pods, reading, series } from './builders.ts'

const tracks = pods({ n: 'new', s: 'stable' })
const at = (seconds: number) =>
  reading(series('n', 'requests', [seconds, 10 * seconds]), series('s', 'requests', [seconds, 90 * seconds]))
const before = () => count(count(nothingCounted, at(5), tracks).memory, at(10), tracks).memory

describe('counters that are written down', () => {
  it('count a gap once, on both sides', () => {
    const memory = countersRead(countersWritten(before())) ?? nothingCounted
    const { increments } = count(memory, at(60), tracks)
    const of = (track: string) => total(increments.filter((one) => one.track === track)).requests
    expect([of('new'), of('stable')]).toEqual([500, 4500])
  })

  it('are read back as they were', () => {
    expect(countersRead(countersWritten(before()))).toEqual(before())
    const restarted = new Map([['n', { track: 'new', fresh: true, restarts: 2 }]] as const)
    const { memory } = count(nothingCounted, at(5), restarted)
    expect(countersRead(countersWritten(memory))?.restarts).toEqual(new Map([['new/n', 2]]))
  })

  it.each([
    '',
    '{}',
    '{"v":2,"last":[],"read":[]}',
    '{"v":1,"last":[["a",1]],"read":[]}',
    '{"v":1,"last":[["a",1,-1]],"read":[]}',
  ])('are nothing where it is not them: %s', (text) => {
    expect(countersRead(text)).toBeNull()
  })
})
