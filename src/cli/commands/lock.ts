import { hostname } from 'node:os'
import { DeployError, type ExitCode, exitCodes } from '../../core/errors.ts'
import { type Lease, type LeaseRun, leaseSelector, renewEvery, ttl } from '../../core/lease/lease.ts'
import { readLease } from '../../core/lease/read.ts'
import { breakLease } from '../../core/lease/write.ts'
import type { KubeObject } from '../../core/objects.ts'
import { type Millis, second, span } from '../../core/time.ts'
import type { Cluster } from '../../ports.ts'
import { type LockRow, lockJson, lockText } from '../../report/lock-text.ts'
import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'
import { nextPulse } from '../driven.ts'
import { targetsFor, type Whither } from '../elsewhere.ts'
import { isDead } from '../leases.ts'
import { type CommonOptions, formOf } from '../options.ts'
import { connectTo } from '../sites.ts'
import { userName } from '../user.ts'

export interface LockOptions extends CommonOptions, Whither {
  readonly reason?: string
  readonly force?: boolean
}

/** `deploy lock status [run]` and `deploy lock break [run]`: the Leases of an environment's workloads. */
export async function lock(
  what: string,
  run: string | undefined,
  options: LockOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (what !== 'status' && what !== 'break')
    throw new DeployError({
      code: 'usage',
      what: `there is no lock ${JSON.stringify(what)}`,
      remedy: 'deploy lock status, or deploy lock break --reason …',
    })
  if (what === 'break' && !options.reason)
    throw new DeployError({
      code: 'usage',
      what: 'lock break needs a reason',
      why: 'it takes a run from whoever drives it; the next driver notes why in the journal',
      remedy: "add --reason '…'",
    })
  await using stack = new AsyncDisposableStack()
  const found = await leasesOf(options, context, stack)
  return await (what === 'status' ? status(found, run, options, context) : breakAll(found, run, options, context))
}

interface Found {
  readonly cluster: Cluster
  readonly namespace: string
  readonly object: KubeObject
  readonly lease: Lease
  readonly run: LeaseRun
}

/** Of every cluster that answers; the others are named. */
async function leasesOf(whither: LockOptions, context: CommandContext, stack: AsyncDisposableStack): Promise<Found[]> {
  const { signal, process } = context
  const answers = await Promise.allSettled(
    targetsFor(whither, context).map(async (target) => {
      const { cluster, namespace } = await connectTo(target, context)
      stack.use(cluster)
      const listed = await cluster.list({ kind: 'Lease', namespace, labelSelector: leaseSelector }, { signal })
      return listed.flatMap((object) => {
        const lease = readLease(object)
        return lease.run ? [{ cluster, namespace, object, lease, run: lease.run }] : []
      })
    }),
  )
  const failed = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
  if (failed.some((error) => !(error instanceof DeployError)) || failed.length === answers.length) throw failed[0]
  for (const error of failed) process.streams.stderr.write(`not seen: ${(error as DeployError).what}\n`)
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}

/** A little longer than it takes a driver that lives. */
const renewal: Millis = renewEvery + 2 * second

async function status(
  found: readonly Found[],
  run: string | undefined,
  options: LockOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process } = context
  const { stdout } = process.streams
  const wanted = found.filter((one) => run === undefined || one.run.run === run)
  const rows = await Promise.all(
    wanted.map(async (one): Promise<LockRow> => {
      const { cluster, namespace, object, lease } = one
      const isRenewed = lease.holder === null ? null : await renewsWithin(one, renewal, context)
      return { cluster: cluster.name, namespace, name: object.metadata.name, lease, run: one.run, isRenewed }
    }),
  )
  const now = clockOf(process).now()
  if (formOf(options) === 'text') stdout.write(`${lockText(rows, { now, columns: stdout.columns ?? 120 })}\n`)
  else stdout.write(`${JSON.stringify(lockJson(rows), null, formOf(options) === 'json' ? 2 : 0)}\n`)
  return exitCodes.done
}

