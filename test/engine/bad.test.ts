import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { Entry } from '../../src/core/journal.ts'
import { all, isReady } from '../../src/core/view.ts'
import { bench } from './bench.ts'
import { namespace, type Wish } from './manifests.ts'
import { leftBehind, stillOurs, tokensIn } from './restored.ts'
import { sent } from './moments.ts'
import { given, readyPods, type Scenario, type Stage, type Story } from './scenario.ts'

const strategies: readonly Wish[] = [
  { strategy: 'canary' },
  { strategy: 'canary', router: 'replicas' },
  { strategy: 'blue-green' },
  { strategy: 'blue-green', router: 'selector' },
  { strategy: 'rolling' },
]
const turned = ({ type }: Entry): boolean => type === 'turned'
const hopeless = ['v2-noready', 'v2-crash', 'v2-oom', 'v2-nopull']

function wasTakenBack(story: Story): void {
  expect(story.exit).toBe(exitCodes.takenBack)
  expect(leftBehind(story.before, story.after)).toEqual([])
  expect([stillOurs(story.after), tokensIn(story.after)]).toEqual([[], []])
}

describe('a version that never gets ready', () => {
  it.each(strategies.flatMap((wish) => hopeless.map((version) => ({ ...wish, version }))))(
    'is taken back before anybody meets it, and no stable pod restarts: %o',
    async (wish) => {
      const story = await given({ ...wish, bare: true }).runs()
      wasTakenBack(story)
      expect([story.users.failed, story.inside.failed]).toEqual([0, 0])
      expect(readyPods(story.after)).toEqual(readyPods(story.before))
    },
  )
})

describe('a version that dies once it serves', () => {
  it.each(strategies)('is taken back: %o', async (wish) => {
    const story = await given({ ...wish, version: 'v2-die12' }).runs()
    wasTakenBack(story)
    expect(readyPods(story.after)).toHaveLength(4)
    expect(story.users.failed / story.users.sent).toBeLessThan(0.05)
  })

  it('is taken back although nothing more can be found out about its pods', async () => {
    const { sim, drives, paper } = await bench({ version: 'v2-die12' })
    const full = () => Promise.reject(new Error('no space left on device'))
    const { exit } = await sim.runUntil(drives({ explain: full }))
    expect(exit).toBe(exitCodes.takenBack)
    const failed = paper.entries.find((entry) => entry.type === 'judged' && entry.answer === 'fail')
    expect(failed).toMatchObject({ evidence: ['(nothing more is known: no space left on device)'] })
  })

  it('by canary restarts no stable pod, and callers inside never meet it', async () => {
    const story = await given({ strategy: 'canary', version: 'v2-die15' }).runs()
    wasTakenBack(story)
    expect(readyPods(story.after)).toEqual(readyPods(story.before))
    expect(story.inside.failed).toBe(0)
  })

  it('by a StatefulSet is taken back, although its controller waits for the dead', async () => {
    const story = await given({ strategy: 'rolling', stateful: true, version: 'v2-noready' }).runs()
    wasTakenBack(story)
    expect(readyPods(story.after)).toHaveLength(4)
  })

  it('of an emergency is taken back to what was there, and a human has to come', async () => {
    const story = await given({ strategy: 'canary', emergency: true, version: 'v2-noready' }).runs()
    expect(story.exit).toBe(exitCodes.humanNeeded)
    expect(leftBehind(story.before, story.after)).toEqual([])
  })
})

describe('a version that is too slow', () => {
  it('is waited for until the deadline, and no longer', async () => {
    const slow = await given({ bare: true, version: 'v2-slow40' }).runs()
    expect(slow.exit).toBe(exitCodes.done)
    const late = await given({ bare: true, version: 'v2-slow400', policy: { deadline: 60_000 } }).runs()
    wasTakenBack(late)
    expect([slow.users.failed, late.users.failed]).toEqual([0, 0])
  })
})

describe('a way back that gets stuck', () => {
  const stateful = (): Scenario =>
    given({ strategy: 'rolling', stateful: true, version: 'v2-die9', options: { batches: ['100%'] } }).attended()
  /** A new pod that is Ready now, and so was not deleted, gets stuck after all: its controller waits for it. */
  const getsStuck = ({ cluster }: Stage): void => {
    const pod = all(cluster.see('shop'), 'Pod').find(
      (one) => isReady(one) && one.metadata.labels?.['deploy/release'] === 'r7f3',
    )
    if (!pod) throw new Error('no new pod is ready')
    cluster.acts.annotate({ kind: 'Pod', namespace: 'shop', name: pod.metadata.name }, { 'sim/unready': 'true' })
  }

  it('by a second pod that its controller waits for is mended by itself', async () => {
    const story = await stateful().when(sent('back.unstick'), getsStuck).runs()
    expect(story.refusals).toEqual([])
    expect(story.lines.filter((line) => line.includes('paused'))).toEqual([])
    wasTakenBack(story)
  })

  it('calls a human, and is gone again when they resume', async () => {
    const { sim, clusters, drives, until, asks } = await bench({ version: 'v2-crash', bare: true })
    const [one] = clusters.values()
    const before = one?.see(namespace)
    const driven = drives({ attended: true })
    await until(turned)
    const end = one?.faults.onWrite({ kind: 'status', status: 403 }, { kind: 'Deployment' })
    expect((await sim.runUntil(driven)).exit).toBe(exitCodes.humanNeeded)
    end?.()
    asks.ask({ verb: 'resume', by: 'anna' })
    expect((await sim.runUntil(drives({ attended: true }))).exit).toBe(exitCodes.takenBack)
    await sim.settle()
    if (one && before) expect(leftBehind(before, one.see(namespace))).toEqual([])
  })
})
