import { type ExitCode, exitCodes } from '../../core/errors.ts'
import type { askVerbs } from '../../core/lease/lease.ts'
import { type Plan, unitsOf } from '../../core/plan.ts'
import { fold, type RunState, stateOf, unitState } from '../../core/state.ts'
import { objection } from '../../engine/answer.ts'
import { askedDriver, isOver, refused } from '../ask-driver.ts'
import { builtInUndo, sayLeftOut } from '../built-in-undo.ts'
import type { CommandContext } from '../context.ts'
import { attachRun } from '../driver.ts'
import type { Left } from '../detach/while-away.ts'
import { driveRun } from '../drive-run.ts'
import { letGo } from '../left-locks.ts'
import type { CommonOptions } from '../options.ts'
import { loadFor, sitesOfPlan } from '../plan-sites.ts'
import type { Whither } from '../elsewhere.ts'
import { isProved, type ProofOptions, unproved } from '../proof.ts'
import { findRun } from '../runs.ts'
import { userName } from '../user.ts'

export interface ResumeOptions extends CommonOptions, Whither, ProofOptions {
  readonly reason?: string
  readonly stage?: string
  readonly full?: boolean
  readonly past?: string
  /** Nobody's word: only drive it on, and leave what it waits for to people. */
  readonly keepPaused?: boolean
}

export type Verb = (typeof askVerbs)[number]

/**
 * `pause`, `resume`, `promote`, `abort` and `retry`. Whoever drives the run is asked, over its home Lease; a run that
 * nobody drives is taken over and driven by this process.
 */
export async function command(
  verb: Verb,
  named: string | undefined,
  options: ResumeOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const attempt = () => goneOn(verb, named, options, context)
  if (options.keepPaused) return await (await import('../detach/while-away.ts')).whileAway(attempt, context)
  const ended = await attempt()
  return typeof ended === 'number' ? ended : ended.exit
}

async function goneOn(
  verb: Verb,
  named: string | undefined,
  options: ResumeOptions,
  context: CommandContext,
): Promise<ExitCode | Left> {
  const { process } = context
  const loaded = loadFor(context, options.config)
  const found = await findRun(named, 'open', options, context)
  const { run, plan, planHash, entries, keptIn } = found
  const last = entries.at(-1)
  if (last?.type === 'closed') {
    await letGo({ found, loaded, options }, context)
    if (options.keepPaused) return last.exit as ExitCode
    throw isOver(run)
  }
  const { reason, stage, full, past } = options
  const ask = {
    verb,
    by: userName(process),
    ...(reason !== undefined && { reason }),
    ...(stage !== undefined && { stage }),
    ...(full !== undefined && { full }),
    ...(past !== undefined && { past }),
  }
  const state = fold(stateOf(plan), entries)
  const isReturn = verb === 'abort' || (verb === 'resume' && isOnItsWayBack(plan, state))
  const goesBack = async (): Promise<boolean> => isReturn && (await isProved(found, options))
  const heard = options.keepPaused
    ? { gone: null }
    : await askedDriver({ run, plan, ask, options, loaded, goesBack }, context)
  if (typeof heard === 'number') return heard
  const why = objection(plan, state, ask)
  if (why !== null) throw refused(run, verb, why)
  const proved = await isProved(found, options)
  if (!proved && verb !== 'abort') throw unproved(found, verb)
  await using sites = await sitesOfPlan(plan, loaded, context, { isBack: isReturn && proved })
  const trust = { found, loaded, sites: sites.sites, whither: options }
  if (!proved) await builtInUndo(trust, context)
  const { away } = sites
  const wanted = { plan, planHash, sites: sites.sites, folder: loaded.folder, ...(away && { away }) }
  await using driver = await attachRun(
    run,
    { ...wanted, epoch: entries.at(-1)?.epoch ?? 0, gone: heard.gone, isHere: keptIn === null, isProved: proved },
    context,
  )
  // Once more: until the Leases were held, another driver could go on.
  const held = { ...found, entries: driver.opened.journal.entries }
  const allowed = proved ? null : await builtInUndo({ ...trust, found: held }, context)
  if (allowed) sayLeftOut(found, allowed, context)
  if (!options.keepPaused) driver.asks.ask(ask)
  const exit = await driveRun({ ...wanted, plan: allowed?.plan ?? plan, driver, options }, context)
  const [left] = driver.away.values()
  return left && exit === exitCodes.humanNeeded ? { exit, away: left } : exit
}

/** Nothing of it goes forward any more. */
function isOnItsWayBack(plan: Plan, state: RunState): boolean {
  const living = unitsOf(plan)
    .map(({ id }) => unitState(state, id))
    .filter(({ ended }) => !ended)
  return living.length > 0 && living.every(({ way }) => way === 'back')
}
