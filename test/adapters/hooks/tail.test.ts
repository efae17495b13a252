import { describe, expect, it } from 'vitest'
import { tailOf } from '../../../src/adapters/hooks/tail.ts'

const fed = (chunks: readonly string[], limits: Parameters<typeof tailOf>[0] = {}) => {
  const tail = tailOf(limits)
  const take = tail.sink()
  for (const chunk of chunks) take(Buffer.from(chunk, 'latin1'))
  return tail.lines()
}

describe('the tail of an output', () => {
  it('is all of a short one, whether or not its last line ended', () => {
    expect(fed(['a\nb', 'c\n'])).toEqual(['a', 'bc'])
    expect(fed(['a\nb'])).toEqual(['a', 'b'])
    expect(fed([])).toEqual([])
  })

  it('is mixed by whole lines', () => {
    const tail = tailOf()
    const [out, err] = [tail.sink(), tail.sink()]
    out(Buffer.from('begin'))
    err(Buffer.from('error\n'))
    out(Buffer.from('ning\n'))
    expect(tail.lines()).toEqual(['error', 'beginning'])
  })

  it('has so many lines, and says what is missing', () => {
    expect(fed(['1\n2\n3\n4\n'], { lines: 2 })).toEqual(['(2 lines came before this)', '3', '4'])
  })

  it('has so many bytes, begins with a whole line, and says what is missing', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}\n`)
    expect(fed(lines, { bytes: 30 })).toEqual(['(1 KiB came before this)', 'line 97', 'line 98', 'line 99'])
  })

  it('has lines of a width that somebody reads', () => {
    expect(fed(['x'.repeat(50)], { width: 5 })).toEqual(['xxxx…'])
  })

  it('waits for the end of a line only so long', () => {
    const [said, line] = fed(
      Array.from({ length: 100 }, () => 'x'.repeat(10)),
      { bytes: 64 },
    )
    expect(said).toBe('(1 KiB came before this)')
    expect(line).toBe('x'.repeat(64))
  })
})
