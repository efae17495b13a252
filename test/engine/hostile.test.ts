import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import { hour, minute } from '../../src/core/time.ts'
import { all } from '../../src/core/view.ts'
import { namespace } from './manifests.ts'
import { passed, paused, settled, turned } from './moments.ts'
import { leftBehind, stillOurs, tokensIn } from './restored.ts'
import { given, readyPods, type Stage, type Story } from './scenario.ts'

const web = { kind: 'Deployment', namespace, name: 'web' } as const
const route = { kind: 'HTTPRoute', namespace, name: 'web' } as const
const at25 = settled('weight-25.route-25')
const at100 = settled('weight-100.route-100')
const nobodyLost = ({ users, inside }: Story): void => expect([users.failed, inside.failed]).toEqual([0, 0])
const done = (story: Story): void => {
  expect(story.exit).toBe(exitCodes.done)
  expect(leftBehind(story.before, story.after)).toHaveLength(2)
  expect([stillOurs(story.after), tokensIn(story.after)]).toEqual([[], []])
  nobodyLost(story)
}
const resume = ({ ask }: Stage): void => ask({ verb: 'resume', by: 'anna' })
const abort = ({ ask }: Stage): void => ask({ verb: 'abort', by: 'anna' })

/** The manifest that a pipeline, or a GitOps tool, would apply again. */
const oldManifest = (story: { cluster: Stage['cluster'] }): object => {
  const { status: _, ...old } = story.cluster.see(namespace).objects.get('Deployment/web') as KubeObject
  const { name, labels, annotations } = old.metadata
  return { ...old, metadata: { name, namespace, labels, annotations } }
}

describe('a lock that somebody takes away', () => {
  it.each<[string, (stage: Stage) => void]>([
    [
      'unpauses',
      ({ cluster }) => void cluster.acts.patch(web, [{ op: 'replace', path: '/spec/paused', value: false }]),
    ],
    [
      'resets minReadySeconds',
      ({ cluster }) => void cluster.acts.patch(web, [{ op: 'replace', path: '/spec/minReadySeconds', value: 0 }]),
    ],
    [
      'takes brake and pause',
      ({ cluster }) =>
        void cluster.acts.patch(web, [
          { op: 'replace', path: '/spec/minReadySeconds', value: 0 },
          { op: 'replace', path: '/spec/progressDeadlineSeconds', value: 600 },
          { op: 'replace', path: '/spec/paused', value: false },
        ]),
    ],
    ['takes our marks', ({ cluster }) => cluster.acts.annotate(web, { 'deploy/note': null, 'deploy/token': null })],
    ['restarts', ({ cluster }) => cluster.acts.restart(web)],
    ['deletes our Service', ({ cluster }) => cluster.acts.delete({ kind: 'Service', namespace, name: 'web-canary' })],
  ])('by somebody who %s is put back, and the release goes on', async (name, act) => {
    const story = await given().when(settled('weight-50.route-50'), act).runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(leftBehind(story.before, story.after)).toHaveLength(2)
    expect(story.users.failed).toBeLessThan(name.startsWith('deletes') ? 20 : 1e-9)
    expect(story.inside.failed).toBe(0)
  })
})

describe('another template', () => {
  it.each([at25, at100])('pauses the run; who resumes it gets the release that was planned', async (moment) => {
    const story = await given()
      .when(moment, ({ cluster }) => cluster.acts.setImage(web, 'ghcr.io/acme/web:v9'))
      .when(paused('drift'), resume)
      .runs()
    done(story)
    expect(story.lines.filter((line) => line.includes(' drifted '))).toHaveLength(2)
  })

  it('moves no pod while somebody is waited for', async () => {
    const story = await given()
      .when(at100, ({ cluster }) => cluster.acts.setEnv(web, 'LEVEL', 'debug'))
      .runs()
    expect(story.exit).toBe(exitCodes.paused)
    nobodyLost(story)
    expect(all(story.after, 'ReplicaSet')).toHaveLength(2)
    expect(readyPods(story.after)).toHaveLength(8)
  })

  it('is written over by the way back of who was told and aborts', async () => {
    const story = await given()
      .when(at25, ({ cluster }) => cluster.acts.setImage(web, 'ghcr.io/acme/web:v9'))
      .when(paused('drift'), abort)
      .runs()
    expect(story.exit).toBe(exitCodes.takenBackWithoutVerdict)
    expect(leftBehind(story.before, story.after)).toEqual([])
    nobodyLost(story)
  })
})

