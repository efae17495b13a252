import type { Plan } from '../core/plan.ts'
import { evidenceEvents } from './evidence-event.ts'
import { type DeployEvent, eventOf } from './events.ts'
import type { Screen, Sink } from './screen.ts'

/** NDJSON: a line for each journal entry, as soon as it is durable, and for evidence that has changed. */
export function eventScreen({ plan, run, sink }: { plan: Plan; run: string; sink: Sink }): Screen {
  const news = evidenceEvents()
  let seq = 0
  const write = (event: DeployEvent): void => void sink.write(`${JSON.stringify(event)}\n`)
  return {
    fact(entry) {
      seq = entry.seq
      write(eventOf(entry, { plan, run }))
    },
    show({ comparisons = new Map(), now }) {
      for (const [unit, compared] of comparisons) {
        const event = news({ run, unit, compared, now, seq })
        if (event) write(event)
      }
    },
    say() {},
    end() {},
    close: () => Promise.resolve(),
  }
}
