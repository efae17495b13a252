import { describe, expect, it } from 'vitest'
import type { MetricsSource } from '../../src/core/metrics.ts'
import { partRead } from '../../src/core/stable-part.ts'
import { minute } from '../../src/core/time.ts'
import { comparedPlan, historyOf as countedOf, increment } from '../support/measured.ts'
import { live, podOf, put, ref, setOf } from './support/cast.ts'
import { comes } from './support/decided.ts'
import { type History, historyOf } from './support/history.ts'

const plan = comparedPlan({ bare: true, options: { weights: [5], soak: '5m', bake: '5m' } })
const last = plan.waves[0]?.units[0]?.stages.find(({ id }) => id === 'weight-5')?.steps.at(-1)

/** Soaking at 5 % beside 60 stable pods, of which 20 are read; the share proves the weight. */
function soaking(): History {
  const waves = plan.waves.map((wave) => ({
    ...wave,
    units: wave.units.map((unit) => ({
      ...unit,
      stages: unit.stages.map((stage) => ({
        ...stage,
        gates: stage.gates.map((gate) => (gate.kind === 'weight' ? { ...gate, proof: 'share' as const } : gate)),
      })),
    })),
  }))
  const pods = Array.from({ length: 60 }, (_, index) => podOf(`many-${index}`, { track: 'stable' }))
  return historyOf({ ...plan, waves })
    .upTo(last?.id ?? '')
    .see((view) => {
      const web = live(view, ref('Deployment'))
      return put(view, { ...web, metadata: { ...web.metadata, uid: 'uid-web' } }, setOf('stable', 60), ...pods)
    })
}

/** What comes so long after the soak began, when both sides have counted this. */
function seen(fresh: number, stable: number, after = 4 * minute): readonly string[] {
  const story = soaking()
  const now = story.state.last + after
  const counts = [
    increment(now, 'new', { requests: fresh, bad: 0 }),
    increment(now, 'stable', { requests: stable, bad: 0 }),
  ]
  return comes(story, { after: now - story.state.opened, counted: countedOf(counts, { heard: now }) })
}

describe('beside stable pods of which only a third is read', () => {
  it('a right weight is no wrong route', () => {
    expect(seen(3000, 19_000)).toEqual(['wait: soak 5 min'])
  })

  it('a wrong route is one, and its share is told of all requests', () => {
    expect(seen(12_000, 16_000)).toEqual([
      'wait: share seen 20 % at weight 5 %: requests go elsewhere than they were sent',
    ])
  })

  it('requests that stay away are expected by what all of stable answers', () => {
    expect(seen(0, 190)).toEqual(['wait: the new pods got no request in 4 min, about 30 were expected at 5 %'])
  })
})

describe('the part of the stable pods that is read', () => {
  const pods = { kind: 'pods' } as MetricsSource
  const json = (url: string) => ({ kind: 'http-json', endpoint: { url } }) as MetricsSource

  it.each([
    ['pods', pods, 20, 1],
    ['pods', pods, 21, 20 / 21],
    ['pods', pods, 80, 0.25],
    ['pods that are gone', pods, 0, 1],
    ['http-json, asked for each pod', json('http://figures/{pod}'), 80, 0.25],
    ['http-json, asked for each version', json('http://figures/{version}'), 80, 1],
    ['prometheus', { kind: 'prometheus' } as MetricsSource, 80, 1],
    ['nothing', null, 80, 1],
  ] as const)('%s', (_, source, ready, part) => {
    expect(partRead(source, ready)).toBe(part)
  })
})
