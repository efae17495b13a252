import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { Entry } from '../../src/core/journal.ts'
import type { WriteFault } from '../../src/sim/faults.ts'
import type { SimCluster } from '../../src/sim/sim.ts'
import { settled } from './moments.ts'
import { leftBehind, stillOurs, tokensIn } from './restored.ts'
import { given, type Story } from './scenario.ts'

const done = (story: Story): void => {
  expect(story.exit).toBe(exitCodes.done)
  expect(leftBehind(story.before, story.after)).toHaveLength(2)
  expect([stillOurs(story.after), tokensIn(story.after)]).toEqual([[], []])
  expect([story.users.failed, story.inside.failed]).toEqual([0, 0])
}
/** Every so many writes one goes wrong. */
const every =
  (nth: number, fault: WriteFault) =>
  ({ cluster }: { cluster: SimCluster }): void => {
    for (let count = nth; count < 200; count += nth) cluster.faults.onWrite(fault, { nth: count })
  }
const isAt =
  (seq: number) =>
  (entry: Entry): boolean =>
    entry.seq >= seq
const patient = { policy: { deadline: 20 * 60_000 } } as const

describe('writes that go wrong', () => {
  it.each<WriteFault>([
    { kind: 'lost-reply' },
    { kind: 'lost-request' },
    { kind: 'refused' },
    { kind: 'status', status: 409 },
    { kind: 'status', status: 422 },
    { kind: 'status', status: 429 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'slow', by: 3000 },
  ])('now and then are sent again until they stand: %o', async (fault) => {
    done(await given(patient).at(every(3, fault)).runs())
  })

  it('on the way back are sent again, too', async () => {
    const story = await given({ ...patient, version: 'v2-crash' })
      .at(every(3, { kind: 'lost-reply' }))
      .runs()
    expect(story.exit).toBe(exitCodes.takenBack)
    expect(leftBehind(story.before, story.after)).toEqual([])
    expect(story.users.failed).toBe(0)
  })

  it('that never can succeed lead back, and to a human where they stand in the way back', async () => {
    const forbidden = await given({ bare: true })
      .at(({ cluster }) => cluster.faults.onWrite({ kind: 'status', status: 403 }, { kind: 'HTTPRoute' }))
      .runs()
    expect(forbidden.exit).toBe(exitCodes.humanNeeded)
    const create = await given({ bare: true })
      .at(({ cluster }) => cluster.faults.onWrite({ kind: 'status', status: 403 }, { verb: 'create', kind: 'Service' }))
      .runs()
    expect(create.exit).toBe(exitCodes.takenBackWithoutVerdict)
    expect(leftBehind(create.before, create.after)).toEqual([])
    expect([forbidden.users.failed, create.users.failed]).toEqual([0, 0])
  })

  it('that a server refuses as invalid are not sent for ever', async () => {
    const story = await given({ bare: true })
      .at(({ cluster }) => cluster.faults.onWrite({ kind: 'status', status: 422 }, { verb: 'create', kind: 'Service' }))
      .runs()
    expect(story.exit).toBe(exitCodes.takenBackWithoutVerdict)
    const tries = story.lines.filter((line) => line.includes('intended') && line.includes('create-service'))
    expect(tries).toHaveLength(6)
  })
})

describe('replies that are lost while a driver takes over', () => {
  it('leave no token behind: an object that is being let go is not taken once more', async () => {
    const story = await given({ ...patient, replicas: 1, options: { weights: [50], soak: '3s', bake: '3s' } })
      .kept()
      .when(isAt(5), ({ ask }) => ask({ verb: 'pause', by: 'anna' }))
      .when(isAt(9), ({ cluster }) => {
        for (let nth = 1; nth <= 3; nth += 1) cluster.faults.onWrite({ kind: 'lost-reply' }, { nth })
      })
      .afterwards('resume')
      .runs()
    done(story)
  })
})

describe('a cluster that is not heard', () => {
  it('passes no gate, and the release goes on when it is heard again', async () => {
    const story = await given()
      .when(settled('weight-25.route-25'), ({ cluster, sim }) => {
        const end = cluster.faults.silence()
        void sim.advance(5 * 60_000).then(end)
      })
      .runs()
    done(story)
    expect(story.took).toBeGreaterThan(5 * 60_000)
  })

  it('and does not answer keeps its weights, and the release goes on afterwards', async () => {
    const story = await given(patient)
      .when(settled('weight-25.route-25'), ({ cluster, sim }) => {
        const ends = [cluster.faults.down(), cluster.faults.silence()]
        void sim.advance(5 * 60_000).then(() => ends.forEach((end) => end()))
      })
      .runs()
    done(story)
  })
})

describe('a view that lags behind', () => {
  it.each([500, 4000])('by %i ms settles nothing too early', async (by) => {
    done(
      await given()
        .at(({ cluster }) => cluster.faults.stale(by))
        .runs(),
    )
  })

  it('still goes back in the right order', async () => {
    const story = await given({ version: 'v2-die15' })
      .at(({ cluster }) => cluster.faults.stale(3000))
      .runs()
    expect(story.exit).toBe(exitCodes.takenBack)
    expect(leftBehind(story.before, story.after)).toEqual([])
    expect(story.inside.failed).toBe(0)
  })
})
