import * as z from 'zod'
import { jsonIn, type JsonObject } from '../json.ts'
import { fieldManager } from '../marks.ts'
import type { KubeObject } from '../objects.ts'
import { isRunId } from '../run-id.ts'
import { cut, escapeText } from '../text.ts'
import { askVerbs, key, type Lease, type LeaseHome, type LeaseRun, phases, type ReadAsk } from './lease.ts'

/** What a Lease says. Nothing in it can make this throw. */
export function readLease(object: KubeObject): Lease {
  const { metadata } = object
  const annotations = metadata?.annotations ?? {}
  const spec = (object['spec'] ?? {}) as JsonObject
  const identity = textIn(spec['holderIdentity'])
  const renewed = textIn(spec['renewTime'])
  const transitions = typeof spec['leaseTransitions'] === 'number' ? spec['leaseTransitions'] : 0
  return {
    version: metadata?.resourceVersion ?? '',
    holder: identity === '' ? null : safe(identity),
    identity: identity === '' ? null : identity,
    pulse: `${identity} ${renewed} ${transitions}`,
    transitions,
    renewed: renewed === '' ? null : safe(renewed, 40),
    run: runIn(annotations),
    annotations,
    spec,
  }
}

function runIn(annotations: Readonly<Record<string, string>>): LeaseRun | null {
  const run = annotations[key.run] ?? ''
  if (!isRunId(run)) return null
  return {
    run,
    // What can't be read counts as open: a run that is over says so.
    phase: phases.find((phase) => phase === annotations[key.phase]) ?? 'open',
    plan: /^[0-9a-f]{64}$/.test(annotations[key.plan] ?? '') ? (annotations[key.plan] ?? '') : '',
    home: homeIn(annotations[key.home]),
    epoch: epochIn(annotations) ?? 0,
    release: parsed(Release, annotations[key.release]) ?? null,
    ask: annotations[key.ask] === undefined ? null : askIn(annotations[key.ask] ?? ''),
    answered: parsed(Answers, annotations[key.answered]) ?? [],
    broken: parsed(Break, annotations[key.broken]) ?? null,
  }
}

/** No run has had so many drivers. A higher one is no driver's, and those after it could not be kept in a journal. */
const mostEpoch = 1_000_000

/** `null`: what stands there is none. */
function epochIn(annotations: Readonly<Record<string, string>>): number | null {
  const epoch = Number(annotations[key.epoch] ?? '0')
  return Number.isInteger(epoch) && epoch >= 0 && epoch <= mostEpoch ? epoch : null
}

/** What stands where its epoch should, when no driver can have written that. */
export const strangeEpoch = ({ annotations }: Lease): string | null =>
  epochIn(annotations) === null ? safe(annotations[key.epoch] ?? '', 40) : null

function homeIn(text = ''): LeaseHome | null {
  const [cluster, namespace, name, ...more] = text.split('/')
  return cluster && namespace && name && more.length === 0 ? { cluster, namespace, name } : null
}

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')
/** One line that can be printed. */
const safe = (text: string, most = 200): string => cut(escapeText(text), most)
const line = (most = 200) => z.string().transform((text) => safe(text, most))

const Release = z.object({
  service: line(),
  environment: line(),
  strategy: line(),
  version: line(),
  stage: line(),
  waits: line().exactOptional(),
  by: line(),
  host: line(),
  pid: z.int().nonnegative(),
  /** A Date can say no more. */
  since: z.number().min(0).max(8.64e15),
  process: z.unknown().optional(),
})
const Ask = z.object({
  id: z.string().regex(/^[\w-]{1,64}$/),
  verb: z.enum(askVerbs),
  by: line(),
  stage: line().exactOptional(),
  full: z.boolean().exactOptional(),
  past: line().exactOptional(),
  reason: line(500).exactOptional(),
})
const Addressed = z.object({ id: z.string().regex(/^[\w-]{1,64}$/), by: line().catch('somebody') })
const Answers = z
  .array(z.object({ id: z.string().max(64), refused: line(500).exactOptional() }))
  .max(50)
  .readonly()
const Break = z.object({ by: line(), host: line(), reason: line(500), holder: line() })

function parsed<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  const result = schema.safeParse(jsonIn(text ?? ''))
  return result.success ? result.data : undefined
}

function askIn(raw: string): ReadAsk {
  const value = jsonIn(raw)
  const ask = Ask.safeParse(value)
  if (ask.success) return { raw, ask: ask.data }
  const { id, by } = parsed(Addressed, raw) ?? { id: '', by: 'somebody' }
  const verb = textIn((value as { verb?: unknown } | null | undefined)?.verb)
  const known = askVerbs.some((one) => one === verb)
  const problem =
    id === '' || known
      ? `what was asked can't be understood: ${safe(raw, 120)}`
      : `this driver does not know the verb ${safe(verb, 40)}: it knows ${askVerbs.join(', ')}`
  return { raw, id, by, problem }
}

/** Who wrote the Lease last, as far as it says: for one that is not ours. */
export const writerOf = ({ metadata: { managedFields = [] } }: KubeObject): string | null => {
  const manager = managedFields.findLast(({ manager: name }) => name !== fieldManager)?.manager
  return manager === undefined ? null : safe(manager, 80)
}
