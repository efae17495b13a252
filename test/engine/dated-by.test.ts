import { describe, expect, it } from 'vitest'
import { hour, minute, second, type Millis } from '../../src/core/time.ts'
import { datedBy } from '../../src/engine/dated-by.ts'

interface Read {
  /** By the clock of the run. */
  readonly asked: Millis
  /** How long the answer takes. */
  readonly takes?: Millis
  /** What the clock of the source says when it answers. */
  readonly at: Millis
  /** By that clock. */
  readonly sample: Millis
}

/** Of when each sample is taken to be, and the reading itself. */
async function datesOf(...reads: readonly Read[]): Promise<readonly (readonly [sample: Millis, at: Millis])[]> {
  let now = 0
  let next = 0
  const metrics = datedBy(() => now, {
    name: 'a source',
    every: second,
    read: () => {
      const { takes = 0, at, sample } = reads[next++] as Read
      now += takes
      const series = [{ pod: 'web-1', id: 'a', counted: 'requests', samples: [[sample, 7]] } as const]
      return Promise.resolve({ series, missing: [], values: new Map(), at })
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  })
  const dates: (readonly [Millis, Millis])[] = []
  for (const { asked } of reads) {
    now = asked
    const reading = await metrics.read([], minute, { signal: new AbortController().signal })
    if ('down' in reading) throw new Error(reading.down)
    dates.push([reading.series[0]?.samples[0]?.[0] ?? Number.NaN, reading.at])
  }
  return dates
}

const now = 5 * hour

describe('what a source counted', () => {
  it('is of when it says, where its clock agrees', async () => {
    expect(await datesOf({ asked: now, at: now, sample: now - 3 * second })).toEqual([[now - 3 * second, now]])
  })

  it('is of when it says, where its clock is a second off', async () => {
    expect(await datesOf({ asked: now, at: now - second, sample: now - 3 * second })).toEqual([
      [now - 3 * second, now - second],
    ])
  })

  it.each([
    ['behind', -hour],
    ['ahead', hour],
  ])('just before is of just before, where its clock is an hour %s', async (_, off) => {
    expect(await datesOf({ asked: now, at: now + off, sample: now + off - 3 * second })).toEqual([
      [now - 3 * second, now],
    ])
  })

  it('is of when it says, however long the answer takes', async () => {
    const slow = { asked: now, takes: 20 * second, at: now + second, sample: now - second }
    expect(await datesOf(slow)).toEqual([[now - second, now + second]])
  })

  it('is dated as before by each later answer that can bear it', async () => {
    const first = { asked: now, takes: 20, at: now - hour, sample: now - hour - second }
    const later = { asked: now + 10 * second, takes: 8 * second, at: now - hour + 11 * second, sample: now - hour }
    expect(await datesOf(first, later)).toEqual([
      [now - second + 10, now + 10],
      [now + 10, now + 11 * second + 10],
    ])
  })

  it('is of now again after a clock was set', async () => {
    const before = { asked: now, at: now, sample: now - second }
    const after = { asked: now + minute, at: now - hour, sample: now - hour - second }
    expect(await datesOf(before, after)).toEqual([
      [now - second, now],
      [now + minute - second, now + minute],
    ])
  })
})
