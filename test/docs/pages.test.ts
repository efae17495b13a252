import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import manifest from '../../package.json' with { type: 'json' }
import { parseConfig } from '../../src/config/load.ts'
import { strategies } from '../../strategies/index.ts'
import { misunderstood } from './command-line.ts'
import { pages } from './pages.ts'
import { blocksOf, commandsIn, root } from './readme.ts'

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')
const isDeploy = ([program, file]: readonly string[]): boolean =>
  program === 'deploy' || (program === 'node' && file?.endsWith('deploy.ts') === true)
const scripts = new Set([...Object.keys(manifest.scripts), 'install', 'pack', 'ci'])

describe.each(pages)('%s', (page) => {
  it('has commands that the command line understands', () => {
    const said = commandsIn(page)
      .filter(isDeploy)
      .map((words) => misunderstood(words.slice(words[0] === 'node' ? 2 : 1), ['careful', 'dark-launch']))
    expect(said.filter((one) => one !== null)).toEqual([])
  })

  it('has npm commands that exist', () => {
    const named = commandsIn(page).flatMap(([program, first = '', second = '']) =>
      program === 'npm' ? [first === 'run' ? second : first] : [],
    )
    expect(named.filter((name) => !scripts.has(name))).toEqual([])
  })

  it('has a deploy.yaml that loads wherever it shows one', () => {
    const files = blocksOf(page).filter(({ info }) => info === 'yaml deploy.yaml')
    for (const { text } of files) expect(parseConfig(text, page, { strategies }).config.services).toHaveProperty('web')
  })

  it('has YAML that can be read', () => {
    for (const { info, text } of blocksOf(page)) if (info.startsWith('yaml')) expect(parse(text)).toBeTypeOf('object')
  })

  it('has links that lead somewhere', () => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
    const broken = links.filter(([, to = '', heading]) => {
      const target = to === '' ? page : posix.join(posix.dirname(page), to)
      return !existsSync(join(root, target)) || (heading !== undefined && !anchorsOf(target).includes(heading))
    })
    expect(broken.map(([all]) => all)).toEqual([])
  })

  it('names no place of the machine that it was written on', () => {
    expect(textOf(page)).not.toMatch(/\/(?:root|home|work|Users)\//)
  })
})

describe('docs/ci.md', () => {
  const pipelines = blocksOf('docs/ci.md').filter(({ info }) => /^yaml (?:github|gitlab)$/.test(info))

  it('has a pipeline for GitHub and one for GitLab', () => {
    expect(pipelines.map(({ info }) => info)).toEqual(['yaml github', 'yaml gitlab'])
  })

  it.each(pipelines.map(({ info, text }) => [info, text] as const))('has known commands in %s', (_, text) => {
    const lines = [...text.matchAll(/(?:^|[;{]|exec|then|run:|- )\s*deploy ((?:'[^']*'|"[^"]*"|[^;>|\n])+)/gm)]
    const commands = lines.map(([, words = '']) =>
      [...words.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, one, two, three]) => one ?? two ?? three ?? ''),
    )
    expect(commands.map(([name]) => name)).toEqual(expect.arrayContaining(['plan', 'apply', 'abort', 'status']))
    expect(commands.map((words) => misunderstood(words, [])).filter((one) => one !== null)).toEqual([])
  })
})

/** As GitHub makes them of headings. */
const anchorsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
