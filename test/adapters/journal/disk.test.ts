import { execFileSync } from 'node:child_process'
import { access, chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRun, openRun } from '../../../src/adapters/journal/open.ts'
import { readRun } from '../../../src/adapters/journal/read.ts'
import { canMount } from '../../support/can-mount.ts'
import { freshRoot, reopened } from './sample.ts'
import { plan, run } from './sample-facts.ts'

const program = join(import.meta.dirname, 'children', 'create.ts')

/** Runs a shell line in which "$@" makes a run in the given folder; the lines that it says. */
const said = (line: string, root: string): string[] =>
  execFileSync('sh', ['-c', line, 'sh', process.execPath, program, root], { encoding: 'utf8' }).trimEnd().split('\n')

const isRoot = process.getuid?.() === 0

describe('a disk that does not take it', () => {
  it('with a limit on the size of files keeps what was acknowledged, and says where', async () => {
    const root = await freshRoot()
    const lines = said('ulimit -f 16; exec "$@"', root)
    const [acknowledged, failure] = [Number(lines.at(-2)?.split(' ')[1]), lines.at(-1)]
    expect(failure).toMatch(/^disk-full: .*journal\.ndjson$/)
    expect(acknowledged).toBeGreaterThan(3)
    expect(await reopened(root)).toMatchObject({ said: { length: acknowledged }, dropped: 0 })
  })

  it.skipIf(!canMount)(
    'that is full keeps what was acknowledged, lets go of the lock, and takes it back with room',
    async () => {
      const root = await freshRoot()
      const mounted = `mount -t tmpfs -o size=64k tmpfs "$3"; "$@"; cat "$3/.deploy/runs/${run}/journal.ndjson" | wc -l; stat -c %s "$3/.deploy/runs/${run}/drivers/1"`
      const lines = said(`exec unshare -m sh -c '${mounted}' sh "$@"`, root)
      const acknowledged = lines.at(-4)?.split(' ')[1]
      expect(lines.slice(-3)).toEqual([expect.stringMatching(/^disk-full: the disk is full: /), acknowledged, '0'])
    },
  )

  it.skipIf(!canMount)('that is full leaves nothing of a run that could not be made', async () => {
    const root = await freshRoot()
    const mounted =
      'mount -t tmpfs -o size=8k tmpfs "$3"; head -c 100000 /dev/zero >"$3/big" 2>/dev/null; "$@"; ls "$3/.deploy/runs"'
    const lines = said(`exec unshare -m sh -c '${mounted}' sh "$@"`, root)
    expect(lines).toEqual([expect.stringContaining('disk-full')])
  })

  it.skipIf(!canMount)('that is read-only says so', async () => {
    const root = await freshRoot()
    const mounted = 'mount -t tmpfs -o ro tmpfs "$3"; exec "$@"'
    const lines = said(`exec unshare -m sh -c '${mounted}' sh "$@"`, root)
    expect(lines).toEqual([expect.stringMatching(/^disk-read-only: the disk is read-only: .*deploy$/)])
  })

  it('that belongs to someone else says so', async () => {
    const root = await freshRoot()
    await chmod(root, 0o555)
    // Root may write everywhere, so it becomes nobody.
    const become = isRoot ? 'setpriv --reuid=65534 --regid=65534 --clear-groups "$@"' : '"$@"'
    const lines = said(become, root)
    await chmod(root, 0o755)
    expect(lines).toEqual([expect.stringMatching(/^disk-permission: you may not read or write: /)])
  })

  it('where a file is in the way says so', async () => {
    const root = await freshRoot()
    await writeFile(join(root, '.deploy'), '')
    await expect(createRun({ root, run, plan })).rejects.toMatchObject({
      code: 'disk-not-a-folder',
      remedy: expect.anything(),
    })
    await expect(openRun({ root, run })).rejects.toMatchObject({ code: 'disk-not-a-folder' })
    await expect(readRun({ root, run })).rejects.toMatchObject({ code: 'disk-not-a-folder' })
  })

  it('has no half of a run that could not be made, whatever went wrong', async () => {
    const root = await freshRoot()
    await expect(createRun({ root, run, plan: { ...plan, tool: { toJSON: () => raise() } } as never })).rejects.toThrow(
      'no',
    )
    await expect(access(join(root, '.deploy', 'runs', run))).rejects.toThrow('ENOENT')
  })
})

const raise = (): never => {
  throw new Error('no')
}
