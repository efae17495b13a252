import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import * as z from 'zod'
import { isAlive, type ProcessIdentity, thisProcess } from '../adapters/journal/process-identity.ts'
import type { Plan } from '../core/plan.ts'
import type { DeployError } from '../core/errors.ts'
import type { Asks } from '../engine/asks.ts'
import type { Held } from '../engine/leases/hold.ts'
import { takeLeases } from '../engine/leases/take.ts'
import type { Site } from '../engine/planning.ts'
import { siteOf } from '../engine/site.ts'
import { clockOf } from './clock.ts'
import type { CommandContext } from './context.ts'
import type { Process } from './process.ts'
import { userName } from './user.ts'

export interface LeasesOf {
  readonly plan: Plan
  readonly planHash: string
  readonly sites: readonly Site[]
  readonly run: string
  /** Of the last driver, as far as it is known here. */
  readonly epoch: number
  readonly asks: Asks
  /** The pulse of a holder that was watched already, and is gone. */
  readonly gone?: string | null
  /** Of a run that only goes back: clusters that are away, and why. */
  readonly away?: ReadonlyMap<string, DeployError>
  /** Of a run that is over: only those whose Leases do not say so. */
  readonly units?: ReadonlySet<string>
}

/** The Leases of all units, for this process. */
export async function leasesFor(
  { plan, planHash, sites, run, epoch, asks, gone = null, away, units }: LeasesOf,
  { process, signal }: Pick<CommandContext, 'process' | 'signal'>,
): Promise<Held> {
  const host = hostname()
  return await takeLeases({
    plan,
    planHash,
    run,
    epoch,
    asks,
    signal,
    isDead,
    gone,
    ...(away && { away }),
    ...(units && { units }),
    clusterOf: ({ cluster }) => siteOf(sites, cluster).reins.cluster,
    clock: clockOf(process),
    say: (text) => void process.streams.stderr.write(`${text}\n`),
    holder: {
      identity: `${host}_${randomUUID()}`,
      by: userName(process),
      host,
      pid: process.pid,
      process: await thisProcess(),
    },
  })
}

const nullable = z.string().nullable()
const Identity = z.object({
  pid: z.int().positive(),
  start: nullable,
  host: z.string(),
  boot: nullable,
  namespace: nullable,
}) satisfies z.ZodType<ProcessIdentity>

/**
 * Only of a process of this very machine since it was started, by what its Lease tells of it: another machine may have the
 * same name, and another boot may be that machine's. What can't be told is looked at for a while.
 */
export async function isDead(process: unknown): Promise<boolean> {
  const identity = Identity.safeParse(process)
  if (!identity.success || identity.data.boot === null) return false
  const { boot } = await thisProcess()
  return identity.data.boot === boot && (await isAlive(identity.data)) === false
}

export const byWhom = (process: Process): { readonly by: string; readonly host: string } => ({
  by: userName(process),
  host: hostname(),
})
