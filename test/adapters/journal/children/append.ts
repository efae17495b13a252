import { writeSync } from 'node:fs'
import { openRun } from '../../../../src/adapters/journal/open.ts'
import { warned } from '../sample-facts.ts'

/** Appends for ever, in batches of one to three, and says the number of the last entry that was acknowledged. */
const [root = '', run = ''] = process.argv.slice(2)
const { journal } = await openRun({ root, run })
for (let round = 0; ; round += 1) {
  const batch = Array.from({ length: 1 + (round % 3) }, () => warned(`${process.pid} ${'x'.repeat(round % 2_000)}`))
  const entries = await journal.append(batch, Date.now())
  writeSync(1, `acknowledged ${entries.at(-1)?.seq}\n`)
}
