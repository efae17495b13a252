/**
 * How often and how soon versions go back, by the judge and by other tools' rules: node test/bench/judge/run.ts
 * [--runs 1000] [--same 20000] [--seed 1]. The same table for the same seed. Exits with 1 where a row misses its target.
 */
import { parseArgs } from 'node:util'
import { hour, second } from '../../../src/core/time.ts'
import { policies } from '../../../src/judge/policies/policies.ts'
import { cost } from './cost.ts'
import { fleet } from './fleet.ts'
import { half, lognormal, poll, type Release } from './release.ts'
import { type Found, foundIn, ours, shown, theirs } from './table.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    same: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
})
const [runs, same, seed] = [Number(values.runs), Number(values.same), Number(values.seed)]
const others = ['flagger', 'argo', 'kayenta'] as const satisfies readonly (keyof typeof policies)[]
const print = (...cells: readonly string[]): void => void process.stdout.write(`${cells.join(' | ')}\n`)
const missed: string[] = []
const target = (what: string, holds: boolean): void => void (holds || missed.push(what))

interface Row {
  readonly what: string
  readonly release: Release
  readonly holds: (found: Found) => boolean
}

const good = { rps: 100, weight: 0.05, stable: 0.001, fresh: 0.001 }
const within = (seconds: number, most: number) => (found: Found) =>
  found.back === found.runs && found.median !== null && found.median <= seconds * most * second
const rows: readonly Row[] = [
  {
    what: '100 % errors at 5 % of 1000 rps',
    release: { ...good, rps: 1000, fresh: 1 },
    holds: ({ back, runs: all, median }) => back === all && (median ?? half) <= 2 * poll + 5 * second,
  },
  { what: '0.1 -> 1.1 % at 5 % of 100 rps', release: { ...good, fresh: 0.011 }, holds: within(120, 1.1) },
  {
    what: '0.1 -> 0.5 % at 5 % of 100 rps',
    release: { ...good, fresh: 0.005 },
    holds: ({ back, runs: all }) => back >= 0.99 * all,
  },
  {
    what: 'p95 x1.3 at 5 % of 100 rps',
    release: { ...good, latency: lognormal(1.3) },
    holds: within(70, 1.1),
  },
]

print('', 'ours', ...others)
const bases = [0.001, 0.005, 0.02] as const
for (const rate of bases) {
  const release = { ...good, stable: rate, fresh: rate }
  const found = foundIn(Math.ceil(same / bases.length), seed, ours(release))
  target(`identical versions at ${rate}`, found.back <= 0.01 * found.runs)
  const beside = others.map((name) => shown(foundIn(Math.min(runs, 300), seed, theirs(name, release, untilOf(name)))))
  print(`identical, ${100 * rate} % fail`, shown(found), ...beside)
}
for (const { what, release, holds } of rows) {
  const found = foundIn(runs, seed, ours(release))
  target(what, holds(found))
  const beside = others.map((name) =>
    release.latency ? 'errors only' : shown(foundIn(Math.min(runs, 100), seed, theirs(name, release, untilOf(name)))),
  )
  print(what, shown(found), ...beside)
}
const { milliseconds, ratio } = cost()
print(
  '5 metrics of 100 pods, a poll',
  `${milliseconds.toFixed(2)} ms`,
  `${ratio.toFixed(2)} of parsing the same scrape`,
)
target('cost of a poll', milliseconds <= 2)
const part = fleet()
print('100 units of 10 pods, polled each 5 s', `${(100 * part).toFixed(1)} %`, 'of a core')
target('cost of 100 units', part <= 0.1)
if (missed.length > 0) {
  print('missed', ...missed)
  process.exitCode = 1
}

function untilOf(name: keyof typeof policies): number {
  return name === 'kayenta' ? hour : half
}
