import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openLog } from '../../src/report/log.ts'

it.skipIf(!existsSync('/dev/full'))('the log of a run on a disk that is full keeps nobody waiting', () => {
  const log = openLog('/dev/full', 'r7f3')
  expect(log.fatal(new Error('the disk is full'))).toBeUndefined()
})
