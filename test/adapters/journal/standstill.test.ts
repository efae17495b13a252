import { describe, expect, it } from 'vitest'
import { diskError } from '../../../src/adapters/journal/disk.ts'
import { standstill } from '../../../src/adapters/journal/standstill.ts'
import { DeployError } from '../../../src/core/errors.ts'

const run = { run: 'r7f3', planHash: '0'.repeat(64) }
const ofSystem = (code: string): unknown => diskError(Object.assign(new Error(code), { code }), '/runs/r7f3')

describe('a run that stands still', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EIO', 'EMFILE'])(
    'for %s needs a human, who is told to mend it and how to go on',
    (code) => {
      const told = standstill(ofSystem(code), run)
      expect(told?.exit).toBe('humanNeeded')
      expect(told?.remedy).toMatch(/^.+, then go on: deploy resume r7f3, or take it back: deploy abort r7f3\.\n/)
      expect(told?.remedy).toContain(`deploy abort r7f3 --plan-hash ${run.planHash}`)
    },
  )

  it('is never told to run the same command again, which would meet an open run', () => {
    expect(standstill(ofSystem('ENOSPC'), run)?.remedy).not.toContain('same command')
  })

  it.each([new DeployError({ code: 'run-lost', what: 'another driver has gone on' }), new Error('a bug')])(
    'is nothing that %s is about',
    (error) => {
      expect(standstill(error, run)).toBeNull()
    },
  )
})
