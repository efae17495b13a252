import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { type ExitCode, exitCodes } from '../../src/core/errors.ts'
import { parseConfig } from '../../src/config/load.ts'
import { strategies } from '../../strategies/index.ts'
import { lateStrategies } from '../../strategies/late.ts'
import { blocksOf, commandsIn, root } from './readme.ts'

const pages = ['README.md', 'CONTRIBUTING.md', 'examples/quickstart/README.md']
const text = readFileSync(join(root, 'README.md'), 'utf8')
const files = blocksOf('README.md').filter(({ info }) => info === 'yaml deploy.yaml')

describe('the README', () => {
  it.each(files.map((file, index) => [index + 1, file.text] as const))(
    'has a deploy.yaml that is right (%i)',
    (_, yaml) => {
      expect(Object.keys(parseConfig(yaml, 'README.md', { strategies }).config.services)).toContain('web')
    },
  )

  const commands = pages.flatMap(commandsIn).filter(([program]) => program === 'deploy')
  it.each([...new Set(commands.map(([, ...words]) => words))].map((words) => [words.join(' '), words] as const))(
    'has a command that is understood: deploy %s',
    async (_, words) => {
      const { said, exit } = await told(words)
      // Past the command line and the configuration, where there is no cluster, no run and no plan.
      expect(said).toMatch(
        /code {4}(?:kubeconfig-missing|run-unclear|run-not-found|plan-unusable|kube-\w+)|^$|no runs?|there is no kubeconfig/,
      )
      expect([exitCodes.done, exitCodes.usage, exitCodes.refused]).toContain(exit)
    },
  )

  it('names every exit code, and none that there is not', () => {
    const table = text.slice(text.indexOf('## Exit codes'), text.indexOf('## More'))
    const named = [...table.matchAll(/^\| (\d+(?:, \d+)*) +\|/gm)].flatMap(([, codes = '']) =>
      codes.split(', ').map(Number),
    )
    expect(named.toSorted((a, b) => a - b)).toEqual(Object.values(exitCodes).toSorted((a, b) => a - b))
  })
})

/** What the command line says in a folder with the README's last deploy.yaml, and nothing else in the world. */
async function told(words: readonly string[]): Promise<{ said: string; exit: ExitCode }> {
  const cwd = mkdtempSync(join(tmpdir(), 'deploy-readme-'))
  writeFileSync(join(cwd, 'deploy.yaml'), files.at(-1)?.text ?? '')
  writeFileSync(join(cwd, 'smoke.sh'), '#!/bin/sh\n')
  chmodSync(join(cwd, 'smoke.sh'), 0o755)
  mkdirSync(join(cwd, 'k8s'))
  let said = ''
  const sink = (note: (text: string) => void): NodeJS.WriteStream =>
    new Writable({ write: (chunk, _encoding, done) => (note(String(chunk)), done()) }) as unknown as NodeJS.WriteStream
  const exit = await main({
    strategies: lateStrategies,
    process: {
      argv: needsService(words) ? [...words, '-s', 'web', ...(words.includes('-e') ? [] : ['-e', 'staging'])] : words,
      env: { KUBECONFIG: join(cwd, 'none'), HOME: cwd, CI: 'true' },
      cwd,
      streams: { stdin: process.stdin, stdout: sink(() => {}), stderr: sink((chunk) => (said += chunk)) },
      pid: 1,
      random: () => 0.5,
      onSignal: () => ({ [Symbol.dispose]: () => {} }),
    },
  })
  return { said, exit }
}

/** Some pages have one service and one environment; this one has several. */
const needsService = ([command = '', ...words]: readonly string[]): boolean =>
  (command === 'plan' || strategies.some(({ name }) => name === command)) && !words.includes('-s')
