import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRun } from '../../src/adapters/journal/open.ts'
import { sampleWriter } from '../../src/adapters/journal/samples.ts'
import { exitCodes } from '../../src/core/errors.ts'
import { badRun } from '../report/run-page/story.ts'
import { said } from './support/deploy.ts'

const { plan, entries, samples } = badRun()

/** A folder with a run that was taken back. */
async function withRun(): Promise<{ readonly cwd: string; readonly run: string }> {
  const cwd = await mkdtemp(join(tmpdir(), 'deploy-report-'))
  await writeFile(join(cwd, 'deploy.yaml'), 'version: 1\n')
  const opened = await createRun({ root: cwd, run: 'r7f3', plan })
  for (const { seq: _, at, epoch: __, prev: ___, ...fact } of entries) await opened.journal.append([fact], at)
  await opened.journal[Symbol.asyncDispose]()
  if (!samples) throw new Error('no samples')
  await using writer = sampleWriter(opened.folder.samples, samples.header)
  for (const sample of samples.samples) writer.write(sample)
  return { cwd, run: opened.folder.path }
}

describe('deploy report run', () => {
  it('writes one file beside the journal, for its operator alone, and says where', async () => {
    const { cwd, run } = await withRun()
    const file = join(run, 'report.html')
    expect(await said(['report', 'run'], { cwd })).toEqual({ exit: exitCodes.done, stdout: `${file}\n`, stderr: '' })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const page = await readFile(file, 'utf8')
    expect(page).toContain('Taken back: web serves v1.2.2')
    expect(page).toContain('uPlot')
  })

  it('writes it elsewhere, over what is there', async () => {
    const { cwd } = await withRun()
    await writeFile(join(cwd, 'here.html'), 'older')
    const { stdout } = await said(['report', 'run', 'r7f3', '--out', 'here.html', '--json'], { cwd })
    expect(JSON.parse(stdout)).toMatchObject({ run: 'r7f3', report: join(cwd, 'here.html') })
    expect(await readFile(join(cwd, 'here.html'), 'utf8')).toContain('<!doctype html>')
  })

  it('is refused for a run that is not there', async () => {
    const { cwd } = await withRun()
    const { exit, stderr } = await said(['report', 'run', 'r0000'], { cwd })
    expect([exit, stderr]).toEqual([exitCodes.usage, expect.stringContaining('run-not-found')])
  })
})

describe('deploy report verify', () => {
  it('says that a journal is whole, with its head', async () => {
    const { cwd } = await withRun()
    const { exit, stdout } = await said(['report', 'verify', '-o', 'json'], { cwd })
    expect([exit, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ run: 'r7f3', entries: entries.length })])
  })

  it('refuses one that was changed afterwards', async () => {
    const { cwd, run } = await withRun()
    const file = join(run, 'journal.ndjson')
    await writeFile(file, (await readFile(file, 'utf8')).replace('anna', 'otto'))
    const { exit, stderr } = await said(['report', 'verify'], { cwd })
    expect([exit, stderr]).toEqual([exitCodes.refused, expect.stringContaining('journal-corrupt')])
  })
})

it('a report that there is not is refused with those that there are', async () => {
  const { cwd } = await withRun()
  const { exit, stderr } = await said(['report', 'dora'], { cwd })
  expect([exit, stderr]).toEqual([exitCodes.usage, expect.stringContaining('deploy report verify')])
})
