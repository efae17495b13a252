import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runsOf } from '../../../src/adapters/journal/folder.ts'
import { listRuns } from '../../../src/adapters/journal/list.ts'
import { createRun } from '../../../src/adapters/journal/open.ts'
import { freshRoot } from './sample.ts'
import { opened, plan, warned, words } from './sample-facts.ts'

async function made({ root, run, at, said }: { root: string; run: string; at: number; said: readonly string[] }) {
  const { journal, folder } = await createRun({ root, run, plan })
  await journal.append([opened], at)
  await journal.append(said.map(warned), at + 1)
  await journal[Symbol.asyncDispose]()
  return folder
}

describe('the list of runs', () => {
  it('is empty where there was none', async () => {
    expect(await listRuns(await freshRoot())).toEqual([])
  })

  it('has the newest first, each with its first and last entry', async () => {
    const root = await freshRoot()
    await made({ root, run: 'older', at: 1, said: ['a'] })
    await made({ root, run: 'newer', at: 5, said: ['b', 'c'] })
    const list = await listRuns(root)
    expect(list.map(({ run, first, last, driver }) => [run, first?.type, last?.seq, driver])).toEqual([
      ['newer', 'opened', 3, null],
      ['older', 'opened', 2, null],
    ])
  })

  it('says who drives a run', async () => {
    const root = await freshRoot()
    const { journal } = await createRun({ root, run: 'r1', plan })
    await using _ = journal
    expect(await listRuns(root)).toMatchObject([{ first: null, driver: { pid: process.pid, alive: true } }])
  })

  it('finds the last entry of a long journal, and one longer than a read', async () => {
    const root = await freshRoot()
    await made({ root, run: 'many', at: 1, said: Array.from({ length: 2_000 }, (_, index) => `n${index}`) })
    await made({ root, run: 'long', at: 2, said: ['y'.repeat(200_000)] })
    const [long, many] = await listRuns(root)
    expect(many?.last).toMatchObject({ because: 'n1999' })
    expect(words([long?.last ?? (opened as never)])[0]).toHaveLength(200_000)
  })

  it('shows a run that can not be read beside the others, with what to do', async () => {
    const root = await freshRoot()
    await made({ root, run: 'good', at: 1, said: ['a'] })
    const gone = await made({ root, run: 'gone', at: 2, said: ['a'] })
    const bad = await made({ root, run: 'bad', at: 3, said: ['a'] })
    await rm(gone.journal)
    await writeFile(bad.journal, 'nonsense\n')
    await mkdir(join(runsOf(root), 'Not a run'))
    const list = await listRuns(root)
    expect(list.map(({ run, problem }) => [run, problem?.code])).toEqual([
      ['good', undefined],
      ['bad', 'journal-corrupt'],
      ['gone', 'run-unreadable'],
    ])
  })
})
