import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { signs } from '../../src/report/tree-stages.ts'
import { widthOf } from '../../src/report/width.ts'

/** Ten of the seventeen planes have no character yet: of those, one of a thousand. */
const isEmpty = (code: number): boolean => code >= 0x4_00_00 && code < 0xe_00_00
const everyCharacter = Array.from({ length: 0x11_00_00 }, (_, code) => code)
  .filter((code) => !isEmpty(code) || code % 1000 === 0)
  .map((code) => String.fromCodePoint(code))

describe('the width of a text', () => {
  it('is that of the library for every character', () => {
    expect(everyCharacter.filter((character) => widthOf(character) !== stringWidth(character))).toEqual([])
    // Half a million of them take seconds, and a busy machine takes its time.
  }, 180_000)

  it('is that of the library for texts of characters that could join', () => {
    const joining = [
      'a',
      '1',
      '✔',
      '◀',
      '→',
      '█',
      ' ',
      '\u{FE0F}',
      '\u{200D}',
      '\u{20E3}',
      '\u0301',
      '世',
      '👍',
      '🏽',
      '\u00AD',
    ]
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...joining, ...Object.values(signs)) }), (text) => {
        expect(widthOf(text)).toBe(stringWidth(text))
      }),
    )
  })
})
