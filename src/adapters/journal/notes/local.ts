import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Note } from '../../../ports.ts'
import { ensureFolder, replaceFile } from '../disk.ts'

const Kept = z.strictObject({
  v: z.literal(1),
  unit: z.string(),
  judge: z.string().nullable(),
  counters: z.string().nullable(),
})

/** Names of clusters have slashes and colons, and any length. */
const pathOf = (folder: string, unit: string): string => join(folder, `${hash('sha256', unit).slice(0, 16)}.json`)

/** `null`: there is none, or it is not what was written. */
export async function readNote(folder: string, unit: string): Promise<Note | null> {
  try {
    const { data } = Kept.safeParse(JSON.parse(await readFile(pathOf(folder, unit), 'utf8')))
    return data?.unit === unit ? { judge: data.judge, counters: data.counters } : null
  } catch {
    return null
  }
}

/** The one before stays until this one is on disk. Throws what the disk says. */
export async function writeNote(folder: string, unit: string, note: Note): Promise<void> {
  await ensureFolder(folder)
  await replaceFile(pathOf(folder, unit), JSON.stringify({ v: 1, unit, ...note }))
}
