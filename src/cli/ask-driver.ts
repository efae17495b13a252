import { randomUUID } from 'node:crypto'
import { DeployError, type ExitCode, exitCodes } from '../core/errors.ts'
import { homeOf, leaseOf } from '../core/home.ts'
import type { LeaseAsk, LeaseRun, Phase } from '../core/lease.ts'
import type { Plan } from '../core/plan.ts'
import { askDriver } from '../engine/leases/ask.ts'
import type { Loaded } from '../config/load.ts'
import type { AskResult } from '../report/documents.ts'
import { clockOf } from './clock.ts'
import type { CommandContext } from './context.ts'
import { isDead } from './leases.ts'
import { type DriveOptions, formOf } from './options.ts'
import { targetsOf } from './plan-sites.ts'
import { connectTo } from './sites.ts'

export interface Speaking {
  readonly run: string
  readonly plan: Plan
  readonly ask: Omit<LeaseAsk, 'id'>
  readonly options: DriveOptions
  readonly loaded: Loaded
}

/** A run that nobody drives: whoever asked may drive it. */
export interface Unheard {
  /** The pulse of a holder that was watched for a whole TTL, and is gone. */
  readonly gone: string | null
}

/** Asks whoever drives the run, and says what became of it; or that nobody does. */
export async function askedDriver(
  { run, plan, ask, options, loaded }: Speaking,
  context: CommandContext,
): Promise<ExitCode | Unheard> {
  const { process, signal } = context
  const home = homeOf(plan)
  const target = targetsOf(plan, loaded, context).find(({ name }) => name === home.cluster)
  if (!target) throw new Error(`no cluster ${home.cluster}`)
  const { cluster } = await connectTo(target, context)
  await using _ = cluster
  const became = await askDriver({
    cluster,
    ref: leaseOf(home),
    run,
    ask: await seen({ ...ask, id: randomUUID().slice(0, 8) }),
    clock: clockOf(process),
    signal,
    isDead,
    say: (text) => void process.streams.stderr.write(`${text}\n`),
  })
  if (became.became === 'unheard') return { gone: became.gone }
  if (became.became === 'over') throw isOver(run)
  if (became.refused !== undefined) throw refused(run, ask.verb, became.refused)
  if (formOf(options) === 'text') process.streams.stderr.write(`${textOf(run, became.run)}\n`)
  else process.streams.stdout.write(`${JSON.stringify(documentOf(run, ask, became.run))}\n`)
  return exitCodes.done

  /** Whoever says yes without naming a stage says it to the one that is shown now. */
  async function seen(whole: LeaseAsk): Promise<LeaseAsk> {
    if (whole.verb !== 'promote' || whole.stage !== undefined) return whole
    const { readLease } = await import('../core/lease.ts')
    const object = await cluster.get(leaseOf(home), { signal })
    const release = object && readLease(object).run?.release
    const stage = release ? (release.waits ?? release.stage) : undefined
    return stage === undefined || stage === '' ? whole : { ...whole, stage }
  }
}

const states: Readonly<Record<Phase, string>> = {
  open: 'goes on',
  paused: 'is paused',
  frozen: 'is frozen',
  closed: 'is over',
}

const textOf = (run: string, { phase, release }: LeaseRun): string => {
  if (release?.stage === 'the way back')
    return `run ${run} goes back, driven by ${release.by} on ${release.host} (process ${release.pid}); deploy watch ${run} shows it`
  const place = release && phase !== 'closed' ? ` at ${release.waits ?? release.stage}` : ''
  const who = release ? `, by ${release.by} on ${release.host} (process ${release.pid})` : ''
  return `run ${run} ${states[phase]}${place}${who}; deploy watch ${run} shows it`
}

const documentOf = (run: string, { verb }: Pick<LeaseAsk, 'verb'>, { phase, release }: LeaseRun): AskResult => ({
  v: 1,
  run,
  verb,
  phase,
  stage: release && (release.waits ?? release.stage),
  driver: release && { by: release.by, host: release.host, pid: release.pid },
})

export const isOver = (run: string): DeployError =>
  new DeployError({
    code: 'run-closed',
    what: `run ${run} is over`,
    remedy: `deploy status ${run} shows its end`,
    exit: 'usage',
  })

/** Said by the driver, or found out before anything was taken over. */
export const refused = (run: string, verb: string, why: string): DeployError =>
  new DeployError({
    code: 'ask-refused',
    what: `${verb} of run ${run}: ${why}`,
    remedy: `deploy status ${run} shows where it stands`,
    exit: 'usage',
  })
