import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chained, lineOf } from '../../../src/adapters/journal/chain.ts'
import { openRun } from '../../../src/adapters/journal/open.ts'
import { readRun } from '../../../src/adapters/journal/read.ts'
import { planHash } from '../../../src/core/plan-hash.ts'
import type { DeployError } from '../../../src/core/errors.ts'
import { freshRoot, leftRun, reopened } from './sample.ts'
import { plan, run, warned, words } from './sample-facts.ts'

const said = ['first', 'zweiter größer', 'third']

describe('a journal after a crash', () => {
  it('has every whole line, wherever the file was cut off, and goes on from there', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said })
    const whole = await readFile(folder.journal)
    const cuts = fc.tuple(fc.integer({ min: 0, max: whole.length }), fc.constantFrom(0, 1, 4096))
    await fc.assert(
      fc.asyncProperty(cuts, async ([at, nuls]) => {
        await writeFile(folder.journal, Buffer.concat([whole.subarray(0, at), Buffer.alloc(nuls)]))
        const lines = whole.subarray(0, at).toString().split('\n').length - 1
        const { journal, dropped } = await openRun({ root, run })
        await using _ = journal
        expect(words(journal.entries)).toEqual(said.slice(0, lines))
        expect(dropped).toBe(at + nuls - (whole.subarray(0, at).lastIndexOf('\n') + 1))
        await journal.append([warned('after')], 9)
        expect(words((await readRun({ root, run })).entries)).toEqual([...said.slice(0, lines), 'after'])
      }),
      { numRuns: 60 },
    )
  })

  it('is only read, never mended, by who does not drive it', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said })
    await appendFile(folder.journal, '{"at":1,"epo')
    const before = await readFile(folder.journal)
    expect(words((await readRun({ root, run })).entries)).toEqual(said)
    expect(await readFile(folder.journal)).toEqual(before)
  })

  it('has not got an entry that is whole but for its newline: nobody was told of it', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said })
    await truncate(folder.journal, (await readFile(folder.journal)).length - 1)
    expect((await reopened(root)).said).toEqual(said.slice(0, -1))
  })
})

describe('a journal that was changed', () => {
  it('is refused with file and line, whichever byte before the last line it was', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said })
    const whole = await readFile(folder.journal)
    const checked = whole.lastIndexOf('\n', -2)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: checked - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(whole)
        bytes[at] = (bytes[at] ?? 0) ^ flip
        await writeFile(folder.journal, bytes)
        const refusal = await openRun({ root, run }).catch((error: unknown) => error as DeployError)
        expect(refusal).toMatchObject({ exit: 'refused', remedy: expect.anything() })
        expect((refusal as DeployError).what).toMatch(/journal\.ndjson:[123]\b/)
        expect(await readFile(folder.journal)).toEqual(bytes)
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    ['a line is missing', (lines: string[]) => [lines[0], lines[2]], 'journal-corrupt', ':2:'],
    ['a line stands twice', (lines: string[]) => [lines[0], lines[0], lines[1]], 'journal-corrupt', ':2:'],
    ['a line is empty', (lines: string[]) => [lines[0], '', lines[1]], 'journal-corrupt', ':2:'],
    ['its beginning is missing', (lines: string[]) => [lines[1], lines[2]], 'journal-plan', ':1 '],
    ['NULs stand within', (lines: string[]) => [lines[0], '\0\0', lines[1]], 'journal-corrupt', ':2:'],
  ])('is refused when %s', async (_how, change, code, place) => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said })
    const lines = (await readFile(folder.journal, 'utf8')).trimEnd().split('\n')
    await writeFile(folder.journal, `${change(lines).join('\n')}\n`)
    const what = expect.stringContaining(`journal.ndjson${place}`)
    await expect(openRun({ root, run })).rejects.toMatchObject({ code, what })
    await expect(readRun({ root, run })).rejects.toMatchObject({ code, what })
  })

  it('by a newer version is not read as if the new words meant nothing', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said: [] })
    const future = { ...warned('x'), type: 'teleported' } as never
    const [entry] = chained([future], { last: undefined, planHash: planHash(plan), epoch: 1, at: 1 })
    await writeFile(folder.journal, lineOf(entry as never))
    await expect(openRun({ root, run })).rejects.toMatchObject({
      code: 'journal-newer',
      what: expect.stringContaining('"teleported"'),
    })
  })

  it('may hold fields that only a newer version knows, and its chain covers them', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said: [] })
    const entries = chained([{ ...warned('x'), extra: 1 } as never, warned('y')], {
      last: undefined,
      planHash: planHash(plan),
      epoch: 1,
      at: 1,
    })
    await writeFile(folder.journal, entries.map(lineOf).join(''))
    expect((await reopened(root)).said).toEqual(['x', 'y'])
  })

  it('leaves no lock behind when it is refused', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said })
    const whole = await readFile(folder.journal)
    await writeFile(folder.journal, Buffer.concat([Buffer.from('x'), whole]))
    await expect(openRun({ root, run })).rejects.toMatchObject({ code: 'journal-corrupt' })
    await writeFile(folder.journal, whole)
    expect((await reopened(root)).said).toEqual(said)
  })
})
