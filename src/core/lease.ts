import * as z from 'zod'
import { jsonIn, type JsonObject } from './json.ts'
import { kinds, type Ref } from './kinds.ts'
import { fieldManager } from './marks.ts'
import type { KubeObject } from './objects.ts'
import { cut, escapeText } from './text.ts'
import { type Millis, second } from './time.ts'
import type { PatchOp, Write } from './write.ts'

/** A holder that was not seen to renew for so long drives no more. */
export const ttl: Millis = 30 * second
export const renewEvery: Millis = 5 * second
/** Who has not renewed for so long begins nothing forward: another driver may take over soon. */
export const fencedAfter: Millis = ttl - 10 * second

export const phases = ['open', 'paused', 'frozen', 'closed'] as const
/** Of the run that a Lease tells of. Only `closed` means that it is over. */
export type Phase = (typeof phases)[number]

export const askVerbs = ['pause', 'resume', 'promote', 'abort', 'retry'] as const

/** What somebody asks of the driver, over the home Lease. */
export interface LeaseAsk {
  readonly id: string
  readonly verb: (typeof askVerbs)[number]
  readonly by: string
  /** `promote`: the stage that the asker saw. */
  readonly stage?: string
  /** `promote`: all soaks that are left. */
  readonly full?: boolean
  /** `abort`: the step that can't be undone, and that it goes back past all the same. */
  readonly past?: string
  readonly reason?: string
}

/** What became of an ask. */
export interface LeaseAnswer {
  readonly id: string
  readonly refused?: string
}

/** What the Lease says of the release, for people who meet it. */
export interface LeaseRelease {
  readonly service: string
  readonly environment: string
  readonly strategy: string
  readonly version: string
  /** Where this unit stands. */
  readonly stage: string
  /** The stage that waits for a human, in any unit. */
  readonly waits?: string
  readonly by: string
  readonly host: string
  readonly pid: number
  /** When the run was begun, by its driver's clock: for people only. */
  readonly since: Millis
  /** Tells the driver's process from others of its machine. */
  readonly process?: unknown
}

/** Who took the Lease from its holder, by hand. */
export interface LeaseBreak {
  readonly by: string
  readonly host: string
  readonly reason: string
  readonly holder: string
}

export interface Lease {
  /** Of the object, for patches that must not miss a change. */
  readonly version: string
  /** `null`: nobody drives. For people; whoever may write the Lease may have written anything. */
  readonly holder: string | null
  /** As it stands there: only to be compared. */
  readonly identity: string | null
  /** Another value after each renewal and each change of the holder, but not when somebody asks something. */
  readonly pulse: string
  readonly transitions: number
  /** When it was last renewed, by the holder's clock: for people only, never compared with a clock of ours. */
  readonly renewed: string | null
  /** `null`: somebody else made this Lease, or changed it beyond reading. */
  readonly run: LeaseRun | null
  /** As they stand there, for putting them back. */
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: JsonObject
}

/** The run that a Lease tells of. All of it is outside input: others may write there, too. */
export interface LeaseRun {
  readonly run: string
  readonly phase: Phase
  readonly plan: string
  readonly home: LeaseHome | null
  readonly epoch: number
  readonly release: LeaseRelease | null
  /** As it stands there, and what it means; `problem`: it can't be understood. */
  readonly ask: ReadAsk | null
  readonly answered: readonly LeaseAnswer[]
  readonly broken: LeaseBreak | null
}

export type ReadAsk = { readonly raw: string } & (
  | { readonly ask: LeaseAsk }
  | { readonly id: string; readonly by: string; readonly problem: string }
)

/** Where the run's journal is kept and where its driver listens. */
export interface LeaseHome {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
}

const key = {
  run: 'deploy/run',
  phase: 'deploy/phase',
  plan: 'deploy/plan',
  home: 'deploy/home',
  epoch: 'deploy/epoch',
  release: 'deploy/release',
  ask: 'deploy/ask',
  answered: 'deploy/answered',
  broken: 'deploy/broken',
} as const

/** By it the Leases of a namespace are found. */
const leaseLabels = { 'app.kubernetes.io/managed-by': 'deploy' } as const
export const leaseSelector = 'app.kubernetes.io/managed-by=deploy'

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

const isRunId = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,39}$/.test(text)

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

/** What the holder has its Lease say. */
export interface LeaseNote {
  readonly run: string
  readonly phase: Phase
  readonly plan: string
  readonly home: LeaseHome
  readonly epoch: number
  readonly release: LeaseRelease
}

