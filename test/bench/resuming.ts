import { readHome } from '../../src/adapters/journal/home/read.ts'
import { fold, stateOf } from '../../src/core/state.ts'
import { namespace, run, signal } from '../adapters/journal/home/bench.ts'
import { keptLarge } from '../adapters/journal/home/large.ts'
import type { Row } from './measure.ts'

/** What it costs to know where a run of 100 units and an hour stands, from what its home keeps: the second time of two. */
export async function resuming(): Promise<readonly Row[]> {
  const { sim, cluster, plan, entries } = await keptLarge()
  const lines = entries.map((entry) => JSON.stringify(entry))
  const read = async (): Promise<number> => {
    const began = performance.now()
    const copy = await sim.runUntil(readHome({ cluster, namespace, run }, { signal }))
    fold(stateOf(plan), copy?.entries ?? [])
    return performance.now() - began
  }
  const parse = (): number => {
    const began = performance.now()
    for (const line of lines) JSON.parse(line)
    return performance.now() - began
  }
  await read()
  parse()
  const [took, parsing] = [await read(), parse()]
  return [
    [
      `reading a run of ${entries.length} entries`,
      `${Math.round(took)} ms`,
      `${Math.round(parsing)} ms to parse them`,
      `${(took / parsing).toFixed(1)}x`,
      '≤ 2 s',
    ],
  ]
}
