import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { leftBehind, stillOurs, tokensIn } from './restored.ts'
import type { Wish } from './manifests.ts'
import { passed, sent, settled } from './moments.ts'
import { given, readyPods } from './scenario.ts'

const image = 'Deployment/web spec template spec containers 0 image: "ghcr.io/acme/web:v1" -> "ghcr.io/acme/web:v2"'
const label = 'Deployment/web spec template metadata labels deploy/release: nothing -> "r7f3"'
const released = { 'deploy/release': 'r7f3' }

const wishes: readonly Wish[] = [
  { strategy: 'canary' },
  { strategy: 'canary', bare: true },
  { strategy: 'canary', router: 'replicas' },
  { strategy: 'canary', replicas: 1 },
  { strategy: 'canary', replicas: 10, options: { weights: [5, 25, 50] } },
  { strategy: 'blue-green' },
  { strategy: 'blue-green', router: 'selector' },
  { strategy: 'blue-green', options: { weights: [50, 100] } },
  { strategy: 'rolling' },
  { strategy: 'rolling', replicas: 3, options: { batches: ['1%', '50%'] } },
  { strategy: 'canary', spec: { strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } } } },
  { strategy: 'canary', spec: { minReadySeconds: 0, progressDeadlineSeconds: 60 } },
]

describe('a good release', () => {
  it.each(wishes)('of %o serves the new version, loses no request and leaves nothing behind', async (wish) => {
    const story = await given(wish).runs()
    expect(story.exit).toBe(exitCodes.done)
    expect([story.users.failed, story.inside.failed]).toEqual([0, 0])
    expect(leftBehind(story.before, story.after).sort()).toEqual([label, image])
    expect([stillOurs(story.after), tokensIn(story.after)]).toEqual([[], []])
    expect(readyPods(story.after)).toHaveLength(wish.replicas ?? 4)
  })

  it.each<Wish>([{ strategy: 'canary' }, { strategy: 'blue-green', router: 'selector' }])(
    'of %o keeps the pods that were judged',
    async (wish) => {
      let judged: string[] = []
      const story = await given(wish)
        .when(passed('bake'), ({ cluster }) => {
          judged = readyPods(cluster.see('shop'), released)
        })
        .runs()
      expect(judged).toHaveLength(4)
      expect(readyPods(story.after)).toEqual(judged)
    },
  )

  it('by a StatefulSet serves the new version', async () => {
    const story = await given({ strategy: 'rolling', stateful: true }).runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(leftBehind(story.before, story.after).sort()).toEqual(
      [label, image].map((line) => line.replace('Deployment', 'StatefulSet')),
    )
    expect(readyPods(story.after, released)).toHaveLength(4)
  })

  it('gives the new pods no request before their first weight', async () => {
    let shares: string[] = []
    await given({ strategy: 'canary' })
      .when(passed('prepare'), ({ cluster }) => {
        const traffic = cluster.traffic({ namespace: 'shop', route: 'web', rate: 1 })
        shares = traffic.shares().map(({ version }) => version)
      })
      .runs()
    expect(new Set(shares)).toEqual(new Set(['v1']))
  })

  it('gives the new pods the share that its stage names', async () => {
    let share = 0
    await given({ strategy: 'canary' })
      .when(passed('weight-25'), ({ cluster }) => {
        const traffic = cluster.traffic({ namespace: 'shop', route: 'web', rate: 1 })
        share = traffic.shares().reduce((sum, { version, part }) => sum + (version === 'v2' ? part : 0), 0)
      })
      .runs()
    expect(share).toBeCloseTo(0.25, 10)
  })

  it('keeps callers inside the cluster on the stable pods until names move', async () => {
    const seen: string[] = []
    const look = (name: string) => (stage: { cluster: { traffic: (target: object) => unknown } }) => {
      const traffic = stage.cluster.traffic({ namespace: 'shop', service: 'web', rate: 1 }) as {
        shares: () => readonly { version: string }[]
      }
      seen.push(`${name}: ${[...new Set(traffic.shares().map(({ version }) => version))].join(' ')}`)
    }
    await given({ strategy: 'canary' })
      .when(passed('bake'), look('bake') as never)
      .when(passed('names'), look('names') as never)
      .runs()
    expect(seen).toEqual(['bake: v1', 'names: v2'])
  })

  it('of an emergency replaces what is broken, in place', async () => {
    const story = await given({ strategy: 'canary', emergency: true, from: 'v1-noready' }).runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(readyPods(story.after, released)).toHaveLength(4)
  })

  it('follows an autoscaler up and down', async () => {
    const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const
    const story = await given({ strategy: 'canary' })
      .when(settled('weight-25.route-25'), ({ cluster }) => cluster.acts.scale(web, 10))
      .when(settled('weight-100.route-100'), ({ cluster }) => cluster.acts.scale(web, 3))
      .runs()
    expect([story.exit, story.users.failed, story.inside.failed]).toEqual([exitCodes.done, 0, 0])
    expect(readyPods(story.after, released)).toHaveLength(3)
  })

  it('does not take stable pods that an autoscaler has just asked for for a node that is down', async () => {
    const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const
    const story = await given({ strategy: 'blue-green', replicas: 2, bare: true, seed: 8 })
      .when(sent('prepare.sets-100-0'), ({ cluster }) => cluster.acts.scale(web, 7))
      .runs()
    expect([story.exit, story.users.failed]).toEqual([exitCodes.done, 0])
  })

  it('waits for somebody at a pause, and goes on when they say so', async () => {
    const story = await given({ strategy: 'canary', options: { weights: [25, 'pause', 50] } })
      .when(
        ({ type }) => type === 'paused',
        ({ ask }) => ask({ verb: 'promote', by: 'anna', stage: 'pause-1' }),
      )
      .runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(story.lines.filter((line) => / (paused|asked|resumed) /.test(line))).toHaveLength(3)
  })
})
