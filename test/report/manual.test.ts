import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan.ts'
import { manualText, manualWay } from '../../src/report/manual.ts'
import { storyOf } from '../../src/report/outcome.ts'
import { planOf } from '../support/plans.ts'
import { type Tale, tale } from './tale.ts'

const ways = (plan: Plan, { entries }: Tale, attended = false) => {
  const story = storyOf({ plan, entries, exit: null, attended })
  const way = manualWay(story, (cluster) => `kubectl --context=${cluster}`)
  return { way, text: manualText(way, story) }
}

const stepsOf = (plan: Plan, told: Tale): string[][] =>
  ways(plan, told).way.units.map(({ steps }) => steps.map(({ id }) => id))

const plan = planOf()
const both = planOf({ clusters: ['us-east-1', 'eu-west-1'] })

describe('the way back of a run by hand', () => {
  it('has nothing for what was not begun', () => {
    const { way, text } = ways(plan, tale(plan).open())
    expect(way.units).toEqual([
      { id: 'web@us-east-1', nothing: 'nothing of it was changed, or all is taken back', steps: [] },
    ])
    expect(text).not.toMatch(/^kubectl/m)
  })

  it('leaves out requests before any were moved', () => {
    expect(stepsOf(plan, tale(plan).open().upTo('web@us-east-1', 'prepare'))[0]).not.toContain('back.route')
  })

  it('leaves out what was seen to be taken back', () => {
    const failed = tale(plan).open().upTo('web@us-east-1', 'weight-25').fail('web@us-east-1', 'errors')
    const [all = []] = stepsOf(plan, failed)
    const [left = []] = stepsOf(plan, failed.back('web@us-east-1', 'traffic'))
    expect(all.filter((id) => !left.includes(id))).toEqual(
      plan.waves[0]?.units[0]?.back.filter(({ moves }) => moves === 'traffic').map(({ id }) => id),
    )
  })

  it('has none once the old pods are gone', () => {
    const told = tale(plan).open().upTo('web@us-east-1', 'drain')
    expect(ways(plan, told).way.units[0]).toMatchObject({ steps: [], nothing: /no way back/ })
  })

  it('goes past that when a human has said so: old pods first, then requests', () => {
    const told = tale(plan).open().upTo('web@us-east-1', 'drain')
    const [units, past] = [['web@us-east-1'], 'drain.sets-50-50']
    const back = told.fact({ type: 'turned', units, to: 'back', why: 'asked', cause: 'no-verdict', past })
    expect(stepsOf(plan, back)[0]?.slice(0, 3)).toEqual(['past.untag', 'past.template', 'back.route-web'])
  })

  it('names the run where the plan has a placeholder', () => {
    const { text } = ways(plan, tale(plan).open().upTo('web@us-east-1', 'weight-5'))
    expect(text).toContain('deploy/release=r7f3')
    expect(text).not.toMatch(/\{run\}|\{fence\}/)
  })

  it('says each cluster in each command, after looking whether it is the one', () => {
    const told = tale(both).open().upTo('web@us-east-1', 'weight-5').upTo('web@eu-west-1', 'weight-5')
    const { text } = ways(both, told)
    const calls = text.split('\n').flatMap((line) => line.match(/kubectl(?= )(?! -)[^|;]*|kubectl --?\S+/g) ?? [])
    expect(new Set(calls)).toEqual(new Set(['kubectl --context=us-east-1', 'kubectl --context=eu-west-1']))
    for (const { uid } of both.clusters) expect(text).toContain(`= ${uid} || echo 'STOP`)
  })

  it('brings requests back in every cluster before anything else in any', () => {
    const told = tale(both).open().upTo('web@us-east-1', 'weight-5').upTo('web@eu-west-1', 'weight-5')
    const titles = ways(both, told).text.match(/^# web@.*$/gm) ?? []
    expect(titles.slice(0, 3)).toEqual([
      '# web@us-east-1: route web: only web',
      '# web@eu-west-1: route web: only web',
      '# web@us-east-1: untag replicaset web-7c9f6d5b8',
    ])
  })

  it('warns while somebody drives the run', () => {
    const told = tale(plan).open().upTo('web@us-east-1', 'weight-5')
    expect(ways(plan, told, true).text).toContain('IT IS DRIVEN NOW')
    expect(ways(plan, told, false).text).not.toContain('IT IS DRIVEN NOW')
  })

  it('keeps a comment one line, whatever a hook is called', () => {
    const odd = planOf({ hooks: { 'on-rollback': [{ argv: ['./tell.sh', 'a\nrm -rf /'], timeout: 1000 }] } })
    const { text } = ways(odd, tale(odd).open().upTo('web@us-east-1', 'weight-5'))
    expect(text).not.toMatch(/^rm/m)
    expect(text).toContain(String.raw`./tell.sh $'a\U0000000arm -rf /'`)
  })
})
