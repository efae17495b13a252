import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { strategicallyPatched } from '../../../src/sim/http/strategic-patch.ts'

const rows: readonly { what: string; live: JsonObject; patch: JsonObject; result: JsonObject }[] = [
  {
    what: 'merges maps, and takes away what is null',
    live: { labels: { a: '1', b: '2' } },
    patch: { labels: { b: null, c: '3' } },
    result: { labels: { a: '1', c: '3' } },
  },
  {
    what: 'merges a list by the key of its elements',
    live: { containers: [{ name: 'a', image: '1' }, { name: 'b' }] },
    patch: { containers: [{ name: 'a', image: '2' }, { name: 'c' }] },
    result: { containers: [{ name: 'a', image: '2' }, { name: 'b' }, { name: 'c' }] },
  },
  {
    what: 'puts a list into the order that is asked for',
    live: { containers: [{ name: 'a' }, { name: 'b' }] },
    patch: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'b', image: '2' }] },
    result: { containers: [{ name: 'b', image: '2' }, { name: 'a' }] },
  },
  {
    what: 'takes an element away',
    live: { env: [{ name: 'A' }, { name: 'B' }] },
    patch: { env: [{ name: 'A', $patch: 'delete' }] },
    result: { env: [{ name: 'B' }] },
  },
  {
    what: 'exchanges a list that is told to be replaced',
    live: { env: [{ name: 'A' }] },
    patch: { env: [{ $patch: 'replace' }, { name: 'B' }] },
    result: { env: [{ name: 'B' }] },
  },
  {
    what: 'exchanges lists without a key',
    live: { args: ['a', 'b'] },
    patch: { args: ['c'] },
    result: { args: ['c'] },
  },
  {
    what: 'tells ports of a container from those of a Service',
    live: { ports: [{ containerPort: 80, name: 'http' }] },
    patch: { ports: [{ containerPort: 80, protocol: 'TCP' }] },
    result: { ports: [{ containerPort: 80, name: 'http', protocol: 'TCP' }] },
  },
  {
    what: 'keeps only what it is told to retain',
    live: { strategy: { type: 'RollingUpdate', rollingUpdate: {} } },
    patch: { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
    result: { strategy: { type: 'Recreate' } },
  },
  {
    what: 'takes plain values out of a list, and puts them in',
    live: { finalizers: ['a', 'b'] },
    patch: { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] },
    result: { finalizers: ['b', 'c'] },
  },
]

describe('a strategic merge patch', () => {
  it.each(rows)('$what', ({ live, patch, result }) => {
    expect(strategicallyPatched(live, patch)).toEqual(result)
  })
})
