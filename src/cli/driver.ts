import type { OpenRun } from '../adapters/journal/open.ts'
import type { Entry } from '../core/journal.ts'
import type { Plan } from '../core/plan.ts'
import { type Asks, asksQueue } from '../engine/asks.ts'
import type { Held } from '../engine/leases/hold.ts'
import type { Site } from '../engine/planning.ts'
import type { CommandContext } from './context.ts'
import { newRun } from './run-id.ts'

/** What a process must hold to drive a run: until it is disposed of, nobody else drives it. */
export interface Driver extends AsyncDisposable {
  readonly opened: OpenRun
  /** What people ask of the run, from here and from elsewhere. */
  readonly asks: Asks
  /** Its Leases follow the run. */
  noted(entry: Entry): void
  /** Whether something forward may be begun in a unit. */
  readonly mayBegin: (unit: string) => boolean
}

interface Beginning {
  readonly plan: Plan
  readonly planHash: string
  readonly sites: readonly Site[]
  /** Of deploy.yaml: runs are kept beside it. */
  readonly folder: string
}

type Context = Pick<CommandContext, 'process' | 'signal'>

/** A new run of this plan. Nothing of it is kept when its Leases can't be had. */
export async function beginRun(beginning: Beginning, context: Context): Promise<Driver> {
  const { plan, folder } = beginning
  const [{ createRun }, { leasesFor }] = await Promise.all([
    import('../adapters/journal/open.ts'),
    import('./leases.ts'),
  ])
  const run = newRun(context.process.random)
  const asks = asksQueue()
  const held = await leasesFor({ ...beginning, run, epoch: 0, asks }, context)
  return driverOf(held, asks, () => createRun({ root: folder, run, plan }))
}

/** A run that was begun by another driver, of which `epoch` is known. */
export async function attachRun(
  run: string,
  beginning: Beginning & { readonly epoch: number },
  context: Context,
): Promise<Driver> {
  const [{ openRun }, { leasesFor }] = await Promise.all([import('../adapters/journal/open.ts'), import('./leases.ts')])
  const asks = asksQueue()
  const held = await leasesFor({ ...beginning, run, asks }, context)
  return driverOf(held, asks, () => openRun({ root: beginning.folder, run, epoch: held.epoch }))
}

/** The journal comes after the Leases: who has those writes it. */
async function driverOf(held: Held, asks: Asks, open: () => Promise<OpenRun>): Promise<Driver> {
  await using stack = new AsyncDisposableStack()
  stack.use(held)
  const opened = await open()
  stack.use(opened.journal)
  await held.opened(opened.journal.entries)
  const kept = stack.move()
  return {
    opened,
    asks,
    noted: (entry) => held.noted(entry),
    mayBegin: held.mayBegin,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
