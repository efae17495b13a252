import { DeployError } from '../core/errors.ts'
import type { Fact, Receipt } from '../core/journal.ts'
import { hashOf } from '../core/hash.ts'
import { type Kind, keyOf, refName } from '../core/kinds.ts'
import { marks } from '../core/marks.ts'
import type { SendOrder } from '../core/next/index.ts'
import type { KubeObject } from '../core/objects.ts'
import type { Unit } from '../core/plan.ts'
import { noted, writerOf } from '../core/drift.ts'
import { type Fence, type Resolved, resolve } from '../core/resolve.ts'
import { type RunState, unitState } from '../core/state.ts'
import { find } from '../core/view.ts'
import { second, type Millis } from '../core/time.ts'
import type { Clock, Cluster, Hooks, Journal, Watched, Write } from '../ports.ts'

export interface Sending {
  readonly order: SendOrder
  readonly unit: Unit
  readonly run: RunState
  readonly cluster: Cluster
  readonly watched: Watched
  readonly hooks: Hooks
  readonly clock: Clock
  readonly journal: Pick<Journal, 'shared'>
  readonly note: (facts: readonly Fact[]) => Promise<void>
  readonly signal: AbortSignal
  /** Aborts when the unit turns back, or when the driver is told to leave: what was not sent by then is not sent. */
  readonly forward: AbortSignal
  /** Whether its Lease was renewed so lately that nobody can have taken over. */
  readonly mayBegin: () => boolean
}

/** What is about to be sent, as it is noted before: durable, whatever becomes of the driver. */
export interface Intention {
  readonly facts: readonly Fact[]
  readonly fence: Fence
  readonly resolved: Resolved
}

/** Codes after which the same write may well succeed: look again, then try again. */
const passing = new Set([
  'kube-conflict',
  'kube-exists',
  'kube-throttled',
  'kube-unavailable',
  'kube-timeout',
  'kube-refused',
  'kube-dns',
  'kube-unauthorized',
])

/** A `test` that failed read something older than what stands there; five times in a row it is a real refusal. */
const mostTests = 5

/** For so long a forward step waits for the home cluster to know of it. */
const homePatience: Millis = 30 * second

/** What an order comes to, as things stand. The facts of all orders of one decision are noted in one append. */
export function intend({ order, unit, run, watched }: Pick<Sending, 'order' | 'unit' | 'run' | 'watched'>): Intention {
  const { step, way } = order
  const view = watched.view()
  const fence = { unit, run: run.run, epoch: run.epoch, view, agreed: agreedIn(run, unit) }
  const resolved = resolve(order.action.mutation, fence)
  const body = hashOf('writes' in resolved ? resolved.writes : order.action.mutation)
  const drifted = ('drift' in resolved ? resolved.drift : []).map(
    ({ object, path, was, now }): Fact => ({
      type: 'drifted',
      unit: unit.id,
      object: keyOf(object),
      path,
      was: noted(path, was),
      now: noted(path, now),
      who: writerOf(find(view, object.kind, object.name) as KubeObject, path),
      action: 'pause',
    }),
  )
  return { facts: [{ type: 'intended', unit: unit.id, step, way, body }, ...drifted], fence, resolved }
}

/** Sends what was intended, and notes the receipt or the refusal. Whether it took effect is the next observation's business. */
export async function send(sending: Sending, { resolved, fence }: Intention): Promise<void> {
  const { order, unit, run, note, signal } = sending
  const { step, way } = order
  const place = { unit: unit.id, step, way } as const
  const refuse = ({ code, because, retry = false }: Refusal): Promise<void> =>
    note([{ type: 'refused', ...place, code, because, retry }])
  const refusal = refusalOf(resolved) ?? (way === 'forward' && !order.keeps ? await heldUp(sending) : null)
  if (refusal) return refuse(refusal)
  // A crash or a lost reply from here on is safe: the next driver sends again, and what is said twice changes nothing.
  try {
    const sure = await lookedFor(resolved, fence, sending)
    const objection = refusalOf(sure)
    if (objection) return refuse(objection)
    const receipt =
      'writes' in sure && order.action.mutation.verb !== 'hook'
        ? await writeAll(sure.writes, sending)
        : await runHook(sending)
    // Ended with its driver: nobody knows how far it came, and that is what the journal says now.
    if (order.action.mutation.verb === 'hook' && signal.aborted) return
    await note([{ type: 'sent', ...place, receipt }])
  } catch (error) {
    if (order.action.mutation.verb === 'hook' && signal.aborted) return
    if (!(error instanceof DeployError)) throw error
    if (error.code === 'kube-invalid' || error.code === 'kube-conflict') await readAgain(resolved, sending)
    const attempts = unitState(run, unit.id).steps.get(step)?.attempts ?? 0
    const retry = passing.has(error.code) || (error.code === 'kube-invalid' && attempts < mostTests)
    await refuse({ code: error.code, because: [error.what, error.why].filter(Boolean).join(': '), retry })
  }
}

interface Refusal {
  readonly code: string
  readonly because: string
  readonly retry?: boolean
}

/**
 * Nothing goes forward that the home cluster does not know of: if this machine is lost, whoever comes next has to know
 * what may have been done. The way back never waits for that.
 */
