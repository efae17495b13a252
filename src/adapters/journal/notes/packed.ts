import { brotlied } from '../home/pack.ts'

/** In `binaryData`. */
export const packedKey = 'judge.json.br'

/** Read in one piece by whoever goes on, and written every half a minute. */
const mostBytes = 256 * 1024

export interface PackedJudges {
  readonly packed: Buffer
  /** Two that are alike say the same. */
  readonly key: string
  /** Units for which there was no room. */
  readonly without: readonly string[]
}

/** What the judge knows of all units, as small as it has to be: the units of which there is most to say are left out. */
export function packedJudges(judges: ReadonlyMap<string, string>, most = mostBytes): PackedJudges {
  const smallest = [...judges].sort(([, a], [, b]) => a.length - b.length)
  for (let count = smallest.length; ; count = Math.min(count - 1, Math.floor(count * 0.9))) {
    const units = Object.fromEntries(smallest.slice(0, Math.max(0, count)).sort(([a], [b]) => (a < b ? -1 : 1)))
    const key = JSON.stringify({ v: 1, units })
    const packed = brotlied(key)
    if (packed.length <= most || count <= 0)
      return { packed, key, without: smallest.slice(Math.max(0, count)).map(([unit]) => unit) }
  }
}
