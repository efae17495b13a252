import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { folderOf } from '../../../src/adapters/journal/folder.ts'
import { createRun, openRun } from '../../../src/adapters/journal/open.ts'
import { plan, run, warned, words } from './sample-facts.ts'

/** A folder that goes when the test does. */
export async function freshRoot(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'deploy-journal-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  return root
}

/** A run with these entries, one append each, that nobody drives now. */
export async function leftRun({ root, said }: { root: string; said: readonly string[] }) {
  await using left = await createRun({ root, run, plan }).then(({ journal }) => journal)
  for (const [index, because] of said.entries()) await left.append([warned(because)], index)
  return folderOf({ root, run })
}

/** Opens it, reads all, leaves. */
export async function reopened(root: string) {
  const { journal, epoch, dropped } = await openRun({ root, run })
  await using _ = journal
  return { said: words(journal.entries), epoch, dropped }
}

/** One of the programs beside this file, as a process of its own; stopped when the test ends. */
export function child(name: string, ...args: readonly string[]) {
  const started = spawn(process.execPath, [join(import.meta.dirname, 'children', name), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void started.kill('SIGKILL'))
  let output = ''
  started.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = new Promise<void>((resolve) => started.once('close', () => resolve()))
  return {
    started,
    ended,
    lines: () => output.split('\n').slice(0, -1),
    async says(line: string) {
      while (!output.includes(line)) {
        if (started.exitCode !== null) throw new Error(`it ended before it said ${line}: ${output}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}
