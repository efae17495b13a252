import { createHash } from 'node:crypto'
import { readFile, readdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRun } from '../../../src/adapters/journal/open.ts'
import { freshRoot } from './sample.ts'
import { plan, run } from './sample-facts.ts'

async function fresh() {
  const { journal, folder, evidence } = await createRun({ root: await freshRoot(), run, plan })
  await journal[Symbol.asyncDispose]()
  return { folder, evidence }
}

describe('evidence', () => {
  it('is a file for the operator alone, named with the hash of what it holds', async () => {
    const { evidence, folder } = await fresh()
    const { path, sha256 } = await evidence('web-7d4b.log', 'größe\n')
    expect(dirname(path)).toBe(folder.evidence)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(sha256).toBe(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    )
  })

  it('never takes the place of older evidence', async () => {
    const { evidence } = await fresh()
    const paths = [await evidence('hook.log', 'a'), await evidence('hook.log', 'b'), await evidence('hook.log', 'b')]
    expect(paths.map(({ path }) => basename(path))).toEqual(['hook.log', 'hook-2.log', 'hook-3.log'])
    expect(await readFile(paths[0]?.path ?? '', 'utf8')).toBe('a')
  })

  it.each([
    ['../../plan.json', '_.._plan.json'],
    ['/etc/passwd', '_etc_passwd'],
    ['..', 'evidence'],
    ['', 'evidence'],
    ['a\u001B[2J\nb.log', 'a_2J_b.log'],
    ['web@home/after-weight 25', 'web_home_after-weight_25'],
    [`${'x'.repeat(400)}.log`, `${'x'.repeat(196)}.log`],
  ])('stays in its folder, whatever its name is: %j', async (name, file) => {
    const { evidence, folder } = await fresh()
    await evidence(name, 'x')
    expect(await readdir(folder.evidence)).toEqual([file])
  })
})
