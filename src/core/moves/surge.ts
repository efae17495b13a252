import type { Json } from '../json.ts'
import type { Expectation, Step } from '../plan.ts'
import { asserted, both, type MoveContext, stepOf, written } from './context.ts'
import { brake, paths, strategyOf } from './locks.ts'

interface Sets {
  readonly surge: number
  readonly unavailable: number
}

/**
 * Lets the controller make the sets that (surge, unavailable) ask for, then pauses it again. The brake makes it stop
 * there by itself, so a death in between moves nothing; the pause keeps everybody else from moving it.
 */
export function resize(
  { draft, workload }: MoveContext,
  { surge, unavailable }: Sets,
  {
    does,
    first = {},
    guard,
    settled,
  }: { does: string; first?: Readonly<Record<string, Json>>; guard?: Expectation; settled: Expectation },
): Step[] {
  const fields = { ...first, [paths.strategy]: strategyOf(surge, unavailable), [paths.paused]: null }
  return [
    stepOf({
      id: `sets-${surge}-${unavailable}`,
      does,
      action: asserted(draft.change(workload, fields), { kind: 'sets', surge, unavailable }, guard),
    }),
    stepOf({
      id: `hold-${surge}-${unavailable}`,
      does: `hold deployment ${workload.name} there`,
      action: asserted(draft.change(workload, { [paths.paused]: true }), both(written, settled)),
    }),
  ]
}

/** The new template and the brake: part of the first patch that lets the controller run. */
export const release = ({ templates }: MoveContext): Readonly<Record<string, Json>> => ({
  [paths.template]: templates.new,
  ...brake,
})

export const newReady: Expectation = { kind: 'ready', track: 'new' }
