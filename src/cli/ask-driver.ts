import { randomUUID } from 'node:crypto'
import { DeployError, type ExitCode, exitCodes } from '../core/errors.ts'
import { homeOf, leaseOf } from '../core/home.ts'
import { outcomes } from '../core/journal.ts'
import type { LeaseAsk, LeaseRun, Phase } from '../core/lease/lease.ts'
import type { Plan } from '../core/plan.ts'
import { askDriver } from '../engine/leases/ask.ts'
import { isAway } from '../engine/leases/away.ts'
import type { Loaded } from '../config/load.ts'
import type { AskResult } from '../report/documents/runs.ts'
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
  /** Whether what was asked takes the run back and somebody vouches for its plan: then it does not need its home. */
  readonly goesBack: () => Promise<boolean>
}

/** A run that nobody drives: whoever asked may drive it. */
export interface Unheard {
  /** The pulse of a holder that was watched for a whole TTL, and is gone. */
  readonly gone: string | null
}

/** Asks whoever drives the run, and says what became of it; or that nobody does. */
export async function askedDriver(
  { run, plan, ask, options, loaded, goesBack }: Speaking,
  context: CommandContext,
): Promise<ExitCode | Unheard> {
  const { process, signal } = context
  const home = homeOf(plan)
  const target = targetsOf(plan, loaded, context).find(({ name }) => name === home.cluster)
  if (!target) throw new Error(`no cluster ${home.cluster}`)
  const { cluster } = await connectTo(target, context)
  await using _ = cluster
  const say = (text: string): void => void process.streams.stderr.write(`${text}\n`)
  const became = await askDriver({
    cluster,
    ref: leaseOf(home),
    run,
    ask: await seen({ ...ask, id: randomUUID().slice(0, 8) }),
    clock: clockOf(process),
    signal,
    isDead,
    say,
  })
  if (became.became === 'unheard') return { gone: became.gone }
  if (became.became === 'over') throw isOver(run)
  if (became.became === 'unseen') {
    if (!(await goesBack())) throw unseen(run, ask.verb, home.cluster, became)
    say(`going back without asking in ${home.cluster}: a driver that is alive still keeps its locks in other clusters`)
    return { gone: null }
  }
  if (became.refused !== undefined) throw refused(run, ask.verb, became.refused)
  if (formOf(options) === 'text') process.streams.stderr.write(`${textOf(run, became.run)}\n`)
  else process.streams.stdout.write(`${JSON.stringify(documentOf(run, ask, became.run))}\n`)
  return exitCodes.done

  /** Whoever says yes without naming a stage says it to the one that is shown now. */
  async function seen(whole: LeaseAsk): Promise<LeaseAsk> {
    if (whole.verb !== 'promote' || whole.stage !== undefined) return whole
    const { readLease } = await import('../core/lease/read.ts')
    const object = await cluster.get(leaseOf(home), { signal }).catch((error: unknown) => {
      throw isAway(error) ? unseen(run, whole.verb, home.cluster, { error, mayBeHeard: false }) : error
    })
    const release = object && readLease(object).run?.release
    const stage = release ? (release.waits ?? release.stage) : undefined
    return stage === undefined || noStage.has(stage) ? whole : { ...whole, stage }
  }
}

/** What a Lease may tell of a unit that is at no stage any more; the driver knows which other one is meant. */
const noStage: ReadonlySet<string> = new Set(['', ...outcomes])

const states: Readonly<Record<Phase, string>> = {
  open: 'goes on',
  paused: 'is paused',
  frozen: 'is frozen',
  closed: 'is over',
}

/** How the run is, for whoever asked something of it. */
export const textOf = (run: string, { phase, release }: Pick<LeaseRun, 'phase' | 'release'>): string => {
  const isBack = release?.stage === 'the way back'
  if (isBack && phase === 'open')
    return `run ${run} goes back, driven by ${release.by} on ${release.host} (process ${release.pid}); deploy watch ${run} shows it`
  const stage = isBack ? ' on its way back' : ` at ${release?.waits ?? release?.stage}`
  const place = release && phase !== 'closed' ? stage : ''
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

/** Going forward needs the home: its journal is where the next driver reads what was done. */
const unseen = (
  run: string,
  verb: string,
  cluster: string,
  { error, mayBeHeard }: { readonly error: DeployError; readonly mayBeHeard: boolean },
): DeployError =>
  new DeployError({
    code: 'home-unreachable',
    what: `${verb} of run ${run}: its home in ${cluster} can't be reached: ${error.what}`,
    why: mayBeHeard
      ? 'it was asked there before, and whether anybody heard it is not known'
      : 'whoever drives it is asked there, and nothing goes forward that the home does not know of',
    remedy: `try again when ${cluster} answers, or take it back from a machine that has the run or its plan: deploy abort ${run}; by hand: deploy status --manual ${run}`,
    exit: 'refused',
    cause: error,
  })

/** Said by the driver, or found out before anything was taken over. */
export const refused = (run: string, verb: string, why: string): DeployError =>
  new DeployError({
    code: 'ask-refused',
    what: `${verb} of run ${run}: ${why}`,
    remedy: `deploy status ${run} shows where it stands`,
    exit: 'usage',
  })
