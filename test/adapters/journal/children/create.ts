import { writeSync } from 'node:fs'
import { DeployError } from '../../../../src/core/errors.ts'
import { createRun } from '../../../../src/adapters/journal/open.ts'
import { plan, run, warned } from '../sample-facts.ts'

/** Makes a run and appends to it until that fails, then says how. */
try {
  const { journal } = await createRun({ root: process.argv[2] ?? '', run, plan })
  await using _ = journal
  writeSync(1, 'created\n')
  for (;;) {
    const [entry] = await journal.append([warned('x'.repeat(500))], 1)
    writeSync(1, `acknowledged ${entry?.seq}\n`)
  }
} catch (error) {
  writeSync(1, error instanceof DeployError ? `${error.code}: ${error.what}\n` : `${String(error)}\n`)
}
