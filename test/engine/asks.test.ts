import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { leftBehind } from './restored.ts'
import { intended, paused, sent, settled } from './moments.ts'
import { given, readyPods, type Stage, type Story } from './scenario.ts'

const leave = ({ ask }: Stage): void => ask({ verb: 'leave', by: 'SIGTERM', exit: 'terminated' })
const at25 = settled('weight-25.route-25')
const sharesOf = ({ cluster }: Pick<Stage, 'cluster'>): string[] => {
  const traffic = cluster.traffic({ namespace: 'shop', route: 'web', rate: 1 })
  return [...new Set(traffic.shares().map(({ version }) => version))].sort()
}
const last = ({ lines }: Story): string => lines.at(-1) ?? ''

describe('a driver that is told to end', () => {
  it('sends requests back first, then leaves the run open with 143', async () => {
    let shares: string[] = []
    const story = await given()
      .when(at25, leave)
      .when(settled('back.route-web'), ({ cluster, sim }) => {
        void sim.advance(1000).then(() => {
          shares = sharesOf({ cluster })
        })
      })
      .runs()
    expect(story.exit).toBe(exitCodes.terminated)
    expect(story.lines.some((line) => / (ended|closed) /.test(line))).toBe(false)
    expect(story.users.failed).toBe(0)
    expect(shares).toEqual(['v1'])
    expect(readyPods(story.after).length).toBeGreaterThanOrEqual(4)
  })

  it('before anything has moved leaves at once', async () => {
    const story = await given().when(sent('prepare.pin-web'), leave).runs()
    expect(story.exit).toBe(exitCodes.terminated)
    expect(story.took).toBeLessThan(1000)
  })

  it('says that a human is needed when requests can’t be sent back, not that they were', async () => {
    const story = await given()
      .when(at25, (stage) => {
        stage.cluster.faults.onWrite({ kind: 'status', status: 403 }, { kind: 'HTTPRoute' })
        leave(stage)
      })
      .runs()
    expect([story.exit, story.open]).toEqual([exitCodes.humanNeeded, true])
  })

  it('leaves with 143 when requests are back, and what comes after them is stuck', async () => {
    const story = await given()
      .when(at25, (stage) => {
        stage.cluster.faults.onWrite({ kind: 'status', status: 403 }, { kind: 'Deployment' })
        leave(stage)
      })
      .runs()
    expect(story.exit).toBe(exitCodes.terminated)
  })

  it('waits for the requests of one unit while those of another stand still, then says the worse', async () => {
    const story = await given({ clusters: ['one', 'two'] })
      .when(at25, (stage) => {
        stage.clusters.get('two')?.faults.onWrite({ kind: 'status', status: 403 }, { kind: 'HTTPRoute' })
        leave(stage)
      })
      .runs()
    expect(story.exit).toBe(exitCodes.humanNeeded)
  })

  it('past the way back leaves as it is, with the new version serving', async () => {
    const story = await given().when(settled('drain.hold-50-50'), leave).runs()
    expect(story.exit).toBe(exitCodes.terminated)
    expect(story.users.failed).toBe(0)
    expect(last(story)).not.toMatch(/turned/)
  })

  it('while names move brings every Service back', async () => {
    const story = await given().when(settled('names.service-web'), leave).runs()
    expect(story.exit).toBe(exitCodes.terminated)
    expect([story.users.failed, story.inside.failed]).toEqual([0, 0])
  })

  it('by a second Ctrl-C leaves everything as it is', async () => {
    const story = await given()
      .when(at25, ({ ask }) => ask({ verb: 'detach', by: 'anna', exit: 'interrupted' }))
      .runs()
    expect(story.exit).toBe(exitCodes.interrupted)
    expect(story.lines.some((line) => / turned /.test(line))).toBe(false)
    expect(story.users.failed).toBe(0)
  })
})

