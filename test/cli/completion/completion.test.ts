import { describe, expect, it } from 'vitest'
import { shells } from '../../../src/cli/completion/shells.ts'
import { leftRun } from '../../adapters/journal/sample.ts'
import { said } from '../support/deploy.ts'
import { project } from '../support/project.ts'
import { isInstalled, typed } from './shell.ts'

const config = [
  'version: 1',
  'services: { web: { image: acme/web }, shop: { image: acme/shop } }',
  'strategies: { careful: { type: canary }, quick: { type: rolling } }',
  'environments:',
  '  staging: { clusters: [{ context: lab }] }',
  '  production: { clusters: [{ name: east, context: one }, { name: west, context: two }] }',
  '',
].join('\n')

async function offered(words: readonly string[], text = config): Promise<string[]> {
  const { exit, stdout, stderr } = await said(['complete', '--', ...words], { cwd: await project({ config: text }) })
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']))
}

describe('what is offered', () => {
  it.each([
    ['commands, strategies and variants', ['ca'], ['canary', 'careful']],
    ['options', ['canary', '--we'], ['--weight']],
    ['options of a variant', ['careful', '--we'], ['--weight']],
    ['environments', ['canary', '--env', ''], ['staging', 'production']],
    ['environments in the same word', ['canary', '--env=st'], ['--env=staging']],
    ['environments by the short name', ['canary', '-e', 'p'], ['production']],
    ['services', ['canary', '-s', ''], ['web', 'shop']],
    ['clusters', ['canary', '--cluster', ''], ['lab', 'east', 'west']],
    ['clusters of the environment that was named', ['canary', '-e', 'production', '--cluster', ''], ['east', 'west']],
    ['options of the strategy', ['plan', 'quick', 'v1', '--set', 'b'], ['batches=', 'bake=']],
    ['strategies to plan', ['plan', 'c'], ['canary', 'careful']],
    ['forms of output', ['list', '-o', ''], ['text', 'json', 'ndjson']],
    ['files where a file is meant', ['apply', ''], [':files']],
    ['files of an option', ['canary', '--out', ''], [':files']],
    ['shells', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['words and codes to explain', ['explain', 'plan-s'], ['plan-stale']],
    ['nothing for a version', ['canary', ''], []],
    ['nothing after the last argument', ['canary', 'v1', ''], []],
    ['nothing for a command that there is not', ['nonsense', ''], []],
  ])('has %s', async (_, words, expected) => {
    expect(await offered(words)).toEqual(expected)
  })

  it('has the names of a file that has mistakes, and commands without any file', async () => {
    expect(await offered(['canary', '-s', ''], config.replace('image: acme/web', 'imgae: 5'))).toEqual(['web', 'shop'])
    expect(await offered(['canary', '-s', ''], 'version: [')).toEqual([])
    expect(await offered(['canar'], '')).toEqual(['canary'])
  })

  it('has runs: all to look at, open ones to decide about', async () => {
    const cwd = await project({ config })
    const { run } = await leftRun({ root: cwd, said: ['something'] })
    for (const command of ['status', 'resume'])
      expect(await said(['complete', '--', command, ''], { cwd })).toMatchObject({ stdout: `${run}\topen\n` })
  })
})

describe.each(shells)('%s', (shell) => {
  it('completes a command line, press by press', { timeout: 120_000 }, async ({ skip }) => {
    // `.ci/run` installs them; nobody has to have three shells to work on this.
    if (!isInstalled(shell) && process.env['CI'] === undefined) return skip(`${shell} is not on this machine`)
    const cwd = await project({ config, files: { 'plan-of-today.json': '{}' } })
    expect(await typed(shell, 'deploy canar\tv1 --env stag\t--wei\t5', cwd)).toBe('canary v1 --env staging --weight 5')
    expect(await typed(shell, 'deploy careful v1 --env=prod\t--set soa\t5m', cwd)).toBe(
      'careful v1 --env=production --set soak=5m',
    )
    expect(await typed(shell, 'deploy apply plan-o\t', cwd)).toBe('apply plan-of-today.json')
  })
})
