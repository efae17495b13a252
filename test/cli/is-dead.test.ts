import { describe, expect, it } from 'vitest'
import { thisProcess } from '../../src/adapters/journal/process-identity.ts'
import { isDead } from '../../src/cli/leases.ts'

/** A number that no process has: the highest that Linux gives is 2^22. */
const nobody = 2 ** 22 + 1

describe('the process that a Lease tells of', () => {
  it.each([
    ['ended on this machine since it was started', {}, true],
    ['lives', { pid: process.pid }, false],
    ['is of another boot, maybe of another machine with the same name', { boot: 'another' }, false],
    ['is of a machine that can’t tell its boots apart', { boot: null }, false],
    ['is of another host', { host: 'elsewhere' }, false],
    ['is in another container', { namespace: 'pid:[1]' }, false],
    ['is no process', { pid: -1 }, false],
  ])('that %s: known to be dead?', async (_what, differs, dead) => {
    expect(await isDead({ ...(await thisProcess()), pid: nobody, ...differs })).toBe(dead)
  })
})