const noteText = ({ run, phase, plan, home, epoch, release }: LeaseNote): Record<string, string> => ({
  [key.run]: run,
  [key.phase]: phase,
  [key.plan]: plan,
  [key.home]: `${home.cluster}/${home.namespace}/${home.name}`,
  [key.epoch]: String(epoch),
  [key.release]: JSON.stringify(release),
})

export interface Holding {
  readonly holder: string
  readonly now: Millis
  readonly note: LeaseNote
}

/** As Kubernetes writes a MicroTime. */
const microtime = (at: Millis): string => `${new Date(at).toISOString().slice(0, -1)}000Z`

/** Makes it ours: a new one, or the very one that was read, in the state in which it was read. */
export function take(ref: Ref, lease: Lease | null, { holder, now, note }: Holding): Write {
  const at = microtime(now)
  const spec = { holderIdentity: holder, acquireTime: at, renewTime: at, leaseDurationSeconds: ttl / second }
  if (!lease) {
    const metadata = { name: ref.name, namespace: ref.namespace, labels: leaseLabels, annotations: noteText(note) }
    const { apiVersion } = kinds.Lease
    return {
      verb: 'create',
      object: ref,
      body: { apiVersion, kind: 'Lease', metadata, spec: { ...spec, leaseTransitions: 0 } },
    }
  }
  return patch(ref, [
    { op: 'test', path: '/metadata/resourceVersion', value: lease.version },
    { op: 'add', path: '/spec', value: { ...spec, leaseTransitions: lease.transitions + 1 } },
    ...annotated(lease.annotations, noteText(note)),
    // What was asked of another run, and what became of that, is nothing to this one.
    ...(isOf(note.run, lease) ? [] : ofItsRun.flatMap((name) => without(lease.annotations, name))),
  ])
}

/** What is said to a driver and by others: it goes with the run that it was said of. */
const ofItsRun = [key.ask, key.answered, key.broken] as const

const isOf = (run: string, lease: Lease): boolean => lease.run?.run === run

/** Still ours; what it says is brought up to date, and those who asked are answered. */
export function renew(
  ref: Ref,
  lease: Lease,
  { holder, now, note }: Holding,
  answers: readonly LeaseAnswer[],
  isBreakNoted: boolean,
): Write {
  const wanted = { ...noteText(note), ...answered(lease, answers) }
  return patch(ref, [
    { op: 'test', path: '/spec/holderIdentity', value: holder },
    { op: 'replace', path: '/spec/renewTime', value: microtime(now) },
    ...annotated(lease.annotations, wanted),
    ...asksDone(lease, answers),
    ...(isBreakNoted ? without(lease.annotations, key.broken) : []),
  ])
}

/** Nobody's any more; what it says of the run stays. */
export function release(
  ref: Ref,
  lease: Lease,
  { holder, now, note }: Holding,
  answers: readonly LeaseAnswer[],
): Write {
  const wanted = { ...noteText(note), ...answered(lease, answers) }
  return patch(ref, [
    { op: 'test', path: '/spec/holderIdentity', value: holder },
    { op: 'replace', path: '/spec/holderIdentity', value: '' },
    { op: 'replace', path: '/spec/renewTime', value: microtime(now) },
    ...annotated(lease.annotations, wanted),
    ...asksDone(lease, answers),
  ])
}

/** As it was before it was taken. One that was made stays, and says that nothing is open. */
export function putBack(ref: Ref, before: Lease | null, { holder, now, note }: Holding): Write {
  const isMine: PatchOp = { op: 'test', path: '/spec/holderIdentity', value: holder }
  if (!before)
    return patch(ref, [
      isMine,
      { op: 'replace', path: '/spec/holderIdentity', value: '' },
      { op: 'replace', path: '/spec/renewTime', value: microtime(now) },
      { op: 'add', path: pathOf(key.phase), value: 'closed' },
    ])
  const ours = noteText(note)
  return patch(ref, [
    isMine,
    { op: 'add', path: '/spec', value: before.spec },
    ...Object.keys(ours).map((name): PatchOp => {
      const value = before.annotations[name]
      const path = pathOf(name)
      return value === undefined ? { op: 'remove', path } : { op: 'add', path, value }
    }),
    ...(isOf(note.run, before) ? [] : ofItsRun.flatMap((name) => again(before.annotations, name))),
  ])
}

