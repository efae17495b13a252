import { hostname } from 'node:os'
import { join } from 'node:path'
import type { OpenRun } from '../adapters/journal/open.ts'
import { standstill } from '../adapters/journal/standstill.ts'
import type { Compared } from '../core/comparing.ts'
import { type DeployError, type ExitCode, exitCodes } from '../core/errors.ts'
import type { Entry } from '../core/journal.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import { drive, type Reins, type Snapshot } from '../engine/drive.ts'
import type { Site } from '../engine/planning.ts'
import { siteOf } from '../engine/site.ts'
import { errorText } from '../report/error-text.ts'
import { factText } from '../report/facts.ts'
import { lastBlock } from '../report/last-block.ts'
import { openLog } from '../report/log.ts'
import { countsOf } from '../report/counts.ts'
import type { Progress } from '../report/screen.ts'
import type { History } from '../judge/history.ts'
import { second, span } from '../core/time.ts'
import { asideOf } from './aside.ts'
import { formOf, type DriveOptions } from './options.ts'
import { clockOf } from './clock.ts'
import { hooksAside } from './hook-output.ts'
import { canAsk } from './keyboard.ts'
import { keysOfPause, listen } from './listen.ts'
import { useLittleMemory } from './memory.ts'
import type { CommandContext } from './context.ts'
import type { Driver } from './driver.ts'
import type { Process } from './process.ts'
import { notebookFor } from './notebook.ts'
import { podEvidence } from './pod-evidence.ts'
import { sampling } from './sampling.ts'
import { screenFor } from './screen.ts'
import { openSources, type Sources } from './sources.ts'
import { untilLetGo } from './until-let-go.ts'
import { userName } from './user.ts'

export interface DriveRun {
  readonly driver: Driver
  readonly plan: Plan
  readonly planHash: string
  readonly sites: readonly Site[]
  /** Of deploy.yaml: hooks run there. */
  readonly folder: string
  readonly options: DriveOptions
  readonly reason?: string
}

const tick = second / 4

