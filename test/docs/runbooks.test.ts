import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../src/cli/explain/errors/index.ts'
import { lookUp } from '../../src/cli/explain/lookup.ts'
import { type ExitName, exitCodes } from '../../src/core/errors.ts'
import { codesWithRunbook, runbookOfError, runbooksOfExit } from '../../src/core/runbooks.ts'
import { strategies } from '../../strategies/index.ts'
import { blocksOf, root } from './readme.ts'

const index = 'runbooks/README.md'
const all = readdirSync(join(root, 'runbooks')).map((name) => `runbooks/${name}`)
const runbooks = all.filter((path) => path !== index)
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')
const commandsOf = (path: string): string[] =>
  blocksOf(path)
    .filter(({ info }) => info === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => line !== '')

/** Verbs of kubectl that a person on call may be told, with the options that they take here. */
const verbs = new Set(['get', 'describe', 'patch', 'annotate', 'rollout', 'wait', 'delete', 'logs'])

describe.each(runbooks)('%s', (path) => {
  it('says what serves now before anything else, and at last how to see that it worked', () => {
    const headings = [...textOf(path).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(['What serves now', 'Why', 'What to do', 'How to see that it worked'])
  })

  it('says what to do with kubectl only', () => {
    expect(textOf(path)).toMatch(/[Ww]ith kubectl only|only kubectl/)
    expect(commandsOf(path).some((line) => line.startsWith('kubectl '))).toBe(true)
  })

  it('has commands that a shell can read', () => {
    for (const command of commandsOf(path))
      expect(() => execFileSync('bash', ['-n'], { input: command, stdio: 'pipe' }), command).not.toThrow()
  })

  it('has nothing but deploy and commands that every machine with kubectl has', () => {
    const programs = commandsOf(path).flatMap((line) =>
      line
        .replaceAll(/'[^']*'/g, "''")
        .split(/\|\|?|>.*$/)
        .map((part) => part.trim().split(/\s+/)),
    )
    const odd = programs.filter(([program = '', ...words]) => {
      if (program !== 'kubectl') return !['deploy', 'grep', 'echo', 'base64', 'gunzip', 'brotli', ''].includes(program)
      return !verbs.has((words[0] === '-n' ? words[2] : words[0]) ?? '')
    })
    expect(odd).toEqual([])
  })

  it('is listed', () => {
    expect(textOf(index)).toContain(`(${path.slice('runbooks/'.length)})`)
  })
})

describe('runbooks', () => {
  it('are there for each exit code and error that names one', () => {
    const named = [
      ...(Object.keys(exitCodes) as ExitName[]).flatMap(runbooksOfExit),
      ...codesWithRunbook.flatMap((code) => runbookOfError(code) ?? []),
    ]
    expect(named.filter((path) => !runbooks.includes(path))).toEqual([])
    expect(runbooks.filter((path) => !named.includes(path))).toEqual([])
  })

  it('are named for errors that there are', () => {
    expect(codesWithRunbook.filter((code) => !(code in errorCodes))).toEqual([])
  })

  it.each(['4', 'locked', 'exit 20'])('are told by explain %s', (topic) => {
    expect(lookUp(topic, strategies).flatMap(({ see = [] }) => see)).toContainEqual(
      expect.stringMatching(/^runbooks\//),
    )
  })
})
