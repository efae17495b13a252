import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut, escapeLines, escapeText } from '../../src/core/text.ts'

describe('text from outside', () => {
  it.each([
    ['moves no cursor', '\u001B[2K\u001B[1Aall good', '\\x1b[2K\\x1b[1Aall good'],
    ['sets no window title', '\u001B]0;owned\u0007', '\\x1b]0;owned\\x07'],
    ['loses its colours and keeps its words', '\u001B[1;31mFAILED\u001B[0m in 3 s', 'FAILED in 3 s'],
    ['hides no control behind a colour', '\u001B\u001B[0m[2J', '\\x1b[2J'],
    ['has no C1 controls, which are one-byte escapes', '\u009B2J', '\\x9b2J'],
    ['stays one line', 'a\r\nb\u2028c', 'a\\r\\nb\\u{2028}c'],
    ['is not reordered by bidi overrides', 'user\u202Egnp.exe', 'user\\u{202e}gnp.exe'],
    ['hides no letters', 'ad\u200Bmin\u{E0041}', 'ad\\u{200b}min\\u{e0041}'],
    ['keeps its columns apart', 'a\tb', 'a  b'],
    ['commands no GitHub job', '  ::error file=a::no', '  \\x3a:error file=a::no'],
    ['commands no GitHub job in the old way', 'log: ##[add-mask]no', 'log: #\\x23[add-mask]no'],
    ['commands no Azure job', 'log: ##vso[task.setvariable]no', 'log: #\\x23vso[task.setvariable]no'],
    ['commands no TeamCity job', '###TeamCity[x]', '##\\x23TeamCity[x]'],
    ['commands nobody through a colour in the middle', '#\u001B[0m#vso[x]', '#\\x23vso[x]'],
    ['shows half a surrogate pair', 'a\uD83D', 'a\\u{d83d}'],
    [
      'is left alone when it is plain',
      'größe 25 % ✓ 🚀 [::1]:80 ## title C:\\web',
      'größe 25 % ✓ 🚀 [::1]:80 ## title C:\\web',
    ],
  ])('%s', (_law, text, safe) => {
    expect(escapeText(text)).toBe(safe)
  })

  it('holds nothing unprintable and no command, whatever came in, and is not escaped twice', () => {
    const hostile = fc.constantFrom(
      '\u001B[',
      '\u001B[0m',
      '#',
      '##',
      '[',
      'vso[',
      '::',
      ':',
      'error',
      '\r',
      '\n',
      ' ',
      'm',
      '0',
    )
    const text = fc.array(fc.oneof(hostile, fc.string({ unit: 'binary' }))).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (from) => {
        const safe = escapeText(from)
        expect(safe).not.toMatch(/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u)
        expect(safe).not.toMatch(/^\s*::[a-z]|##(vso|teamcity)?\[/i)
        expect(escapeText(safe)).toBe(safe)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is split where a terminal would begin a line or paint over one', () => {
    expect(escapeLines('10 %\r20 %\r\ndone\n\nnext\n')).toEqual(['10 %', '20 %', 'done', '', 'next'])
  })

  it('is cut between characters', () => {
    expect(cut('abcdef', 6)).toBe('abcdef')
    expect(cut('abcdefg', 6)).toBe('abcde…')
    expect(cut('abcd🚀fg', 6)).toBe('abcd…')
  })
})
