import { describe, expect, it } from 'vitest'
import { minute, second } from '../../../src/core/time.ts'
import { openRecording } from '../../../src/judge/recorded/recording.ts'
import { surveyOf } from '../../../src/judge/recorded/survey.ts'
import { good, recorded, text } from './builders.ts'

async function* piece(all: string): AsyncGenerator<string> {
  yield all
}
const survey = async (lines: readonly unknown[]) => surveyOf(await openRecording('x', piece(text(lines))))

const line = (t: number, weight: number, stage: string | null = null) => ({
  t,
  weight,
  stage,
  new: { requests: t, bad: 0 },
  stable: { requests: t, bad: 1 },
})
const header = { v: 1 }

describe('a survey of a recording', () => {
  it('counts samples and stages: another weight or another name is another stage', async () => {
    const lines = [line(5, 0.2), line(10, 0.2, 'a'), line(15, 0.5, 'a'), line(20, 0.5, 'a')]
    expect(await survey([header, ...lines])).toMatchObject({ polls: 4, stages: 3 })
  })

  it('counts no stage in which one side gets all requests', async () => {
    const lines = [line(5, 0, 'a'), line(10, 0.2, 'a'), line(15, 1, 'b')]
    expect(await survey([header, ...lines])).toMatchObject({ polls: 3, stages: 1 })
    expect(await survey([header])).toMatchObject({ polls: 0, stages: 0, seen: [], began: 0 })
  })

  it('shows others only the time in which the new version was to get requests, from its beginning on', async () => {
    const lines = [line(5, 0), line(10, 0), line(15, 0.5), line(20, 1), line(25, 0), line(30, 0.5)]
    const { began, seen } = await survey([header, ...lines])
    expect([began, seen.map(({ at }) => at)]).toEqual([10 * second, [5 * second, 10 * second]])
  })

  it('finds what stable did before the release, in the header or in a line of the unit; the first counts', async () => {
    const known = (requests: number) => ({ v: 1, seconds: 600, requests, bad: 6, phi: 2 })
    const of = async (lines: readonly unknown[]) =>
      (await surveyOf(await openRecording('x', piece(text(lines)), 'web@a'))).baseline?.counts.requests ?? null
    const own = (requests: number, unit = 'web@a') => ({ baseline: known(requests), t: 7, unit })
    const polls = [5, 10, 15].map((t) => ({ ...line(t, 0.5), unit: 'web@a' }))
    const [first, ...rest] = polls
    expect(await of([header, ...polls])).toBeNull()
    expect(await of([header, first, own(400, 'web@b'), own(600), ...rest, own(700)])).toBe(600)
    expect(await of([{ ...header, baseline: known(500) }, first, own(600), ...rest])).toBe(500)
    await expect(of([header, { baseline: { ...known(5), bad: 9 }, unit: 'web@a' }, ...polls])).rejects.toThrow('x:2: ')
  })

  it('keeps failures alone for them, and tells whether there is latency', async () => {
    const { seen, hasLatency } = await survey(recorded(good, minute))
    expect([hasLatency, seen[0]?.fresh]).toEqual([true, { requests: 25, bad: 0, buckets: new Map() }])
    expect((await survey([header, line(5, 1)])).hasLatency).toBe(false)
    const side = { requests: 9, bad: 0, buckets: { '0.1': 8, '+Inf': 9 } }
    const alone = [
      { t: 5, weight: 0.5, new: side, stable: null },
      { t: 10, weight: 0.5, new: null, stable: side },
    ]
    expect((await survey([header, ...alone])).hasLatency).toBe(false)
  })
})
