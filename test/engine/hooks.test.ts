import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { Hook } from '../../src/core/plan.ts'
import { leftBehind } from './restored.ts'
import { paused } from './moments.ts'
import { given, type Story } from './scenario.ts'

const hook = (name: string, more: Partial<Hook> = {}): Hook => ({ argv: [`./${name}`], timeout: 60_000, ...more })
const all = {
  before: [hook('before')],
  'before-traffic': [hook('before-traffic')],
  'after-weight': [hook('after-weight')],
  after: [hook('after')],
  'on-rollback': [hook('on-rollback')],
}
const fails = (name: string) => (one: Hook) => ({ receipt: { exitCode: one.argv[0] === `./${name}` ? 7 : 0 } })
const short = { options: { weights: [50] }, bare: true } as const

describe('hooks', () => {
  it('run in their order, each once', async () => {
    const story = await given(short).with(all).runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(story.hooksRun).toEqual(
      ['./before', './before-traffic', './after-weight', './after-weight', './after'].map((name) => `${name} #1`),
    )
  })

  it.each(['before', 'before-traffic', 'after-weight'])(
    '%s that fails takes the release back, and tells so',
    async (name) => {
      const story = await given(short).with(all).hooks(fails(name)).runs()
      expect(story.exit).toBe(exitCodes.takenBack)
      expect(leftBehind(story.before, story.after)).toEqual([])
      expect(story.hooksRun.at(-1)).toBe(name === 'before' ? './before #1' : './on-rollback #1')
    },
  )

  it('that fails has in the journal where its output is kept; one that does not fail keeps none', async () => {
    const kept: string[] = []
    const answer = (one: Hook) => ({
      ...fails('before-traffic')(one),
      async kept() {
        kept.push(one.argv[0])
        return '/evidence/hook.txt sha256 ab'
      },
    })
    const story = await given(short).with(all).hooks(answer).runs()
    const turned = story.entries.find((entry) => entry.type === 'turned')
    expect(turned).toMatchObject({
      why: 'hook ./before-traffic exited with 7, output: /evidence/hook.txt sha256 ab',
    })
    expect(kept).toEqual(['./before-traffic'])
  })

  it('that runs too long counts as failed', async () => {
    const story = await given(short)
      .with(all)
      .hooks(() => ({ timedOut: true }))
      .runs()
    expect(story.exit).toBe(exitCodes.takenBack)
  })

  it('after the release is said to have failed, and takes nothing back', async () => {
    const story = await given(short).with(all).hooks(fails('after')).runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(story.lines.some((line) => line.includes('warned') && line.includes('./after'))).toBe(true)
  })

  it('on the way back that fails stops nothing', async () => {
    const story = await given({ ...short, version: 'v2-crash' })
      .with(all)
      .hooks(fails('on-rollback'))
      .runs()
    expect(story.exit).toBe(exitCodes.takenBack)
    expect(leftBehind(story.before, story.after)).toEqual([])
  })
})

/** The moment at which the driver is in the middle of the first hook. */
async function killedIn(name: string, more: Partial<Hook> = {}): Promise<Story> {
  const hooks = { before: [hook(name, more)] }
  for (let moment = 1; moment < 20; moment += 1) {
    const story = await given(short).with(hooks).killedAt(moment).runs()
    if (story.died[0]?.startsWith('after hook')) return story
  }
  throw new Error('never died in the hook')
}

describe('a hook whose driver died', () => {
  it('is not run twice: somebody is asked', async () => {
    const story = await killedIn('migrate')
    expect(story.exit).toBe(exitCodes.paused)
    expect(story.hooksRun).toEqual(['./migrate #1'])
    expect(story.lines.at(-1)).toContain('unknown-outcome')
  })

  it('is run again when that is safe, and is told so', async () => {
    const story = await killedIn('migrate', { rerun: 'safe' })
    expect(story.exit).toBe(exitCodes.done)
    expect(story.hooksRun).toEqual(['./migrate #1', './migrate #2'])
  })

  it('is run again when somebody has looked and resumes', async () => {
    const hooks = { before: [hook('migrate')] }
    for (let moment = 1; moment < 20; moment += 1) {
      const story = await given(short)
        .with(hooks)
        .killedAt(moment)
        .when(paused('unknown-outcome'), ({ ask }) => ask({ verb: 'resume', by: 'anna' }))
        .runs()
      if (!story.died[0]?.startsWith('after hook')) continue
      expect([story.exit, story.hooksRun]).toEqual([exitCodes.done, ['./migrate #1', './migrate #2']])
      return
    }
    throw new Error('never died in the hook')
  })
})

describe('hooks of a rolling release', () => {
  it.each([false, true])('run after every batch (of a StatefulSet: %s)', async (stateful) => {
    const hooks = { 'after-weight': [hook('after-weight')] }
    const story = await given({ strategy: 'rolling', bare: true, stateful }).with(hooks).runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(story.hooksRun).toEqual(['./after-weight #1', './after-weight #1'])
  })
})
