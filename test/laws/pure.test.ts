import { describe, expect, it } from 'vitest'
import { linesWith, sourcesIn, withoutComments } from './sources.ts'

const pure = sourcesIn('src/core', 'src/judge', 'src/routers', 'strategies')
  .filter(({ path }) => path.endsWith('.ts'))
  .map(withoutComments)

describe('the pure part', () => {
  it('is there', () => {
    expect(pure.length).toBeGreaterThan(50)
  })

  it.each([
    { what: 'the clock', pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\b/ },
    { what: 'chance', pattern: /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b/ },
    { what: 'the process', pattern: /(?<!-)\bprocess\.|\bglobalThis\b|\bconsole\./ },
    { what: "Node's own modules", pattern: /['"]node:|\brequire\(/ },
    { what: 'timers', pattern: /\bset(?:Timeout|Interval|Immediate)\(|\bqueueMicrotask\(/ },
    { what: 'the network', pattern: /\bfetch\(|\bWebSocket\b/ },
  ])('does not touch $what', ({ pattern }) => {
    expect(linesWith(pure, pattern)).toEqual([])
  })
})