async function heldUp({ journal, clock, forward, signal, mayBegin }: Sending): Promise<Refusal | null> {
  const done = new AbortController()
  const ended = AbortSignal.any([done.signal, forward, signal])
  try {
    const isShared = journal.shared(ended).then(() => !ended.aborted)
    isShared.catch(() => {})
    const known = await Promise.race([isShared, clock.sleep(homePatience, ended).then(() => false)])
    if (known && mayBegin()) return null
    if (known) return { code: 'lease-stale', because: 'its Lease was not renewed meanwhile', retry: true }
  } catch (error) {
    if (!ended.aborted) throw error
  } finally {
    done.abort('no longer waited for')
  }
  return forward.aborted || signal.aborted
    ? { code: 'turned', because: 'it was not sent any more', retry: true }
    : { code: 'journal-unreachable', because: 'the home cluster could not be told', retry: true }
}

/** A view may lag behind: only the server can say that there is nothing (more) to delete. */
async function lookedFor(resolved: Resolved, fence: Fence, { order, cluster, signal }: Sending): Promise<Resolved> {
  const { mutation } = order.action
  if (mutation.verb === 'delete' && 'writes' in resolved && resolved.writes.length === 0) {
    const live = await cluster.get(mutation.object, { signal })
    return live ? resolve(mutation, seeing(fence, [live])) : resolved
  }
  if (mutation.verb !== 'delete-sets') return resolved
  const { namespace } = fence.unit
  const labelSelector = `${marks.release}=${fence.run}`
  return resolve(
    mutation,
    seeing(fence, await cluster.list({ kind: 'ReplicaSet', namespace, labelSelector }, { signal })),
  )
}

const seeing = (fence: Fence, objects: readonly KubeObject[]): Fence => {
  const entries = objects.map((one) => [keyOf({ kind: one.kind as Kind, name: one.metadata.name }), one] as const)
  return { ...fence, view: { ...fence.view, objects: new Map([...fence.view.objects, ...entries]) } }
}

/** After a `test` or a precondition that failed, the next attempt is made from what stands there, not from what a watch told last. */
async function readAgain(resolved: Resolved, { cluster, watched, signal }: Sending): Promise<void> {
  for (const { verb, object } of 'writes' in resolved ? resolved.writes : []) {
    if (verb !== 'patch' && verb !== 'delete') continue
    const live = await cluster.get(object, { signal }).catch(unreadable)
    if (live !== undefined) watched.took(object, live)
  }
}

const unreadable = (error: unknown): undefined => {
  if (error instanceof DeployError) return undefined
  throw error
}

function refusalOf(resolved: Resolved): Refusal | null {
  if ('locked' in resolved) return { code: 'locked', because: `another run holds it: token ${resolved.locked}` }
  if ('takenOver' in resolved)
    return { code: 'taken-over', because: `a later driver of this run has it: token ${resolved.takenOver}` }
  if ('impossible' in resolved) return { code: 'impossible', because: resolved.impossible }
  if (!('drift' in resolved)) return null
  const fields = resolved.drift.map(({ object, path }) => `${refName(object)} ${path}`)
  return { code: 'drift', because: `somebody changed ${fields.join(', ')}` }
}

const agreedIn = (run: RunState, unit: Unit): ReadonlySet<string> =>
  new Set(
    unitState(run, unit.id)
      .drifts.filter(({ agreed }) => agreed)
      .map(({ object, path }) => `${object}${path}`),
  )

async function writeAll(writes: readonly Write[], { order, cluster, watched, signal }: Sending): Promise<Receipt> {
  const { mutation } = order.action
  let receipt: Receipt = {}
  for (const write of writes) {
    const object = await deletedIsFine(write, () => cluster.write(write, { signal }))
    watched.took(write.object, object)
    // Only of the object that is looked at afterwards: resourceVersions of two objects say nothing about each other.
    if (object && mutation.verb !== 'hook' && keyOf(write.object) === keyOf(mutation.object))
      receipt = receiptOf(object)
  }
  return receipt
}

async function deletedIsFine(write: Write, call: () => Promise<KubeObject | null>): Promise<KubeObject | null> {
  try {
    return await call()
  } catch (error) {
    if (write.verb === 'delete' && error instanceof DeployError && error.code === 'kube-not-found') return null
    throw error
  }
}

const receiptOf = ({ metadata: { uid, resourceVersion, generation } }: KubeObject): Receipt => ({
  ...(uid !== undefined && { uid }),
  ...(resourceVersion !== undefined && { resourceVersion }),
  ...(generation !== undefined && { generation }),
})

async function runHook({ order, unit, run, hooks, signal }: Sending): Promise<Receipt> {
  const { mutation } = order.action
  if (mutation.verb !== 'hook') return {}
  const attempt = (unitState(run, unit.id).steps.get(order.step)?.attempts ?? 0) + 1
  const env = {
    DEPLOY_RUN: run.run,
    DEPLOY_UNIT: unit.id,
    DEPLOY_CLUSTER: unit.cluster,
    DEPLOY_NAMESPACE: unit.namespace,
    DEPLOY_STEP: `${run.run}/${unit.id}/${order.step}`,
    DEPLOY_ATTEMPT: String(attempt),
  }
  const { receipt, timedOut, kept } = await hooks.run(mutation.hook, env, signal)
  if (receipt.exitCode === 0 && !timedOut) return receipt
  const how = timedOut ? `ran longer than its timeout` : `exited with ${receipt.exitCode ?? 'no code'}`
  const output = await kept()
  throw new DeployError({
    code: 'hook-failed',
    what: `hook ${mutation.hook.argv.join(' ')} ${how}${output === null ? '' : `, output: ${output}`}`,
  })
}