describe('the old manifest, applied again', () => {
  it.each([at25, at100])('takes every lock away, and every one is put back before a pod goes', async (moment) => {
    let old: object = {}
    const story = await given()
      .at((stage) => {
        old = oldManifest(stage)
      })
      .when(moment, ({ cluster }) => void cluster.acts.replace(old))
      .when(paused('drift'), resume)
      .runs()
    done(story)
  })

  it('that takes the stable pods’ place can be aborted', async () => {
    let old: object = {}
    const story = await given()
      .at((stage) => {
        old = oldManifest(stage)
      })
      .when(at25, ({ cluster }) => void cluster.acts.replace(old))
      .when(paused('drift'), abort)
      .runs()
    expect(story.exit).toBe(exitCodes.takenBackWithoutVerdict)
    nobodyLost(story)
  })
})

describe('a route that somebody edits', () => {
  const edit = ({ cluster }: Stage): void =>
    void cluster.acts.patch(route, [{ op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 50 }])

  it('pauses the run; who resumes it gets the weights that were planned', async () => {
    done(await given().when(at25, edit).when(paused('drift'), resume).runs())
  })

  it('is put back by who aborts', async () => {
    const story = await given().when(at25, edit).when(paused('drift'), abort).runs()
    expect(story.exit).toBe(exitCodes.takenBackWithoutVerdict)
    expect(leftBehind(story.before, story.after)).toEqual([])
  })
})

describe('somebody who edits what is being taken back', () => {
  it('stops the way back, and a human is called: exit 4', async () => {
    const story = await given()
      .when(at25, abort)
      .when(
        turned,
        ({ cluster }) =>
          void cluster.acts.patch(route, [{ op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 70 }]),
      )
      .runs()
    expect([story.exit, story.lines.at(-1)]).toEqual([
      exitCodes.humanNeeded,
      expect.stringContaining('somebody changed httproute/web /spec/rules/0/backendRefs'),
    ])
  })
})

describe('a token of this run that no known step has put there', () => {
  it('keeps it from saying that it is taken back: exit 4', async () => {
    const annotations = { 'deploy/token': 'r7f3.1' }
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { namespace, name: 'web-spare', annotations },
    }
    const story = await given()
      .when(at25, abort)
      .when(turned, ({ cluster }) =>
        cluster.acts.apply([{ ...budget, spec: { selector: { matchLabels: { app: 'spare' } } } }]),
      )
      .runs()
    expect([story.exit, story.lines.at(-1)]).toEqual([
      exitCodes.humanNeeded,
      expect.stringContaining('poddisruptionbudget/web-spare still carries r7f3.1: a driver elsewhere has done more'),
    ])
  })
})

describe('a clock that is set back by an hour', () => {
  it('does not keep a release waiting for that hour', async () => {
    const moments: number[] = []
    const look = ({ sim }: Stage): void => void moments.push(sim.clock.now())
    const story = await given()
      .when(at25, (stage) => {
        look(stage)
        stage.jump(-hour)
      })
      .when(at100, look)
      .runs()
    const [from = 0, to = 0] = moments
    expect(to - from).toBeLessThan(hour / 2)
    done(story)
  })
})

describe('a clock that is set forward by an hour', () => {
  it('does not end a soak that nobody has looked at', async () => {
    const moments: number[] = []
    const look = ({ sim }: Stage): void => void moments.push(sim.clock.now())
    const story = await given({ options: { weights: [25], soak: '10m', bake: '1m' } })
      .when(at25, (stage) => {
        look(stage)
        stage.jump(hour)
      })
      .when(passed('weight-25'), look)
      .runs()
    const [from = 0, to = 0] = moments
    expect([to - from, story.gaps]).toEqual([10 * minute, 1])
    done(story)
  })
})

describe('another run', () => {
  it('that has put its token on an object is left alone: exit 8', async () => {
    const story = await given()
      .when(at25, ({ cluster }) => cluster.acts.annotate(web, { 'deploy/token': 'r9zz.1' }))
      .runs()
    expect(story.exit).toBe(exitCodes.locked)
    nobodyLost(story)
  })
})

describe('evictions', () => {
  it('are limited by the budgets, and no request is lost', async () => {
    const story = await given({ replicas: 6 })
      .when(at25, ({ cluster }) => {
        for (const pod of all(cluster.see(namespace), 'Pod')) {
          const ref = { kind: 'Pod', namespace, name: pod.metadata.name } as const
          try {
            cluster.acts.evict(ref)
          } catch {
            // The budget says no: that is what it is for.
          }
        }
      })
      .runs()
    expect(story.exit).toBe(exitCodes.done)
    nobodyLost(story)
  })
})
