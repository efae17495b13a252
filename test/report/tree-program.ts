import { readFileSync } from 'node:fs'
import { listen } from '../../src/cli/listen.ts'
import type { Entry } from '../../src/core/journal.ts'
import type { Plan } from '../../src/core/plan.ts'
import { fold, stateOf } from '../../src/core/state.ts'
import { lastBlock } from '../../src/report/last-block.ts'
import { paintOf } from '../../src/report/open-screen.ts'
import type { Screen } from '../../src/report/screen.ts'
import { treeScreen } from '../../src/report/tree.ts'

/**
 * Plays a journal on the live tree, so that a test (or a person, in tmux) can look at it:
 * node test/report/tree-program.ts <tape.json> [seconds of the run in one second]
 */
interface Tape {
  readonly plan: Plan
  readonly entries: readonly Entry[]
  readonly exit: number
  /** Wait until somebody leaves (Ctrl-C, twice) when all was shown. */
  readonly hold: boolean
}

const [file = '', speed = '60'] = process.argv.slice(2)
const { plan, entries, exit, hold } = JSON.parse(readFileSync(file, 'utf8')) as Tape
const paint = paintOf(process.stderr, { env: process.env })
const screen = treeScreen({ plan, stream: process.stderr, paint })

const left = Promise.withResolvers<void>()
// Ears as a run has them; what is typed does nothing here, but for leaving.
const ears = listen({
  asks: { ask: () => left.resolve() },
  screen,
  process: { streams: process, env: process.env, onSignal },
  by: 'anna',
  isPaused: () => false,
})

await play(screen)
if (hold) {
  process.stderr.write('a stray line\n')
  await left.promise
}
screen.end(lastBlock({ plan, entries, exit, paint, columns: process.stderr.columns }))
await screen.close()
ears[Symbol.dispose]()
process.exitCode = exit

async function play(on: Screen): Promise<void> {
  const [first] = entries
  const last = entries.at(-1)
  const end = (last?.at ?? 0) + (hold ? 161_000 : 0)
  let told = 0
  for (let now = first?.at ?? 0; ; now += Number(speed) * 50) {
    for (; (entries[told]?.at ?? Infinity) <= now; told += 1) on.fact(entries[told] as Entry)
    const state = fold(stateOf(plan), entries.slice(0, told))
    const units = plan.waves.flatMap((wave) => wave.units.map(({ id }) => id))
    on.show({
      plan,
      state,
      now: Math.min(now, end),
      waiting: new Map(units.map((id) => [id, 'soak 5 min'])),
      counts: new Map(units.map((id) => [id, { readyNew: 3, wantNew: 3, readyStable: 10 }])),
    })
    if (now >= end) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function onSignal(listener: (signal: 'SIGINT') => void): Disposable {
  const interrupted = (): void => listener('SIGINT')
  process.on('SIGINT', interrupted)
  return { [Symbol.dispose]: () => void process.off('SIGINT', interrupted) }
}
