import { writeSync } from 'node:fs'
import { DeployError } from '../../../../src/core/errors.ts'
import { openRun } from '../../../../src/adapters/journal/open.ts'

/** Says "ready", opens the run when it is told to go, says how that went, and holds on until its input ends. */
const [root = '', run = ''] = process.argv.slice(2)
writeSync(1, 'ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
try {
  const { journal, epoch } = await openRun({ root, run })
  await using _ = journal
  await journal.append([{ type: 'attached', by: 'child', host: 'here', pid: process.pid }], Date.now())
  writeSync(1, `drives ${epoch}\n`)
  await new Promise((resolve) => process.stdin.once('end', resolve))
} catch (error) {
  writeSync(1, `${error instanceof DeployError ? error.code : String(error)}\n`)
}
process.stdin.destroy()
