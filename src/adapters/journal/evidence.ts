import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { onDisk, syncFolder, systemCode, writeNew } from './disk.ts'
import type { RunFolder } from './folder.ts'

/** A file that the journal names with its hash: log tails, events, output of hooks. */
interface Evidence {
  readonly path: string
  readonly sha256: string
}

/** Keeps text from outside, for the operator alone (0600), as `evidence/NAME`; a name that is taken gets a number. */
export type EvidenceWriter = (name: string, content: string | Uint8Array) => Promise<Evidence>

export const evidenceWriter =
  (folder: RunFolder): EvidenceWriter =>
  async (name, content) => {
    const path = await onDisk(folder.evidence, () => written(folder.evidence, plain(name), content))
    return { path, sha256: createHash('sha256').update(content).digest('hex') }
  }

/** Never over an older one: an entry has its hash, and a resumed run comes to the same names again. */
async function written(folder: string, name: string, content: string | Uint8Array): Promise<string> {
  const { name: stem, ext } = parse(name)
  for (let number = 1; ; number += 1) {
    const path = join(folder, number === 1 ? name : `${stem}-${number}${ext}`)
    try {
      await writeNew(path, content)
      await syncFolder(folder)
      return path
    } catch (error) {
      if (systemCode(error) === 'EEXIST') continue
      await rm(path, { force: true })
      throw error
    }
  }
}

/** Names are made of names of pods and steps: nothing in them may lead out of the folder, or hide the file. */
const plain = (name: string): string =>
  name
    .replace(/[^\w.-]+/g, '_')
    .replace(/^\.+/, '')
    .slice(-200) || 'evidence'
