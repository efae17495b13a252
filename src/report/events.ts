import * as z from 'zod'
import { type Entry, outcomes, pauseCauses, turnCauses } from '../core/journal.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { stamp } from '../core/time.ts'
import { stepText } from './facts.ts'

const unit = z.string().describe('service@cluster')
const units = z.array(unit)
const way = z.enum(['forward', 'back'])
const step = { unit, step: z.string(), does: z.string().describe('for people'), way }
const because = z.string().describe('one line for people')

const envelope = {
  v: z.literal(1).describe('version of this schema: fields and types are added, none changes its meaning'),
  seq: z.int().describe('number of the journal entry, from 1'),
  at: z.iso.datetime(),
  run: z.string(),
}

const typed = <T extends string, S extends z.core.$ZodLooseShape>(type: T, shape: S) =>
  z.strictObject({ ...envelope, type: z.literal(type), ...shape })

const rate = z.number().min(0).max(1)
const side = z.strictObject({ requests: z.number(), bad: z.number() })

/** The published schema: one event for each journal entry, and `evidence` in between. No field holds a value of an object, which might be secret. */
export const DeployEvent = z.discriminatedUnion('type', [
  typed('run-opened', {
    plan: z.string().describe('sha256 of the plan'),
    by: z.string(),
    host: z.string(),
    reason: z.string().optional(),
    service: z.string(),
    environment: z.string(),
    strategy: z.string(),
    from: z.string(),
    version: z.string(),
    units,
  }),
  typed('driver-attached', { by: z.string(), host: z.string(), pid: z.int(), epoch: z.int() }),
  typed('command-received', {
    verb: z.enum(['pause', 'resume', 'promote', 'abort', 'retry']),
    stage: z.string().optional(),
    full: z.boolean().optional(),
    by: z.string(),
    reason: z.string().optional(),
  }),
  typed('step-started', step),
  typed('step-sent', step),
  typed('step-refused', { ...step, code: z.string(), because, retry: z.boolean() }),
  typed('step-done', step),
  typed('stage-judged', {
    unit,
    stage: z.string(),
    answer: z.enum(['pass', 'fail', 'pending', 'inconclusive']),
    because,
    evidence: z.array(z.string()).optional(),
  }),
  typed('drift-found', {
    unit,
    object: z.string().describe('Kind/name'),
    path: z.string().describe('JSON Pointer'),
    who: z.string(),
    action: z.enum(['reassert', 'pause']),
  }),
  typed('turned', { units, to: z.enum(['back', 'frozen']), because, cause: z.enum(turnCauses) }),
  typed('paused', {
    units,
    because,
    cause: z.enum(pauseCauses),
  }),
  typed('resumed', { units, by: z.string() }),
  typed('provider-down', { unit, because }),
  typed('provider-up', { unit, because }),
  typed('warned', { unit, because }),
  typed('unit-ended', {
    unit,
    outcome: z.enum(outcomes),
    because,
  }),
  typed('evidence', {
    seq: z.int().describe('of the last journal entry before it: it is none itself'),
    unit,
    stage: z.string().nullable().describe('whose soak is watched; null: none yet'),
    e: z.number().describe('against the new version, of all metrics together'),
    enough: z.number().describe('so much takes the version back'),
    alarm: rate.describe('how far it has come, on a logarithmic scale; 1: goes back'),
    metrics: z.array(
      z.strictObject({
        name: z.string().describe('unique: errors, latency 250 ms'),
        weight: rate.describe('its part of the evidence'),
        e: z.number(),
        canary: side.describe('counted since the comparison began'),
        stable: side,
        rates: z
          .strictObject({ canary: rate.nullable(), stable: rate.nullable() })
          .describe('bad out of all; null: no request'),
      }),
    ),
    verdict: z.enum(['rollback', 'advance', 'pass', 'inconclusive']).nullable().describe('null: not decided yet'),
    because,
  }),
  typed('run-closed', { exit: z.int(), outcome: z.string() }),
])
export type DeployEvent = z.infer<typeof DeployEvent>

/** A journal entry as an event for programs. */
export function eventOf(entry: Entry, { plan, run }: { readonly plan: Plan; readonly run: string }): DeployEvent {
  const head = { v: 1, seq: entry.seq, at: stamp(entry.at), run: entry.type === 'opened' ? entry.run : run } as const
  return escaped({ ...head, ...body(entry, plan) })
}

type Body =
  Exclude<DeployEvent, { type: 'evidence' }> extends infer E
    ? E extends unknown
      ? Omit<E, keyof typeof envelope>
      : never
    : never

const stepTypes = { intended: 'step-started', sent: 'step-sent', settled: 'step-done' } as const

function body(entry: Entry, plan: Plan): Body {
  switch (entry.type) {
    case 'opened': {
      const { service, environment, strategy, from, version } = plan.release
      const { by, host, reason } = entry
      const ids = unitsOf(plan).map(({ id }) => id)
      const release = { service, environment, strategy, from, version, units: ids }
      return { type: 'run-opened', plan: entry.plan, by, host, ...(reason !== undefined && { reason }), ...release }
    }
    case 'attached':
      return { type: 'driver-attached', by: entry.by, host: entry.host, pid: entry.pid, epoch: entry.epoch }
    case 'asked': {
      const { verb, by, stage, full, reason } = entry
      return {
        type: 'command-received',
        verb,
        by,
        ...(full !== undefined && { full }),
        ...(stage !== undefined && { stage }),
        ...(reason !== undefined && { reason }),
      }
    }
    case 'intended':
    case 'sent':
    case 'settled':
      return { type: stepTypes[entry.type], ...stepOf(entry, plan) }
    case 'refused':
      return {
        type: 'step-refused',
        ...stepOf(entry, plan),
        code: entry.code,
        because: entry.because,
        retry: entry.retry,
      }
    case 'judged': {
      const { unit, stage, answer, because, evidence } = entry
      return { type: 'stage-judged', unit, stage, answer, because, ...(evidence && { evidence: [...evidence] }) }
    }
    case 'drifted': {
      const { unit, object, path, who, action } = entry
      return { type: 'drift-found', unit, object, path, who, action }
    }
    case 'turned':
      return { type: 'turned', units: [...entry.units], to: entry.to, because: entry.why, cause: entry.cause }
    case 'paused':
      return { type: 'paused', units: [...entry.units], because: entry.why, cause: entry.cause }
    case 'resumed':
      return { type: 'resumed', units: [...entry.units], by: entry.by }
    case 'warned':
      return { type: 'warned', unit: entry.unit, because: entry.because }
    case 'provider':
      return { type: entry.up ? 'provider-up' : 'provider-down', unit: entry.unit, because: entry.because }
    case 'ended':
      return { type: 'unit-ended', unit: entry.unit, outcome: entry.outcome, because: entry.because }
    case 'closed':
      return { type: 'run-closed', exit: entry.exit, outcome: entry.outcome }
  }
}

const stepOf = ({ unit, step, way }: Extract<Entry, { readonly step: string }>, plan: Plan) => ({
  unit,
  step,
  does: stepText(plan, unit, step),
  way,
})

/** Text from outside commands no CI system, wherever in a line it stands: an event may end up in a job's log. */
export function escaped(event: DeployEvent): DeployEvent {
  const safe = (value: unknown): unknown => {
    if (typeof value === 'string') return escapeText(value)
    if (Array.isArray(value)) return value.map(safe)
    return value !== null && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, safe(one)]))
      : value
  }
  return safe(event) as DeployEvent
}
