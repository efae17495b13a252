import { keptRuns } from '../../adapters/journal/home/find.ts'
import { DeployError, type ExitCode, exitCodes, foreseen } from '../../core/errors.ts'
import { minute } from '../../core/time.ts'
import { gcJson, gcText, type Removal } from '../../report/gc-text.ts'
import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'
import { targetsFor, type Whither } from '../elsewhere.ts'
import { closedIn } from '../gc/closed.ts'
import { type Here, litterHere } from '../gc/here.ts'
import { litterIn, type Place } from '../gc/in-cluster.ts'
import type { Litter } from '../gc/litter.ts'
import { type CommonOptions, formOf } from '../options.ts'
import { loadFor } from '../plan-sites.ts'
import { connectTo } from '../sites.ts'
import { rootOf } from '../root.ts'

export interface GcOptions extends CommonOptions, Whither {
  readonly keep: number
  readonly dryRun?: boolean
  readonly local?: boolean
}

/** `deploy gc`: removes what releases that are over have left. An open run is never touched. */
export async function gc(options: GcOptions, context: CommandContext): Promise<ExitCode> {
  const { stdout, stderr } = context.process.streams
  const { keep, local = false, dryRun = false } = options
  const here = await litterHere(rootOf(context, options), keep, (text) => void stderr.write(`${text}\n`))
  await using stack = new AsyncDisposableStack()
  const there = local ? [] : await litterThere(here.closed, options, context, stack)
  const removals: Removal[] = []
  for (const one of [...there, ...here.litter]) removals.push(await removed(one, dryRun, context))
  const form = formOf(options)
  if (form === 'text') stdout.write(`${gcText(removals, dryRun)}\n`)
  else stdout.write(`${JSON.stringify(gcJson(removals, dryRun), null, form === 'json' ? 2 : 0)}\n`)
  return exitCodes.done
}

const callFor = ({ signal }: CommandContext) => ({ signal, timeout: minute / 2 })

/**
 * Every cluster that answers; one that is away is said and left for the next time. Throws `gc-unreached` if none does. All
 * homes are read before anything is looked for: what a run has made in one cluster, its home in another one knows.
 */
async function litterThere(
  closedHere: Here['closed'],
  { keep, ...options }: GcOptions,
  context: CommandContext,
  stack: AsyncDisposableStack,
): Promise<Litter[]> {
  const { detach } = loadFor(context, options.config).config
  const targets = targetsFor(options, context)
  const away: DeployError[] = []
  const unlessAway = async <T>(name: string, work: () => Promise<T>): Promise<T[]> => {
    try {
      return [await work()]
    } catch (caught) {
      const error = foreseen(caught, context.signal)
      context.process.streams.stderr.write(`not looked at: ${name}: ${error.what}\n`)
      away.push(error)
      return []
    }
  }
  const places = await Promise.all(
    targets.map((target) =>
      unlessAway(target.name, async (): Promise<Place> => {
        const { cluster, namespace } = await connectTo(target, context)
        stack.use(cluster)
        const kept = await keptRuns({ cluster, namespace }, 'any', callFor(context))
        return { cluster, namespace, kept, jobsIn: detach?.namespace }
      }),
    ),
  )
  const known = { keep, closed: closedIn(places.flat(), closedHere), now: clockOf(context.process).now() }
  const found = await Promise.all(
    places.flat().map((place) => unlessAway(place.cluster.name, () => litterIn(place, known, callFor(context)))),
  )
  if (away.length === targets.length) throw unreached(targets, away[0])
  return found.flat(2)
}

const unreached = (targets: readonly { readonly name: string }[], cause: unknown): DeployError =>
  new DeployError({
    code: 'gc-unreached',
    what: `no cluster could be looked at: ${targets.map(({ name }) => name).join(', ')}`,
    why: 'what releases have left there stays; nothing was removed here either',
    remedy: 'see what stands in the way: deploy doctor; to remove what is left in this folder only: deploy gc --local',
    exit: 'refused',
    cause,
  })

async function removed(litter: Litter, dryRun: boolean, context: CommandContext): Promise<Removal> {
  const { remove, ...told } = litter
  if (dryRun) return { ...told, removed: false }
  try {
    await remove(callFor(context))
    return { ...told, removed: true }
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return { ...told, removed: error.code === 'kube-not-found', problem: error.what }
  }
}
