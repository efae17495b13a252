import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { Story } from './scenario.ts'
import { given } from './scenario.ts'
import { leftBehind, stillOurs } from './restored.ts'
import { settled } from './moments.ts'
import { namespace } from './manifests.ts'

const two = { clusters: ['one', 'two'], options: { weights: [50], soak: '5s' } } as const
const changed = ({ views }: Story): Record<string, number> =>
  Object.fromEntries([...views].map(([name, { before, after }]) => [name, leftBehind(before, after).length]))
const first = ({ lines }: Story, text: string): number => lines.findIndex((line) => line.includes(text))

describe('two clusters', () => {
  it('are both released, and no request is lost', async () => {
    const story = await given(two).runs()
    expect([story.exit, story.users.failed, story.inside.failed]).toEqual([exitCodes.done, 0, 0])
    expect(changed(story)).toEqual({ one: 2, two: 2 })
    for (const { after } of story.views.values()) expect(stillOurs(after)).toEqual([])
  })

  it('one after the other: the second begins when the first is proven', async () => {
    const story = await given({ ...two, policy: { parallel: 1 } }).runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(first(story, 'intended web@two')).toBeGreaterThan(first(story, 'web@one · names · pass'))
  })

  it('drain nothing before both have come so far', async () => {
    const story = await given({ ...two, policy: { parallel: 1 } }).runs()
    const drains = ['one', 'two'].map((name) => first(story, `intended web@${name} · drain`))
    const proofs = ['one', 'two'].map((name) => first(story, `web@${name} · names · pass`))
    expect(Math.min(...drains)).toBeGreaterThan(Math.max(...proofs))
  })

  // A quota in the second cluster only: the same version is good in one and can't be made in the other.
  const badInTwo = (scenario: ReturnType<typeof given>): ReturnType<typeof given> =>
    scenario.at(({ clusters }) =>
      clusters.get('two')?.acts.apply([
        {
          apiVersion: 'v1',
          kind: 'ResourceQuota',
          metadata: { name: 'small', namespace },
          spec: { hard: { pods: '4' } },
        },
      ]),
    )

  it.each(['all', 'wave'] as const)('go back together when one fails (%s)', async (onFailure) => {
    const story = await badInTwo(given({ ...two, policy: { onFailure } })).runs()
    expect(story.exit).toBe(exitCodes.takenBack)
    expect(changed(story)).toEqual({ one: 0, two: 0 })
    expect(story.users.failed).toBe(0)
  })

  it('fail alone where that was asked for', async () => {
    const story = await badInTwo(given({ ...two, policy: { onFailure: 'unit' } })).runs()
    expect(story.exit).toBe(exitCodes.takenBack)
    expect(changed(story)).toEqual({ one: 2, two: 0 })
  })

  it('do not wait for each other while one of them does not answer', async () => {
    const story = await given({ ...two, policy: { onFailure: 'unit' } })
      .when(settled('prepare.pause'), ({ clusters, sim }) => {
        const far = clusters.get('two')
        const ends = [far?.faults.down(), far?.faults.silence()]
        void sim.advance(60_000).then(() => ends.forEach((end) => end?.()))
      })
      .runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(first(story, 'ended web@one')).toBeLessThan(first(story, 'web@two · weight-100 · pass'))
  })

  it.each([1, 2])(
    'are left when one is paused and the other can only wait for it (%i side by side)',
    async (parallel) => {
      const story = await given({ ...two, policy: { parallel } })
        .when(settled('weight-50.route-50'), ({ cluster }) =>
          cluster.acts.setImage({ kind: 'Deployment', namespace, name: 'web' }, 'example.invalid/other:1'),
        )
        .runs()
      expect(story.exit).toBe(exitCodes.paused)
      expect(first(story, 'intended web@two · drain')).toBe(-1)
    },
  )
})