/** Asks the driver that was seen to hold it, unless somebody else's ask is still unanswered. */
export function ask(ref: Ref, lease: Lease, wanted: LeaseAsk): Write {
  return patch(ref, [
    { op: 'test', path: pathOf(key.run), value: lease.run?.run ?? null },
    { op: 'test', path: '/spec/holderIdentity', value: lease.identity },
    { op: 'test', path: pathOf(key.ask), value: null },
    { op: 'add', path: pathOf(key.ask), value: JSON.stringify(wanted) },
  ])
}

/** Takes an ask back that nobody has answered. */
export function withdraw(ref: Ref, raw: string): Write {
  return patch(ref, [
    { op: 'test', path: pathOf(key.ask), value: raw },
    { op: 'remove', path: pathOf(key.ask) },
  ])
}

/** Takes the Lease from who was seen to hold it; the run stays open. */
export function breakLease(ref: Ref, lease: Lease, by: LeaseBreak): Write {
  return patch(ref, [
    { op: 'test', path: '/spec/holderIdentity', value: lease.identity },
    { op: 'replace', path: '/spec/holderIdentity', value: '' },
    { op: 'add', path: pathOf(key.broken), value: JSON.stringify(by) },
  ])
}

const patch = (object: Ref, ops: readonly PatchOp[]): Write => ({ verb: 'patch', object, ops })
const pathOf = (name: string): string => `/metadata/annotations/${name.replaceAll('/', '~1')}`

/** Sets those that differ. Where there is no annotation at all the parent has to be made. */
function annotated(present: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): PatchOp[] {
  if (Object.keys(present).length === 0) return [{ op: 'add', path: '/metadata/annotations', value: wanted }]
  return Object.entries(wanted)
    .filter(([name, value]) => present[name] !== value)
    .map(([name, value]) => ({ op: 'add', path: pathOf(name), value }))
}

const without = (present: Readonly<Record<string, string>>, name: string): PatchOp[] =>
  present[name] === undefined ? [] : [{ op: 'remove', path: pathOf(name) }]

const again = (present: Readonly<Record<string, string>>, name: string): PatchOp[] => {
  const value = present[name]
  return value === undefined ? [] : [{ op: 'add', path: pathOf(name), value }]
}

/** Several may have asked: each looks for its own answer among the last ones. */
const mostAnswers = 4

function answered(lease: Lease, answers: readonly LeaseAnswer[]): Record<string, string> {
  const fresh = answers.filter(({ id }) => id !== '' && !lease.run?.answered.some((one) => one.id === id))
  if (fresh.length === 0) return {}
  return { [key.answered]: JSON.stringify([...(lease.run?.answered ?? []), ...fresh].slice(-mostAnswers)) }
}

/** The ask goes once it was answered, if it is still the one that was. */
function asksDone({ run }: Lease, answers: readonly LeaseAnswer[]): PatchOp[] {
  const present = run?.ask
  if (!present || !answers.some(({ id }) => id === idOf(present))) return []
  return [
    { op: 'test', path: pathOf(key.ask), value: present.raw },
    { op: 'remove', path: pathOf(key.ask) },
  ]
}

export const idOf = (read: ReadAsk): string => ('ask' in read ? read.ask.id : read.id)

/** What a Lease means to somebody who wants to drive `run`. */
export type Chance =
  | { readonly may: 'take' }
  /** It is ours already. */
  | { readonly may: 'keep' }
  /** It has a holder: whether that lives is seen by looking on. */
  | { readonly may: 'look' }
  | { readonly may: 'not'; readonly because: 'foreign' | 'open' }

export interface Wanting {
  readonly run: string
  readonly holder: string
  /** Its holder is known to be gone: it did not renew for a whole TTL of our own clock, or its process is dead. */
  readonly isGone: boolean
}

export function chanceOf(lease: Lease | null, { run, holder, isGone }: Wanting): Chance {
  if (!lease) return { may: 'take' }
  if (!lease.run) return { may: 'not', because: 'foreign' }
  if (lease.identity === holder) return { may: 'keep' }
  if (lease.run.run !== run && lease.run.phase !== 'closed') return { may: 'not', because: 'open' }
  return lease.holder === null || isGone ? { may: 'take' } : { may: 'look' }
}

/** Who wrote the Lease last, as far as it says: for one that is not ours. */
export const writerOf = ({ metadata: { managedFields = [] } }: KubeObject): string | null => {
  const manager = managedFields.findLast(({ manager: name }) => name !== fieldManager)?.manager
  return manager === undefined ? null : safe(manager, 80)
}
