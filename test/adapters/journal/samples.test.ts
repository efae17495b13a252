import { appendFile, mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSamples, sampleWriter } from '../../../src/adapters/journal/samples.ts'
import type { BaselineSample, Sample } from '../../../src/core/sample.ts'

const header = { v: 1, run: 'r7f3', plan: 'f00d', began: 1_000 } as const

const sample = (t: number, unit = 'web@one'): Sample => ({
  t,
  unit,
  stage: 'weight-25',
  weight: 0.25,
  new: { pods: 1, ready: 1, requests: 10 * t, bad: t, buckets: { '0.25': 10 * t, '+Inf': 10 * t } },
  stable: { pods: 4, ready: 4 },
})

const place = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'samples-')), 'samples.ndjson')

const baseline: BaselineSample = {
  baseline: { v: 1, seconds: 600, requests: 60_000, bad: 60, phi: 1.5, buckets: { '0.25': 50_000, '+Inf': 60_000 } },
  t: 1,
  unit: 'web@one',
}

async function written(path: string, samples: readonly (Sample | BaselineSample)[], most?: number): Promise<void> {
  await using writer = sampleWriter(path, header, most)
  for (const one of samples) writer.write(one)
}

const times = async (path: string, unit?: string): Promise<number[]> =>
  ((await readSamples(path))?.samples ?? []).filter((one) => !unit || one.unit === unit).map(({ t }) => t)

describe('the file of samples', () => {
  it('begins with a line about the run, then has one for each sample, in order', async () => {
    const path = await place()
    await written(path, [sample(1), sample(2)])
    expect(await readSamples(path)).toEqual({ header, samples: [sample(1), sample(2)], unread: 0 })
    expect((await readFile(path, 'utf8')).split('\n')[0]).toBe(JSON.stringify(header))
  })

  it("is its operator's alone", async () => {
    const path = await place()
    await written(path, [sample(1)])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('is continued by the next driver, without what a crash cut off', async () => {
    const path = await place()
    await written(path, [sample(1)])
    await appendFile(path, '{"t":2,"unit":"we')
    await written(path, [sample(3)])
    expect(await readSamples(path)).toEqual({ header, samples: [sample(1), sample(3)], unread: 0 })
  })

  it('never grows beyond its bound by much, and keeps the newest of each unit', async () => {
    const path = await place()
    for (let t = 1; t <= 40; t += 1) await written(path, [sample(t), sample(t, 'web@two')], 20)
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(21)
    expect(lines[0]).toBe(JSON.stringify(header))
    for (const unit of ['web@one', 'web@two']) {
      const kept = await times(path, unit)
      expect(kept.at(-1)).toBe(40)
      expect(kept).toEqual(kept.toSorted((a, b) => a - b))
      expect(kept.length).toBeGreaterThan(4)
    }
  })

  it('keeps what stable did before the release, however much is left out; it is no sample', async () => {
    const path = await place()
    await written(path, [sample(1), baseline])
    for (let t = 2; t <= 40; t += 1) await written(path, [sample(t)], 10)
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines.filter((line) => line === JSON.stringify(baseline))).toHaveLength(1)
    expect(await readSamples(path)).toMatchObject({ unread: 0 })
    expect(await times(path)).toHaveLength(lines.length - 2)
  })

  it('that can not be written is none, and the run goes on', async () => {
    const path = join(await place(), 'no', 'such', 'folder')
    await expect(written(path, [sample(1), sample(2)])).resolves.toBeUndefined()
    expect(await readSamples(path)).toBeNull()
  })

  it.each([
    ['a line that is no JSON', 'oops\n'],
    ['a counter that is a word', `${JSON.stringify({ ...sample(2), new: { pods: 1, ready: 1, requests: 'x' } })}\n`],
    ['a line that was cut off', '{"t":2'],
  ])('with %s is read but for that, which is counted', async (_, line) => {
    const path = await place()
    await written(path, [sample(1)])
    await appendFile(path, line)
    expect(await readSamples(path)).toEqual({ header, samples: [sample(1)], unread: 1 })
  })
})
