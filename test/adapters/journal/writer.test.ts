import { describe, expect, it } from 'vitest'
import { type JournalFile, journalWriter } from '../../../src/adapters/journal/writer.ts'
import { warned, words } from './sample-facts.ts'

/** A file in memory. `trouble` is asked before each operation, and what it throws is thrown. */
function memoryFile({ most = Number.POSITIVE_INFINITY }: { most?: number } = {}) {
  let content = Buffer.alloc(0)
  const state = { calls: [] as string[], trouble: (_call: string): void => {}, nlink: 1 }
  const did = (call: string) => {
    state.calls.push(call)
    state.trouble(call)
  }
  const file: JournalFile = {
    async write(bytes, offset, length, position) {
      const written = Math.min(length, most)
      const part = Buffer.from(bytes.subarray(offset, offset + written))
      content = Buffer.concat([content.subarray(0, position), part, content.subarray(position + written)])
      did('write')
      return { bytesWritten: written }
    },
    async truncate(length) {
      did('truncate')
      content = content.subarray(0, length)
    },
    async sync() {
      did('sync')
    },
    async stat() {
      return { size: content.length, nlink: state.nlink }
    },
    async close() {
      did('close')
    },
  }
  const journal = journalWriter({
    file,
    path: '/runs/r1/journal.ndjson',
    planHash: '0'.repeat(64),
    epoch: 1,
    entries: [],
    size: 0,
    release: async () => {},
  })
  const lines = () => content.toString().split('\n').slice(0, -1)
  return { journal, state, lines, grow: () => (content = Buffer.concat([content, Buffer.from('x')])) }
}

const failing = (call: string, code: string) => (now: string) => {
  if (now === call) throw Object.assign(new Error(code), { code })
}

describe('an append', () => {
  it('is one write and one fsync, however many entries', async () => {
    const { journal, state } = memoryFile()
    await journal.append([warned('a'), warned('b'), warned('c')], 1)
    expect(state.calls).toEqual(['write', 'sync'])
  })

  it('goes on where the system wrote only a part', async () => {
    const { journal, lines } = memoryFile({ most: 7 })
    await journal.append([warned('a')], 1)
    expect(lines()).toHaveLength(1)
  })

  it.each([
    ['write', 'ENOSPC', 'disk-full'],
    ['write', 'EDQUOT', 'disk-full'],
    ['sync', 'EIO', 'disk-broken'],
    ['write', 'EROFS', 'disk-read-only'],
  ])(
    'that fails in %s with %s says so with a remedy, leaves no trace, and may be tried again',
    async (call, code, ours) => {
      const { journal, state, lines } = memoryFile()
      await journal.append([warned('a')], 1)
      let times = 0
      state.trouble = (now) => {
        if (now === call && times++ === 0) failing(call, code)(now)
      }
      await expect(journal.append([warned('b')], 2)).rejects.toMatchObject({
        code: ours,
        what: expect.stringContaining('/runs/r1/journal.ndjson'),
        remedy: expect.any(String),
      })
      expect(lines()).toHaveLength(1)
      expect(words(journal.entries)).toEqual(['a'])
      await journal.append([warned('c')], 3)
      expect(words(journal.entries)).toEqual(['a', 'c'])
      expect(lines()).toHaveLength(2)
    },
  )

  it('that fails and can not be taken back is followed by no other', async () => {
    const { journal, state, lines } = memoryFile({ most: 50 })
    state.trouble = (call) => {
      failing('truncate', 'EIO')(call)
      if (state.calls.length === 2) failing('write', 'ENOSPC')(call)
    }
    await expect(journal.append([warned('a')], 1)).rejects.toMatchObject({ code: 'disk-full' })
    state.trouble = () => {}
    await expect(journal.append([warned('b')], 2)).rejects.toMatchObject({ code: 'journal-changed' })
    expect(lines()).toEqual([])
  })

  it('is refused when somebody else wrote or removed the file', async () => {
    const { journal, state, grow } = memoryFile()
    state.nlink = 0
    await expect(journal.append([warned('a')], 1)).rejects.toMatchObject({
      code: 'journal-changed',
      exit: 'humanNeeded',
    })
    state.nlink = 1
    grow()
    await expect(journal.append([warned('a')], 1)).rejects.toMatchObject({ code: 'journal-changed' })
  })

  it('that was begun is finished before the journal closes', async () => {
    const { journal, state } = memoryFile()
    const appended = journal.append([warned('a')], 1)
    await journal[Symbol.asyncDispose]()
    await appended
    expect(state.calls).toEqual(['write', 'sync', 'close'])
  })
})
