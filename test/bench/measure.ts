import type { Millis } from '../../src/core/time.ts'

/** How long it takes, as whoever waits for it sees it. */
export async function timed(work: () => Promise<unknown>): Promise<Millis> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

export interface Pair {
  readonly ours: Millis
  readonly base: Millis
}

/** One after the other, the first in turns, so that whatever else the machine does meets both alike. */
export async function pairs(
  count: number,
  { ours, base }: { readonly ours: () => Promise<unknown>; readonly base: () => Promise<unknown> },
): Promise<readonly Pair[]> {
  const taken: Pair[] = []
  for (let index = 0; index < count; index += 1) {
    if (index % 2 === 0) taken.push({ base: await timed(base), ours: await timed(ours) })
    else taken.push({ ours: await timed(ours), base: await timed(base) })
  }
  return taken
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle - 0.5)] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

/** A row of the table: what, ours, against what, the ratio and what it should be. */
export type Row = readonly [what: string, ours: string, base: string, ratio: string, target: string]

export function rowOf(what: string, base: string, taken: readonly Pair[], target: string): Row {
  const ratios = taken.map((pair) => pair.ours / pair.base)
  const span = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`
  return [
    what,
    inSeconds(median(taken.map(({ ours }) => ours))),
    `${inSeconds(median(taken.map((pair) => pair.base)))} ${base}`,
    `${median(ratios).toFixed(2)}x (${span})`,
    target,
  ]
}

const inSeconds = (ms: Millis): string => `${(ms / 1000).toFixed(2)} s`

export function table(rows: readonly Row[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
