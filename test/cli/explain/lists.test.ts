import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../../src/cli/explain/errors/index.ts'
import { exits } from '../../../src/cli/explain/exits.ts'
import { words } from '../../../src/cli/explain/words.ts'
import { lookUp } from '../../../src/cli/explain/lookup.ts'
import { exitCodes } from '../../../src/core/errors.ts'
import { strategies } from '../../../strategies/index.ts'
import { codesInSources, unseenCodes } from './codes.ts'

describe('what can be explained', () => {
  it('has every code that the sources give to an error, and none that they do not', () => {
    expect(unseenCodes()).toEqual([])
    expect(Object.keys(errorCodes).sort()).toEqual(codesInSources())
  })

  it('has something to do for every code', () => {
    const without = Object.entries(errorCodes).filter(([, { means, todo }]) => means === '' || todo.length === 0)
    expect(without.map(([code]) => code)).toEqual([])
  })

  it('has every exit code but the good one with something to do', () => {
    const lacking = Object.entries(exits).filter(([name, { todo }]) => name !== 'done' && todo.length === 0)
    expect(Object.keys(exits)).toEqual(Object.keys(exitCodes))
    expect(lacking).toEqual([])
  })

  it('has words that point to words, strategies by their names, and exit codes', () => {
    const lost = Object.entries(words).flatMap(([name, { see = [] }]) =>
      see.filter((one) => lookUp(one, strategies).length === 0).map((one) => `${name} → ${one}`),
    )
    expect(lost).toEqual([])
    expect(strategies.map(({ name }) => name).filter((name) => !(name in words))).toEqual([])
  })
})
