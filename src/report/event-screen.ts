import type { Plan } from '../core/plan.ts'
import { eventOf } from './events.ts'
import type { Screen, Sink } from './screen.ts'

/** NDJSON: a line for each journal entry, as soon as it is durable. */
export const eventScreen = ({ plan, run, sink }: { plan: Plan; run: string; sink: Sink }): Screen => ({
  fact: (entry) => sink.write(`${JSON.stringify(eventOf(entry, { plan, run }))}\n`),
  show() {},
  say() {},
  end() {},
  close: () => Promise.resolve(),
})
