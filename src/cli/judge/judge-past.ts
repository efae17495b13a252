import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'
import { asked, pick } from '../../config/pick.ts'
import { comparisonFor } from '../../config/comparison.ts'
import { sourceOf } from '../../config/metrics-source.ts'
import { queriesOf, Rollback, triggersOf } from '../../config/rollback.ts'
import { objectivesOf, promisedBy } from '../../config/slo.ts'
import { durationText } from '../../config/written.ts'
import { DeployError, type ExitCode, exitCodes } from '../../core/errors.ts'
import type { Rule } from '../../core/evidence.ts'
import type { Reading } from '../../core/metrics.ts'
import { type Millis, minute, second, span } from '../../core/time.ts'
import { readyAs } from '../../engine/measured-pods.ts'
import { timesIn } from '../../engine/read-stable.ts'
import type { Site } from '../../engine/planning.ts'
import { usualTerms } from '../../judge/compared/terms.ts'
import { pastAlarms, type Tried } from '../../judge/past.ts'
import type { MeasuredPod } from '../../ports.ts'
import type { JudgePast } from '../../report/documents/judge.ts'
import { paintFor } from '../../report/paint.ts'
import type { JudgeOptions } from '../commands/judge.ts'
import { podsUnder } from '../doctor/figures.ts'
import { targetsFor } from '../elsewhere.ts'
import { formOf } from '../options.ts'
import { loadFor } from '../plan-sites.ts'
import { wishFor } from '../process.ts'
import { openSites } from '../sites.ts'
import { spanOf } from './numbers.ts'
import { pastText, type Untried } from './past-text.ts'
import { termsOf } from './terms.ts'

/** A day of raw samples is more than a poll. */
const patience: Millis = minute
const usualSoak: Millis = 10 * minute

interface Tell extends Readonly<JudgePast['clusters'][number]> {
  /** Of which nothing can be said. */
  readonly silent: readonly string[]
  readonly unmade: readonly string[]
}

/** Whether a rule can be held against counters alone. */
const isTried = ({ figure: { kind } }: Rule): boolean => kind !== 'query' && kind !== 'restarts'

/** How often the gates of a service would have fired while nothing was released. Reads, and changes nothing. */
export async function judgePast(options: JudgeOptions, context: CommandContext): Promise<ExitCode> {
  const { process, signal } = context
  const since = spanOf('--since', options.since ?? '')
  const soak = options.soak === undefined ? usualSoak : spanOf('--soak', options.soak)
  const loaded = loadFor(context, options.config)
  const { config, where, folder } = loaded
  const chosen = pick(
    'service',
    asked(options.service, '--service', process.env, 'DEPLOY_SERVICE'),
    config.services,
    where,
  )
  const { value: service, entry } = chosen
  if (!entry.metrics || entry.metrics.kind !== 'prometheus') throw noPast(service, entry.metrics?.kind)
  const { metrics, workload = { kind: 'Deployment', name: service } as const, rollback = Rollback.parse({}) } = entry
  const comparison = comparisonFor(entry)
  const terms = termsOf(options, { ...usualTerms, ...comparison?.terms })
  const all = triggersOf(rollback, promisedBy(entry.slo))
  const triggers = all.filter((rule) => isTried(rule) && rule.over <= soak)
  const objectives = objectivesOf(entry.slo)
  const bounds = comparison?.bounds ?? []
  const place = where(['services', service, 'metrics']) ?? ''
  const { openMetrics } = await import('../../adapters/metrics/index.ts')
  await using opened = await openSites({ clusters: targetsFor(options, context), workload }, context)
  const clusters = await Promise.all(
    opened.sites.map(async ({ name: cluster, namespace, door, reins }: Site): Promise<Tell> => {
      if (!door) throw new Error(`no way to the pods of ${cluster}`)
      const pods = readyAs('stable', podsUnder(reins.watched.view(), { ...workload, namespace }))
      const source = sourceOf({ entry: metrics, folder, place }, { cluster, queries: queriesOf(rollback) })
      const versions = { stable: '', new: '' }
      await using figures = await openMetrics(
        { ...source, ...('queries' in source && { queries: [] }) },
        { cluster, namespace, service, door, versions, env: process.env, clock: clockOf(process) },
      )
      const to = clockOf(process).now()
      const reading = await figures.read(pods, since, { signal, timeout: patience })
      if ('down' in reading) throw unreadable(figures.name, reading.down)
      const from = refuseShort(reading, pods, { cluster, soak, from: to - since, to })
      const every = Math.max(figures.every, paceOf(reading))
      const judge = { ...terms, batch: Math.max(usualTerms.batch, every) }
      const past = pastAlarms({ reading, terms: judge, triggers, objectives, bounds, soak, every, from, to })
      const told = [...past.triggers.map(toldOf('')), ...past.objectives.map(toldOf('slo: '))]
      return {
        cluster,
        from: stamp(from),
        to: stamp(to),
        pods: pods.length,
        soaks: past.soaks,
        judge: past.judge.map(firing),
        triggers: told.filter(({ isWeighed }) => isWeighed).map(({ trigger, fired }) => ({ trigger, fired })),
        silent: told.filter(({ isWeighed }) => !isWeighed).map(({ trigger }) => trigger),
        unmade: past.unmade.map(({ text }) => text),
      }
    }),
  )
  const silent = new Set(clusters.flatMap((one) => one.silent))
  const untried: readonly Untried[] = [
    ...all.flatMap((rule) => untriedOf(rule, soak)),
    ...[...new Set(clusters.flatMap((one) => one.unmade))].map((text) => ({
      text,
      why: 'stable had counted nothing before a soak that it could be made of',
    })),
    ...[...silent].map((text) => ({ text, why: 'too little was counted in its window' })),
  ]
  const document: JudgePast = {
    v: 1,
    service,
    soak: soak / second,
    alpha: terms.alpha,
    clusters: clusters.map(({ silent: _, unmade: __, ...cluster }) => cluster),
    untried: untried.map(({ text }) => text),
  }
  show(document, untried, options, context)
  return exitCodes.done
}

