import type { watch } from 'node:fs'
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { changesOf } from '../../../src/adapters/journal/changes.ts'
import { followRun } from '../../../src/adapters/journal/follow.ts'
import { createRun } from '../../../src/adapters/journal/open.ts'
import { child, freshRoot, leftRun } from './sample.ts'
import { opened, plan, run, warned, words } from './sample-facts.ts'

const never = new AbortController().signal

describe('following a run', () => {
  it('gives what is there, then each entry as it comes, and ends when the run is closed', async () => {
    const root = await freshRoot()
    const { journal } = await createRun({ root, run, plan })
    await using _ = journal
    await journal.append([opened, warned('a')], 1)
    const seen: string[] = []
    for await (const entry of followRun({ root, run, signal: never })) {
      seen.push(...words([entry]))
      if (seen.length === 2) await journal.append([warned('b'), warned('c')], 2)
      if (seen.length === 4) await journal.append([{ type: 'closed', exit: 0, outcome: 'done' }], 3)
    }
    expect(seen).toEqual(['opened', 'a', 'b', 'c', 'closed'])
  })

  it('sees all that another process appends, in order', async () => {
    const root = await freshRoot()
    await leftRun({ root, said: [] })
    const driver = child('append.ts', root, run)
    let seq = 0
    for await (const entry of followRun({ root, run, signal: never })) {
      seq += 1
      expect(entry.seq).toBe(seq)
      if (seq === 200) break
    }
    driver.started.kill('SIGKILL')
    await driver.ended
  })

  it('leaves out what is known already', async () => {
    const root = await freshRoot()
    const { journal } = await createRun({ root, run, plan })
    await using _ = journal
    await journal.append([opened, warned('a'), { type: 'closed', exit: 0, outcome: 'done' }], 1)
    const seen: string[] = []
    for await (const entry of followRun({ root, run, signal: never, after: 2 })) seen.push(...words([entry]))
    expect(seen).toEqual(['closed'])
  })

  it('ends in peace when its signal aborts', async () => {
    const root = await freshRoot()
    await leftRun({ root, said: ['a'] })
    const seen: string[] = []
    const abort = new AbortController()
    for await (const entry of followRun({ root, run, signal: abort.signal, poll: 3_600_000 })) {
      seen.push(...words([entry]))
      setTimeout(() => abort.abort(), 20)
    }
    expect(seen).toEqual(['a'])
  })

  it('waits for the rest of a line that is just being written', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said: ['a', 'b'] })
    const whole = await readFile(folder.journal)
    await writeFile(folder.journal, whole.subarray(0, whole.length - 20))
    const seen: string[] = []
    for await (const entry of followRun({ root, run, signal: never })) {
      seen.push(...words([entry]))
      if (seen.length === 2) break
      await appendFile(folder.journal, whole.subarray(whole.length - 20))
    }
    expect(seen).toEqual(['a', 'b'])
  })

  it('says when the journal went away', async () => {
    const root = await freshRoot()
    const folder = await leftRun({ root, said: ['a'] })
    const follow = async () => {
      for await (const _ of followRun({ root, run, signal: never, poll: 20 })) await rm(folder.journal)
    }
    await expect(follow()).rejects.toMatchObject({ code: 'journal-changed' })
  })

  it('of no run says that there is none', async () => {
    const following = followRun({ root: await freshRoot(), run, signal: never })
    await expect(following.next()).rejects.toMatchObject({ code: 'run-not-found' })
  })
})

it('changes are looked for by the clock where the system can not watch', async () => {
  const path = join(await freshRoot(), 'file')
  const broken = (() => {
    throw Object.assign(new Error('no inotify watches left'), { code: 'ENOSPC' })
  }) as unknown as typeof watch
  using changes = changesOf(path, { poll: 10, signal: never, watch: broken })
  await changes.next()
  await changes.next()
})
