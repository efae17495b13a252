import { homedir } from 'node:os'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { linesWith, root, type Source, sourcesIn } from './sources.ts'

const everything = sourcesIn()
const names = new Set(everything.map(({ path }) => posix.basename(path)))

describe('the project', () => {
  it('mocks no modules: fakes stand at the ports', () => {
    const tests = everything.filter(({ path }) => path.endsWith('.ts') && !path.startsWith('test/laws/'))
    expect(linesWith(tests, /\bvi\s*\.\s*(?:mock|doMock|hoisted|stubGlobal)\b/)).toEqual([])
  })

  it('runs all of its tests', () => {
    const tests = everything.filter(({ path }) => path.endsWith('.test.ts') && !path.startsWith('test/laws/'))
    expect(linesWith(tests, /\b(?:it|test|describe)\.(?:only|todo)\b/)).toEqual([])
  })

  it('names no path of one machine', () => {
    const mine = [root, homedir()]
      .filter((path) => path.length > 1)
      .map((path) => `${path}/`.replace(/[.+?^$(){}[\]|*\\]/g, '\\$&'))
    const others = String.raw`/(?:root|work|Users/\w+|home/\w+)/(?!\.)`
    const texts = everything.filter(({ path }) => !path.startsWith('test/laws/'))
    expect(linesWith(texts, new RegExp(String.raw`(?<![\w.:/~-])(?:${[...mine, others].join('|')})`))).toEqual([])
  })

  it('refers to nothing outside of itself', () => {
    expect(everything.filter(({ path }) => /\.(?:ts|md|json|ya?ml)$/.test(path)).flatMap(outside)).toEqual([])
  })

  it('refers only to pages that exist', () => {
    const pages = everything.flatMap(({ path, text }) =>
      [...text.matchAll(/(?<![\w/.-])(?:[\w.-]+\/)*([\w.-]+\.md)\b/g)].flatMap(([said, name = '']) =>
        names.has(name) ? [] : [`${path}: ${said}`],
      ),
    )
    expect(pages).toEqual([])
  })
})

/** Relative paths that leave the project. */
const outside = ({ path, text }: Source): string[] =>
  [...text.matchAll(/(?<![\w/.])(?:\.\.\/)+[\w.-]*/g)]
    .filter(([up]) => posix.join(posix.dirname(path), up).startsWith('..'))
    .map(([up]) => `${path}: ${up}`)
