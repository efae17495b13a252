import type { Evidence, Rule } from '../core/evidence.ts'
import type { LiveTraffic } from '../core/detection.ts'
import { undecidable } from '../core/detection-warning.ts'
import type { Reading } from '../core/metrics.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import type { Complaint } from '../core/preflight/complaint.ts'
import { stateOf } from '../core/state.ts'
import { second, span, type Millis } from '../core/time.ts'
import type { View } from '../core/view.ts'
import { looksBack } from '../judge/compared/overdispersion.ts'
import { type History, noHistory } from '../judge/history.ts'
import { weigh } from '../judge/weigh.ts'
import type { Clock, MeasuredPod, Metrics } from '../ports.ts'
import { lately, trafficIn } from './live-traffic.ts'
import { measured } from './measured-pods.ts'
import { readStable, timesIn } from './read-stable.ts'

/** Whoever waits for a plan waits for this, too. */
const between: Millis = 2 * second

export interface EvidenceCheck {
  readonly plan: Plan
  readonly views: ReadonlyMap<string, View>
  /** By unit. */
  readonly sources: ReadonlyMap<string, Metrics>
  readonly clock: Clock
  readonly signal: AbortSignal
}

type Told = Complaint & { readonly unit: string }

export interface EvidenceChecked {
  readonly complaints: readonly Told[]
  /** By unit; one of which nothing was counted is left out. */
  readonly traffic: ReadonlyMap<string, LiveTraffic>
}

/**
 * Every query is tried on the stable pods, and every trigger is held against them, before anything is changed. On the way
 * it is seen whether soaks can decide at the traffic of now.
 */
export async function evidenceCheck(check: EvidenceCheck): Promise<EvidenceChecked> {
  const units = unitsOf(check.plan)
  const told = await Promise.all(
    units.map(async (unit) => {
      const metrics = check.sources.get(unit.id)
      const view = check.views.get(unit.id)
      if (!metrics || !view || !unit.evidence) return null
      const run = stateOf(check.plan)
      const { complaints, readings } = await checkUnit(unit, unit.evidence, measured(unit, run, view), metrics, check)
      const seen = unit.evidence.comparison ? trafficIn(readings, { unit, view, run, now: check.clock.now() }) : null
      const weak = seen ? undecidable(unit, seen) : null
      return { unit: unit.id, complaints: [...complaints, ...(weak ? [weak] : [])], seen }
    }),
  )
  const all = told.filter((one) => one !== null)
  const { emergency } = check.plan.release
  return {
    complaints: all.flatMap(({ unit, complaints }) =>
      complaints.map((one) => ({ ...one, unit, ...(emergency && { level: 'warn' as const }) })),
    ),
    traffic: new Map(all.flatMap(({ unit, seen }) => (seen ? [[unit, seen] as const] : []))),
  }
}

interface CheckedUnit {
  readonly complaints: readonly Complaint[]
  /** Of a unit that may be released. */
  readonly readings: readonly Reading[]
}

async function checkUnit(
  unit: Unit,
  evidence: Evidence,
  pods: readonly MeasuredPod[],
  metrics: Metrics,
  { clock, signal }: EvidenceCheck,
): Promise<CheckedUnit> {
  const only = (complaints: readonly Complaint[]): CheckedUnit => ({ complaints, readings: [] })
  if (pods.length === 0) return only([])
  const readings: Reading[] = []
  let history = noHistory
  let since: Since | null = null
  const over = evidence.comparison ? looksBack : lately
  for await (const round of readStable({ unit, pods, metrics, between, over, clock, signal })) {
    if ('down' in round) return only([unreadable(metrics, round.down)])
    const { reading } = round
    readings.push(reading)
    history = round.history
    since ??= { counted: timesIn(reading).reduce((a, b) => Math.min(a, b), clock.now()), asked: clock.now() }
    const complaints = [
      ...queriesIn(reading.complaints ?? new Map(), metrics),
      ...nothingIn(evidence, pods, reading, metrics),
    ]
    if (complaints.length > 0) return only(complaints)
  }
  const fires = evidence.triggers.flatMap((rule) => (since ? firing(rule, history, since, clock.now()) : []))
  return { complaints: fires, readings }
}

const unreadable = ({ name }: Metrics, why: string): Complaint => ({
  level: 'refuse',
  code: 'metrics-unreadable',
  what: `figures can't be read: ${name}`,
  why,
  remedy: 'deploy doctor looks at it closely; without figures, remove metrics, slo and the triggers that need them',
})

const queriesIn = (complaints: ReadonlyMap<string, string>, { name }: Metrics): Complaint[] =>
  [...complaints].map(([query, why]) => ({
    level: 'refuse',
    code: 'metrics-query',
    what: `the query ${query} gives no one number: ${name}`,
    why,
    remedy: `correct rollback.when: { name: ${query}, query: … }; sum() makes one series of several`,
  }))

function nothingIn(
  { source, triggers, objectives, comparison }: Evidence,
  pods: readonly MeasuredPod[],
  { series, missing }: Reading,
  { name }: Metrics,
): Complaint[] {
  const [unread] = missing
  const because = (otherwise: string): string => (unread ? `${unread.pod}: ${unread.why}` : otherwise)
  const requests = series.filter(({ counted }) => counted === 'requests' || counted === 'both')
  const wants = (kind: Rule['figure']['kind']): boolean =>
    [...triggers, ...objectives].some(({ figure }) => figure.kind === kind)
  const compares = (about: RegExp): boolean => comparison?.triggers.some((text) => about.test(text)) ?? false
  const selector = source?.kind === 'http-json' ? source.requests : (source?.requests.name ?? '')
  if (requests.length === 0 && (comparison || wants('error-rate') || wants('availability') || wants('burn-rate')))
    return [
      {
        level: 'refuse',
        code: 'metrics-nothing',
        what: `${selector} counts nothing for the ${pods.length} pods that serve: ${name}`,
        why: because('no data is never a pass, so no stage with requests could ever end'),
        remedy: `look what a pod says: kubectl get --raw /api/v1/namespaces/…/pods/${pods[0]?.name ?? ''}:PORT/proxy/metrics; then correct metrics.requests`,
      },
    ]
  const buckets = series.some(({ counted }) => typeof counted === 'object')
  if (!buckets && (wants('latency') || compares(/^latency/)))
    return [
      {
        level: 'refuse',
        code: 'metrics-no-latency',
        what: `no histogram of latencies for the pods that serve: ${name}`,
        why: because('a bound on latency is weighed by the buckets of a classic histogram'),
        remedy: 'set metrics.latency to the name of a histogram, without _bucket: http_request_duration_seconds',
      },
    ]
  return []
}

/** A source may have kept samples; what a query gave is known since it was asked first. */
interface Since {
  readonly counted: Millis
  readonly asked: Millis
}

function firing(rule: Rule, history: History, { counted, asked }: Since, now: Millis): Complaint[] {
  const since = rule.figure.kind === 'query' ? asked : counted
  const seen = weigh(rule, history, 'stable', { since, now })
  if (seen.answer !== 'crossed') return []
  return [
    {
      level: 'refuse',
      code: 'trigger-firing',
      what: `the trigger ${rule.text} fires already: ${seen.because}`,
      why: `the pods that serve now cross it (over ${span(rule.over)}), so it could not tell whether the new ones are worse`,
      remedy: `mend what serves first; or go without it: --ignore-trigger '${rule.text}' --reason '…'`,
    },
  ]
}