describe('a person', () => {
  it('who aborts gets everything back as it was', async () => {
    for (const step of ['prepare.sets-25-0', 'weight-25.route-25', 'weight-100.route-100', 'names.pdb-web']) {
      const story = await given()
        .when(settled(step), ({ ask }) => ask({ verb: 'abort', by: 'anna', reason: 'looks odd' }))
        .runs()
      expect(story.exit).toBe(exitCodes.takenBackWithoutVerdict)
      expect(leftBehind(story.before, story.after)).toEqual([])
      expect(readyPods(story.after)).toEqual(readyPods(story.before))
      expect([story.users.failed, story.inside.failed]).toEqual([0, 0])
    }
  })

  it('who aborts in the moment in which something is made finds nothing left behind', async () => {
    for (const step of ['prepare.undo-note', 'prepare.create-service', 'prepare.create-pdb']) {
      const story = await given()
        .when(intended(step), ({ ask }) => ask({ verb: 'abort', by: 'anna' }))
        .runs()
      expect(story.exit).toBe(exitCodes.takenBackWithoutVerdict)
      expect(leftBehind(story.before, story.after)).toEqual([])
    }
  })

  it('who aborts past the way back gets the release finished', async () => {
    const story = await given()
      .when(settled('drain.sets-50-50'), ({ ask }) => ask({ verb: 'abort', by: 'anna' }))
      .runs()
    expect(story.exit).toBe(exitCodes.done)
  })

  it('who pauses stops the release where it is, until they resume', async () => {
    const story = await given()
      .attended()
      .when(at25, ({ ask }) => ask({ verb: 'pause', by: 'anna' }))
      .when(paused('asked'), ({ sim, ask }) => {
        void sim.advance(10 * 60_000).then(() => ask({ verb: 'resume', by: 'anna' }))
      })
      .runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(story.took).toBeGreaterThan(10 * 60_000)
  })

  it.each(['pause', 'promote'] as const)('whose release goes back stops it by no %s', async (verb) => {
    const story = await given({ options: { weights: [25], soak: '5m', bake: '1m' } })
      .when(at25, ({ ask }) => ask({ verb: 'abort', by: 'anna' }))
      .when(intended('back.route-web'), ({ ask }) => ask({ verb, by: 'ben' }))
      .runs()
    expect(story.exit).toBe(exitCodes.takenBackWithoutVerdict)
    expect(story.lines.filter((line) => /paused|warned/.test(line))).toEqual([
      expect.stringMatching(new RegExp(`warned .*ben asked for ${verb}: it goes back`)),
    ])
  })

  it('who is not there leaves a paused run with 5', async () => {
    const story = await given({ options: { weights: [25, 'pause', 50] } }).runs()
    expect(story.exit).toBe(exitCodes.paused)
    expect(story.users.failed).toBe(0)
  })

  it('who promotes another stage than the one that waits has promoted none', async () => {
    const pauses: string[] = []
    const story = await given({ options: { weights: [25, 'pause', 50, 'pause', 75] } })
      .when(paused('human'), ({ ask }) => {
        pauses.push('first')
        ask({ verb: 'promote', by: 'anna', stage: 'pause-3' })
        ask({ verb: 'promote', by: 'anna', stage: 'pause-1' })
      })
      .runs()
    expect([story.exit, pauses]).toEqual([exitCodes.paused, ['first']])
    expect(story.lines.at(-1)).toContain('paused')
    expect(story.lines.some((line) => line.includes('judged web@one · weight-50'))).toBe(true)
    expect(story.lines.some((line) => line.includes('weight-75.'))).toBe(false)
  })
})

describe('a version that gets bad while the run is paused', () => {
  it('is taken back without anybody', async () => {
    const story = await given({ version: 'v2-die25', options: { weights: [25, 'pause', 50] } })
      .attended()
      .runs()
    expect(story.exit).toBe(exitCodes.takenBack)
    expect(leftBehind(story.before, story.after)).toEqual([])
  })
})
