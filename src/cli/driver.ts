import type { OpenRun } from '../adapters/journal/open.ts'
import type { Plan } from '../core/plan.ts'
import { type Asks, asksQueue } from '../engine/asks.ts'
import type { Site } from '../engine/planning.ts'
import type { CommandContext } from './context.ts'
import { newRun } from './run-id.ts'

/** What a process must hold to drive a run: until it is disposed of, nobody else drives it. */
export interface Driver extends AsyncDisposable {
  readonly opened: OpenRun
  /** What people ask of the run, from here and from elsewhere. */
  readonly asks: Asks
}

interface Beginning {
  readonly plan: Plan
  readonly planHash: string
  readonly sites: readonly Site[]
  /** Of deploy.yaml: runs are kept beside it. */
  readonly folder: string
}

/** A new run of this plan. */
export async function beginRun(
  { plan, folder }: Beginning,
  { process }: Pick<CommandContext, 'process'>,
): Promise<Driver> {
  const { createRun } = await import('../adapters/journal/open.ts')
  const opened = await createRun({ root: folder, run: newRun(process.random), plan })
  return driverOf(opened)
}

/** A run that was begun by another driver. */
export async function attachRun(run: string, { folder }: Beginning): Promise<Driver> {
  const { openRun } = await import('../adapters/journal/open.ts')
  return driverOf(await openRun({ root: folder, run }))
}

const driverOf = (opened: OpenRun): Driver => ({
  opened,
  asks: asksQueue(),
  [Symbol.asyncDispose]: () => opened.journal[Symbol.asyncDispose](),
})
