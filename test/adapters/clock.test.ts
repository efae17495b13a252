import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/adapters/clock.ts'
import { hour } from '../../src/core/time.ts'
import { virtualClock } from '../support/virtual-clock.ts'

const day = 24 * hour
const never = new AbortController().signal

describe.each([
  ['the system clock', () => systemClock],
  ['the virtual clock', () => virtualClock()],
])('%s', (_name, make) => {
  it('wakes a sleeper after its time', async () => {
    const clock = make()
    const start = clock.now()
    await clock.sleep(30, never)
    expect(clock.now() - start).toBeGreaterThanOrEqual(29)
  })

  it('counts what elapses while somebody sleeps', async () => {
    const clock = make()
    const start = clock.elapsed()
    await clock.sleep(30, never)
    expect(clock.elapsed() - start).toBeGreaterThanOrEqual(29)
  })

  it('wakes a sleeper at once, and in peace, when its signal aborts', async () => {
    const clock = make()
    const abort = new AbortController()
    const asleep = clock.sleep(365 * day, abort.signal)
    abort.abort(new Error('why'))
    await expect(asleep).resolves.toBeUndefined()
  })

  it('does not sleep when its signal has aborted, or for no time', async () => {
    const clock = make()
    const start = clock.now()
    await clock.sleep(365 * day, AbortSignal.abort())
    await clock.sleep(0, never)
    await clock.sleep(-1, never)
    await clock.sleep(Number.NaN, never)
    expect(clock.now() - start).toBeLessThan(1_000)
  })
})

it('sleeps for longer than a timer of Node can', async () => {
  const abort = new AbortController()
  let awake = false
  const asleep = systemClock.sleep(30 * day, abort.signal).then(() => (awake = true))
  await systemClock.sleep(30, never)
  expect(awake).toBe(false)
  abort.abort()
  await asleep
})

describe('virtual time', () => {
  it('passes a year at once, sleepers waking in the order of their times', async () => {
    const clock = virtualClock(0)
    const woke: string[] = []
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms, never)
      woke.push(`${name} ${clock.now()}`)
    }
    await Promise.all([sleep('c', 365 * day), sleep('a', 10), sleep('b', 20).then(() => sleep('d', 5))])
    expect(woke).toEqual(['a 10', 'b 20', 'd 25', `c ${365 * day}`])
  })

  it('stands still while somebody really works', async () => {
    const clock = virtualClock(0)
    const work = clock.during(systemClock.sleep(30, never).then(() => clock.now()))
    await clock.sleep(day, never)
    expect(await work).toBe(0)
  })
})