/** Whether its holder is seen to renew: at once when it does, and not at all when its process is known to be dead. */
async function renewsWithin(
  { cluster, namespace, object, lease, run }: Found,
  patience: Millis,
  { process, signal }: CommandContext,
): Promise<boolean> {
  if (await isDead(run.release?.process ?? null)) return false
  const ref = { kind: 'Lease', namespace, name: object.metadata.name } as const
  const live = await nextPulse({ cluster, ref, pulse: lease.pulse }, patience, clockOf(process), { signal })
  signal.throwIfAborted()
  return live !== null
}

async function breakAll(
  found: readonly Found[],
  named: string | undefined,
  { force = false, reason = '' }: LockOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process, signal } = context
  const say = (text: string): void => void process.streams.stderr.write(`${text}\n`)
  const run = named ?? onlyHeld(found)
  const held = found.filter((one) => one.run.run === run && one.lease.holder !== null)
  const known = found.find((one) => one.run.run === run)
  if (!known || held.length === 0) {
    throw new DeployError({
      code: 'lock-free',
      what: known ? `nobody holds a lock of run ${run}` : `no lock tells of run ${run}`,
      remedy:
        known && known.run.phase !== 'closed'
          ? `go on with it: deploy resume ${run}; or take it back: deploy abort ${run}`
          : 'deploy lock status shows all locks',
    })
  }
  if (!force) {
    say(`looking for up to ${ttl / second} s whether its driver is alive`)
    const alive = await Promise.all(held.map((one) => renewsWithin(one, ttl, context)))
    const living = held.find((_, index) => alive[index])
    if (living) throw isAlive(living)
  }
  const by = { by: userName(process), host: hostname(), reason }
  const broken: string[] = []
  for (const { cluster, namespace, object, lease, run: about } of held) {
    const ref = { kind: 'Lease', namespace, name: object.metadata.name } as const
    const place = `lease/${ref.name} in ${cluster.name}`
    await cluster
      .write(breakLease(ref, lease, { ...by, holder: holderOf(lease, about) }), { signal })
      .catch((error: unknown) => {
        throw unbroken(error, run, place, broken)
      })
    say(`took ${place} from ${holderOf(lease, about)}`)
    broken.push(place)
  }
  say(
    `run ${run} is still open, and nobody drives it now. Go on with it: deploy resume ${run}. Take it back: deploy abort ${run}`,
  )
  return exitCodes.done
}

/** A test of the patch fails when somebody else holds the Lease by now, or nobody does. */
function unbroken(error: unknown, run: string, place: string, broken: readonly string[]): unknown {
  if (!(error instanceof DeployError) || error.code !== 'kube-invalid') return error
  return new DeployError({
    code: 'lock-changed',
    what: `${place} has changed hands since it was looked at; ${broken.length === 0 ? 'no lock was broken' : `broken before that: ${broken.join(', ')}`}`,
    why: 'whoever holds it now may be alive',
    remedy: `see who that is: deploy lock status; then, if it must be, once more: deploy lock break ${run} --reason '…'`,
    exit: 'locked',
    cause: error,
  })
}

const holderOf = ({ holder }: Lease, { release }: LeaseRun): string =>
  release ? `${release.by} on ${release.host} (process ${release.pid})` : (holder ?? 'nobody')

function onlyHeld(found: readonly Found[]): string {
  const runs = [...new Set(found.filter(({ lease }) => lease.holder !== null).map(({ run }) => run.run))]
  const [first, ...more] = runs
  if (first !== undefined && more.length === 0) return first
  throw new DeployError({
    code: first === undefined ? 'lock-free' : 'run-unclear',
    what: first === undefined ? 'nobody holds a lock' : `several runs are driven: ${runs.join(', ')}`,
    remedy: first === undefined ? 'deploy lock status shows all locks' : 'name one of them',
  })
}

const isAlive = ({ lease, run }: Found): DeployError =>
  new DeployError({
    code: 'lock-alive',
    what: `run ${run.run} is driven by ${holderOf(lease, run)}: it was seen to renew its lock`,
    why: 'a driver that lives can be told to stop, and does it in order',
    remedy: `deploy pause ${run.run}, or deploy abort ${run.run}; --force takes the lock all the same, and that driver stops within ${span(renewEvery)} (exit 8)`,
    exit: 'locked',
  })
