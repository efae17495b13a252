import { DeployError, type ExitCode, exitCodes, messageOf } from '../../core/errors.ts'
import { type Plan, unitsOf } from '../../core/plan.ts'
import { planHash } from '../../core/plan-hash.ts'
import type { Site } from '../../engine/planning.ts'
import { siteOf, viewsOf } from '../../engine/site.ts'
import { faults } from '../../rehearse/faults.ts'
import { type Load, loadFrom } from '../../rehearse/load.ts'
import { measuredLoads } from '../../rehearse/measured.ts'
import { sitesOf } from '../../rehearse/places.ts'
import { isSafe, type Rehearsal } from '../../rehearse/rehearsal.ts'
import { rehearse } from '../../rehearse/rehearse.ts'
import type { Seen } from '../../rehearse/seen.ts'
import { paintFor } from '../../report/paint.ts'
import { begin } from '../begun.ts'
import { known } from '../choice.ts'
import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'
import { formOf, type ReleaseOptions } from '../options.ts'
import { loadPlan, savePlan } from '../plan-file.ts'
import { loadFor, sitesOfPlan } from '../plan-sites.ts'
import { planFor } from '../planned.ts'
import { type Process, wishFor } from '../process.ts'
import { requestOf } from '../request.ts'
import { openSources } from '../sources.ts'
import { refuseStale } from '../stale.ts'

export interface RehearseOptions extends ReleaseOptions {
  readonly fault: readonly string[]
  readonly stage: readonly string[]
  readonly html?: string
  /** Requests a second, and how long 95 % of them take at the most. */
  readonly rate?: number
  readonly latency?: number
  readonly seed: number
}

/** `deploy rehearse`: the plan, run on a simulated copy of what is there now. Reads, and changes nothing. */
export async function rehearsal(
  words: readonly string[],
  options: RehearseOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process } = context
  known(
    '--fault',
    options.fault,
    faults.map(({ name }) => name),
  )
  await using stack = new AsyncDisposableStack()
  const { plan, sites } = await planned(words, options, context, stack)
  if (unitsOf(plan).length === 0) {
    process.streams.stderr.write(`Nothing to rehearse: ${plan.release.version} is live already\n`)
    return exitCodes.done
  }
  const stages = sitesOf(plan).map(({ id }) => id)
  known('--stage', options.stage, stages)
  refuseNothing(plan, options)
  const hash = planHash(plan)
  if (options.out !== undefined) await savePlan(options.out, plan, hash)
  const seen = await seenIn(plan, sites, options, context)
  const done = await rehearse({
    plan,
    hash,
    seen,
    seed: options.seed,
    ...(options.fault.length > 0 && { faults: options.fault }),
    ...(options.stage.length > 0 && { stages: options.stage }),
    onRun: progressOn(process),
  })
  await show(done, options, process)
  if (options.html !== undefined) await writePage(options.html, done)
  return isSafe(done) ? exitCodes.done : exitCodes.refused
}

/** A plan that was saved, or a fresh one; with what is there now. */
async function planned(
  [first = 'plan.json', version]: readonly string[],
  options: RehearseOptions,
  context: CommandContext,
  stack: AsyncDisposableStack,
): Promise<{ readonly plan: Plan; readonly sites: readonly Site[] }> {
  const { process, strategies } = context
  if (version !== undefined) {
    const asked = requestOf({ strategies, process, strategy: first, version, options })
    const begun = begin(asked, context)
    stack.defer(() => begun[Symbol.dispose]())
    const opened = stack.use(await begun.opening)
    return planFor(asked, opened.sites, await begun.pinning, { ...options, dryRun: true }, context)
  }
  if (!first.endsWith('.json')) {
    throw new DeployError({
      code: 'usage',
      what: "missing required argument 'version'",
      remedy: `deploy rehearse ${first} v1.2.3, or a saved plan: deploy rehearse plan.json`,
    })
  }
  const { plan } = await loadPlan(first)
  const opened = stack.use(await sitesOfPlan(plan, loadFor(context, options.config), context))
  refuseStale(plan, opened.sites)
  return { plan, sites: opened.sites }
}

/** A fault and a stage may both be there and not go together. */
function refuseNothing(plan: Plan, { fault: names, stage: stages }: RehearseOptions): void {
  if (names.length === 0) return
  const wanted = faults.filter(({ name }) => names.includes(name))
  const fitting = sitesOf(plan).filter((site) => wanted.some(({ fits }) => fits(site)))
  if (fitting.some(({ id }) => stages.length === 0 || stages.includes(id))) return
  throw new DeployError({
    code: 'usage',
    what: `${names.join(', ')} makes no sense at ${stages.length > 0 ? stages.join(', ') : 'any stage of this plan'}`,
    why:
      fitting.length > 0 ? `it fits at ${fitting.map(({ id }) => id).join(', ')}` : 'nothing of the plan could meet it',
    remedy: 'leave --fault or --stage out',
  })
}

async function seenIn(
  plan: Plan,
  sites: readonly Site[],
  { rate, latency }: RehearseOptions,
  { process, signal }: CommandContext,
): Promise<Seen> {
  await using sources = await openSources(plan, sites, process)
  const clock = clockOf(process)
  const measured = await measuredLoads({ plan, views: viewsOf(plan, sites), sources: sources.byUnit, clock, signal })
  const said: Partial<Load> = { ...(rate !== undefined && { rate }), ...(latency !== undefined && { p95: latency }) }
  return new Map(
    unitsOf(plan).map(({ id, cluster }) => {
      const { nodes, reins } = siteOf(sites, cluster)
      return [id, { view: reins.watched.view(), nodes, load: loadFrom(measured.get(id) ?? {}, said) }]
    }),
  )
}

/** On a terminal a line that counts; else what is begun. */
function progressOn({ streams: { stderr } }: Process): (index: number, of: number) => void {
  if (!stderr.isTTY) return (index, of) => void (index === 0 && stderr.write(`rehearsing ${of} runs\n`))
  return (index, of) => void stderr.write(index + 1 < of ? `\rrehearsing ${index + 1} of ${of}` : '\r\u001B[K')
}

async function writePage(path: string, done: Rehearsal): Promise<void> {
  const [{ writeFile }, { rehearsalPage }] = await Promise.all([
    import('node:fs/promises'),
    import('../../report/rehearsal/page.ts'),
  ])
  await writeFile(path, rehearsalPage(done)).catch((cause: unknown) => {
    throw new DeployError({
      code: 'rehearsal-unwritable',
      what: `the rehearsal can't be saved to ${path}`,
      why: messageOf(cause),
      remedy: 'name a file in a folder that you may write to: --html rehearsal.html',
      cause,
    })
  })
}

async function show(done: Rehearsal, options: RehearseOptions, process: Process): Promise<void> {
  const { stdout } = process.streams
  const form = formOf(options)
  if (form !== 'text') {
    const { rehearsalDocument } = await import('../../report/rehearsal/document.ts')
    stdout.write(`${JSON.stringify(rehearsalDocument(done), null, form === 'json' ? 2 : 0)}\n`)
    return
  }
  const { rehearsalText } = await import('../../report/rehearsal/text.ts')
  stdout.write(
    rehearsalText(done, {
      columns: stdout.columns ?? 100,
      paint: paintFor(wishFor(stdout, options.color, process)),
    }),
  )
}
