import { describe, expect, it } from 'vitest'
import { runClock } from '../../src/engine/run-clock.ts'

interface Moment {
  /** What the machine's clock says. */
  readonly said: number
  readonly elapsed: number
}

/** What the run's time is at each moment, its last entry being at 1,000. */
function timesAt(...moments: readonly Moment[]): readonly number[] {
  let moment = moments[0] as Moment
  const clock = { now: () => moment.said, elapsed: () => moment.elapsed, sleep: () => Promise.resolve() }
  const now = runClock(clock, 1000)
  return moments.map((each) => {
    moment = each
    return now()
  })
}

describe('the time of a run', () => {
  it('is that of the machine, where that is after its last entry', () => {
    expect(timesAt({ said: 5000, elapsed: 7 }, { said: 6000, elapsed: 1007 })).toEqual([5000, 6000])
  })

  it('goes on from its last entry on a machine whose clock is behind that', () => {
    expect(timesAt({ said: 200, elapsed: 7 }, { said: 230, elapsed: 37 })).toEqual([1000, 1030])
  })

  it('goes on where a clock is set back', () => {
    expect(timesAt({ said: 5000, elapsed: 7 }, { said: 6000, elapsed: 1007 }, { said: 100, elapsed: 1107 })).toEqual([
      5000, 6000, 6100,
    ])
  })

  it('goes on from where a clock was set, when it is set back again', () => {
    expect(timesAt({ said: 5000, elapsed: 7 }, { said: 9000, elapsed: 8 }, { said: 5010, elapsed: 18 })).toEqual([
      5000, 9000, 9010,
    ])
  })

  it('is in whole milliseconds, and loses none', () => {
    expect(timesAt({ said: 0, elapsed: 0 }, { said: 0, elapsed: 0.6 }, { said: 0, elapsed: 1.2 })).toEqual([
      1000, 1000, 1001,
    ])
  })
})