const stamp = (at: Millis): string => new Date(at).toISOString()

/** A window that is never full says nothing. */
function untriedOf(rule: Rule, soak: Millis): readonly Untried[] {
  const { text, over } = rule
  if (!isTried(rule)) return [{ text, why: null }]
  return over > soak ? [{ text, why: `its window is longer than a soak: --soak ${durationText(over)}` }] : []
}

const toldOf =
  (prefix: string) =>
  ({ rule, fired, isWeighed }: Tried) => ({ trigger: prefix + rule.text, fired: fired.map(firing), isWeighed })

const firing = ({ at, pod }: { readonly at: Millis; readonly pod: string }) => ({ at: stamp(at), pod })

/** Where the samples begin: the first soak is only the baseline of the next. */
function refuseShort(
  reading: Reading,
  pods: readonly MeasuredPod[],
  { cluster, soak, from, to }: { readonly cluster: string; readonly soak: Millis } & Record<'from' | 'to', Millis>,
): Millis {
  const first = timesIn(reading).reduce((a, b) => Math.min(a, b), to)
  const began = Math.max(from, first)
  if (pods.length > 1 && to - began >= 2 * soak) return began
  throw new DeployError({
    code: 'past-too-little',
    what:
      pods.length > 1
        ? `there are samples of ${span(to - began)} of the pods that serve in ${cluster}`
        : `${pods.length === 1 ? 'one pod serves' : 'no pod serves'} in ${cluster}`,
    why: 'each soak has the time before it as baseline, and one pod plays the new version among others',
    remedy:
      pods.length > 1 ? 'try a shorter soak, like --soak 2m, or a longer --since' : 'try a service with several pods',
  })
}

/** How far apart the samples of a series are, as most of them are. */
function paceOf({ series }: Reading): Millis {
  const [longest] = series.toSorted((a, b) => b.samples.length - a.samples.length)
  const times = longest?.samples.map(([at]) => at) ?? []
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at))
  return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0
}

const noPast = (service: string, kind: string | undefined): DeployError =>
  new DeployError({
    code: 'past-unknown',
    what: kind === undefined ? `service ${service} has no metrics` : `the source ${kind} of ${service} keeps no past`,
    why: 'what was counted yesterday is kept by Prometheus',
    remedy: 'set metrics: { source: prometheus, url: … }, or judge the samples of a run: deploy judge --run RUN',
  })

const unreadable = (name: string, why: string): DeployError =>
  new DeployError({
    code: 'metrics-unreadable',
    what: `figures can't be read: ${name}`,
    why,
    remedy: 'ask for less, like --since 2h; deploy doctor looks at the source closely',
  })

function show(
  document: JudgePast,
  untried: readonly Untried[],
  options: JudgeOptions,
  { process }: CommandContext,
): void {
  const { stdout } = process.streams
  const form = formOf(options)
  if (form !== 'text') stdout.write(`${JSON.stringify(document, null, form === 'json' ? 2 : 0)}\n`)
  else
    stdout.write(
      pastText(document, untried, {
        columns: stdout.columns ?? 100,
        paint: paintFor(wishFor(stdout, options.color, process)),
      }),
    )
}
