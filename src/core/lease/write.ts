import { kinds, type Ref } from '../kinds.ts'
import { type Millis, second } from '../time.ts'
import type { PatchOp, Write } from '../write.ts'
import {
  idOf,
  key,
  type Lease,
  type LeaseAnswer,
  type LeaseAsk,
  type LeaseBreak,
  leaseLabels,
  type LeaseNote,
  ttl,
} from './lease.ts'

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
