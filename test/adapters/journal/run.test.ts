import { readFile, stat, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { folderOf } from '../../../src/adapters/journal/folder.ts'
import { createRun, openRun } from '../../../src/adapters/journal/open.ts'
import { readRun } from '../../../src/adapters/journal/read.ts'
import { planHash } from '../../../src/core/plan-hash.ts'
import { freshRoot, leftRun, reopened } from './sample.ts'
import { opened, plan, run, warned, words } from './sample-facts.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('a run on disk', () => {
  it('is for the operator alone', async () => {
    const { folder, journal } = await createRun({ root: await freshRoot(), run, plan })
    await using _ = journal
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
    expect(await mode(folder.path)).toBe('700')
    expect(await mode(folder.evidence)).toBe('700')
    expect(await mode(folder.plan)).toBe('600')
    expect(await mode(folder.journal)).toBe('600')
  })

  it('chains its entries to its plan: each line names the sha256 of the line before', async () => {
    const root = await freshRoot()
    const { journal, folder } = await createRun({ root, run, plan })
    await journal.append([opened, warned('a')], 5)
    await journal.append([warned('b')], 6)
    await journal[Symbol.asyncDispose]()
    const lines = (await readFile(folder.journal, 'utf8')).trimEnd().split('\n')
    const prevs = lines.map((line) => (JSON.parse(line) as { prev: string }).prev)
    expect(prevs).toEqual([planHash(plan), sha256(lines[0] ?? ''), sha256(lines[1] ?? '')])
  })

  it('numbers entries from 1 and drivers from 1, and gives back what was said', async () => {
    const root = await freshRoot()
    const first = await createRun({ root, run, plan })
    await first.journal.append([opened, warned('a')], 5)
    await first.journal[Symbol.asyncDispose]()
    const second = await openRun({ root, run })
    await second.journal.append([warned('b')], 6)
    await second.journal[Symbol.asyncDispose]()
    const { entries, plan: stored } = await readRun({ root, run })
    expect(entries.map(({ seq, epoch, at }) => ({ seq, epoch, at }))).toEqual([
      { seq: 1, epoch: 1, at: 5 },
      { seq: 2, epoch: 1, at: 5 },
      { seq: 3, epoch: 2, at: 6 },
    ])
    expect(words(entries)).toEqual(['opened', 'a', 'b'])
    expect(stored).toEqual(plan)
  })

  it('takes appends at the same time one after the other', async () => {
    const root = await freshRoot()
    const { journal } = await createRun({ root, run, plan })
    const said = Array.from({ length: 50 }, (_, index) => `n${index}`)
    await Promise.all(said.map((because) => journal.append([warned(because)], 1)))
    await journal[Symbol.asyncDispose]()
    expect((await reopened(root)).said).toEqual(said)
  })

  it('answers an append with the entries that it made, and writes nothing for no facts', async () => {
    const { journal, folder } = await createRun({ root: await freshRoot(), run, plan })
    await using _ = journal
    expect(await journal.append([], 1)).toEqual([])
    expect((await stat(folder.journal)).size).toBe(0)
    const made = await journal.append([warned('a')], 1)
    expect(made).toEqual(journal.entries)
  })

  it('takes no entry that it could not read back', async () => {
    const { journal } = await createRun({ root: await freshRoot(), run, plan })
    await using _ = journal
    await expect(journal.append([{ type: 'warned', unit: 'web' } as never], 1)).rejects.toThrow('not an entry')
    await journal.append([warned('a')], 1)
    expect(words(journal.entries)).toEqual(['a'])
  })

  it('takes no entry after it was closed, and may be closed twice', async () => {
    const { journal } = await createRun({ root: await freshRoot(), run, plan })
    await journal[Symbol.asyncDispose]()
    await journal[Symbol.asyncDispose]()
    await expect(journal.append([warned('a')], 1)).rejects.toThrow('closed')
  })
})

describe('a run that can not be opened says why', () => {
  it('there is none', async () => {
    const place = { root: await freshRoot(), run: 'r0' }
    await expect(openRun(place)).rejects.toMatchObject({ code: 'run-not-found' })
    await expect(readRun(place)).rejects.toMatchObject({ code: 'run-not-found' })
  })

  it('there is one already', async () => {
    const root = await freshRoot()
    await leftRun({ root, said: ['a'] })
    await expect(createRun({ root, run, plan })).rejects.toMatchObject({ code: 'run-exists' })
    expect((await reopened(root)).said).toEqual(['a'])
  })

  it.each(['../r1', '', 'R1', '.', 'a/b', 'a\0b'])('its id %j is not a name', (id) => {
    expect(() => folderOf({ root: '/nowhere', run: id })).toThrow('is not the id of a run')
  })

  it('its plan was changed', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said: ['a'] })
    await writeFile(folder.plan, JSON.stringify({ ...plan, tool: '0.2' }))
    await expect(readRun({ root, run })).rejects.toMatchObject({
      code: 'journal-plan',
      remedy: expect.stringContaining(run),
    })
    await writeFile(folder.plan, '{')
    await expect(openRun({ root, run })).rejects.toMatchObject({ code: 'journal-plan' })
  })

  it('but its plan may be written with other spaces', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said: ['a'] })
    await writeFile(folder.plan, JSON.stringify(plan))
    expect((await reopened(root)).said).toEqual(['a'])
  })
})