/** Drives a run with a screen, ears for the person at the keyboard, and the last block at the end. */
export async function driveRun(
  { driver, plan, planHash, sites, folder, options, reason }: DriveRun,
  { process, requests }: Pick<CommandContext, 'process' | 'requests'>,
): Promise<ExitCode> {
  useLittleMemory()
  const { opened, asks } = driver
  const { journal } = opened
  const { run } = opened.folder
  const aside = asideOf(opened.evidence)
  const clock = clockOf(process)
  const log = openLog(join(opened.folder.path, 'log.ndjson'), run)
  using _requests = requests.listen((request) => log.info(request, 'request'))
  /** As they are shown here. */
  const entries: Entry[] = [...journal.entries]
  const screen = await screenFor({ plan, run }, options, process)
  using late = new DisposableStack()
  const { hooks } = await import('../adapters/hooks/hooks.ts')
  await using sources = await openSources(plan, sites, process)
  await using samples = await sampling(plan, opened, clock)
  await using notebook = await notebookFor({ plan, opened, sites, clock, log })
  const who = { by: userName(process), host: hostname(), pid: process.pid }
  let seen: Snapshot | null = null
  const histories = new Map<string, History>()
  const comparisons = new Map<string, Compared>()
  const show = (): void => {
    if (!seen) return
    const now = Math.max(seen.now, clock.now())
    screen.show({ ...progressOf(plan, { ...seen, now }), histories, comparisons })
  }
  let trouble: DeployError | null = null
  /** A journal that can't be written any more ends the driving, not the run: that is told like any other end. */
  const stoodStill = (error: unknown): { readonly exit: ExitCode } => {
    trouble = standstill(error, { run, planHash })
    if (trouble === null) throw error
    log.fatal(trouble)
    return { exit: exitCodes[trouble.exit] }
  }
  // Clocks on the screen run on while the engine waits.
  const ticking = setInterval(show, tick)
  try {
    using _ears = listen({
      asks,
      screen,
      process,
      by: who.by,
      ...(options.onSignal && { onSignal: options.onSignal }),
      isPaused: () => entries.findLast(({ type }) => type === 'paused' || type === 'resumed')?.type === 'paused',
    })
    const { exit } = await drive({
      plan,
      planHash,
      run,
      journal,
      reins: reinsOf(plan, sites, sources, driver),
      hooks: hooksAside(hooks({ folder, env: process.env }), aside),
      clock,
      who,
      asks,
      notebook,
      mayBegin: driver.mayBegin,
      exitOnPause: options.exitOnPause ?? false,
      ...(reason !== undefined && { reason }),
      onEntry(entry) {
        driver.noted(entry)
        log.info({ seq: entry.seq, epoch: entry.epoch }, factText(entry, plan))
        const shown = aside.shown(entry)
        entries.push(shown)
        screen.fact(shown)
        if (entry.type === 'paused' && canAsk(process)) screen.say(keysOfPause)
      },
      onLook(snapshot) {
        seen = snapshot
        samples.looked(snapshot)
        show()
      },
      onPolled(polled) {
        histories.set(polled.unit.id, polled.history)
        if (polled.compared) comparisons.set(polled.unit.id, polled.compared)
        samples.polled(polled)
      },
      onUnwatched(over) {
        const text = `nobody looked for ${span(over)} (this machine slept or stood still, or its clock was set): soaks start again`
        log.warn(text)
        screen.say(text)
      },
      explain: (look, reins) => podEvidence(look, reins, aside),
    }).catch(stoodStill)
    late.use(untilLetGo(process))
    await samples[Symbol.asyncDispose]()
    const lost = asks.lost()
    if (lost !== null) screen.say(`this driver stops: ${lost}`)
    for (const [unit, { what }] of driver.away)
      screen.say(`${unit} was not taken back: ${what}. When it can be reached: deploy abort ${run}`)
    const { reportAtEnd } = await import('./run-report.ts')
    const report = await reportAtEnd({ plan, planHash, entries, exit, folder: opened.folder })
    const columns = process.streams.stderr.columns ?? 100
    const block = lastBlock({
      plan,
      entries,
      exit,
      evidence: report?.path ?? opened.folder.path,
      ...(report?.harm && { harm: report.harm }),
      columns,
    })
    screen.end(trouble ? `${errorText(trouble, { columns })}\n\n${block}` : block)
    await screen.close()
    await result({ plan, planHash, entries: journal.entries, exit, opened, options, comparisons }, process)
    return exit
  } catch (error) {
    log.fatal(error)
    throw error
  } finally {
    clearInterval(ticking)
    await screen.close()
  }
}

const reinsOf = (
  plan: Plan,
  sites: readonly Site[],
  { byUnit }: Sources,
  { away }: Pick<Driver, 'away'>,
): Map<string, Reins> =>
  new Map(
    unitsOf(plan)
      .filter(({ id }) => !away.has(id))
      .map(({ id, cluster }) => {
        const metrics = byUnit.get(id)
        return [id, { ...siteOf(sites, cluster).reins, ...(metrics && { metrics }) }]
      }),
  )

function progressOf(plan: Plan, { run, looks, waiting, now }: Snapshot): Progress {
  const units = unitsOf(plan)
  const counts = units.flatMap((unit) => {
    const view = looks.get(unit.id)?.view
    return view ? [[unit.id, countsOf(unit, run.run, view)] as const] : []
  })
  return { plan, state: run, waiting, counts: new Map(counts), now }
}

async function result(
  {
    plan,
    planHash,
    entries,
    exit,
    opened,
    options,
    comparisons,
  }: {
    plan: Plan
    planHash: string
    entries: readonly Entry[]
    exit: ExitCode
    opened: OpenRun
    options: DriveOptions
    comparisons: ReadonlyMap<string, Compared>
  },
  { streams }: Process,
): Promise<void> {
  if (formOf(options) !== 'json') return
  const { resultJson } = await import('../report/result-json.ts')
  const told = resultJson({ plan, entries, exit, hash: planHash, evidence: opened.folder.path, comparisons })
  streams.stdout.write(`${JSON.stringify(told, null, 2)}\n`)
}
