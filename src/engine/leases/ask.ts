import { DeployError } from '../../core/errors.ts'
import type { Ref } from '../../core/kinds.ts'
import { idOf, type Lease, type LeaseAsk, type LeaseRun, ttl } from '../../core/lease/lease.ts'
import { readLease } from '../../core/lease/read.ts'
import { ask as asking, withdraw } from '../../core/lease/write.ts'
import { type Millis, second, span } from '../../core/time.ts'
import type { Clock, Cluster } from '../../ports.ts'
import { forbidden } from './refused.ts'
import { isForbidden } from './seat.ts'

export interface Asking {
  /** Where the run's home is. */
  readonly cluster: Cluster
  readonly ref: Ref
  readonly run: string
  readonly ask: LeaseAsk
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly isDead: (process: unknown) => Promise<boolean>
  readonly say: (text: string) => void
}

/** What became of an ask. */
export type Became =
  /** The driver has noted it, and done it or refused it; how the run is then. */
  | { readonly became: 'answered'; readonly refused?: string; readonly run: LeaseRun }
  /** Nobody drives the run: whoever asked may drive it. `gone`: the pulse of a holder that was watched for a whole TTL. */
  | { readonly became: 'unheard'; readonly gone: string | null }
  | { readonly became: 'over' }
  /** The home could not be seen for a whole TTL, and why: nobody knows whether it is driven. */
  | { readonly became: 'unseen'; readonly error: DeployError; readonly mayBeHeard: boolean }

const patience: Millis = 10 * second
const looksEvery: Millis = second
/** So long nothing is said: most are answered at once. */
const silent: Millis = 3 * second
const tellsEvery: Millis = 10 * second

/** Asks whoever drives the run, and waits for what becomes of it. What was not heard is taken back. */
export async function askDriver(input: Asking): Promise<Became> {
  const { clock, signal, run, ask, say } = input
  const began = clock.elapsed()
  let alive = null as { readonly pulse: string; readonly since: Millis } | null
  let unseen = null as { readonly since: Millis; told: Millis } | null
  let told = began
  let mayBeHeard = false
  for (let pause = 0; ; pause = Math.min(looksEvery, pause + second / 4)) {
    await clock.sleep(pause, signal)
    signal.throwIfAborted()
    const looked = clock.elapsed()
    const lease = await look(input)
    const now = clock.elapsed()
    if (lease instanceof DeployError) {
      // What can't be seen says nothing about the driver.
      alive = null
      unseen ??= { since: looked, told: Number.NEGATIVE_INFINITY }
      if (now - unseen.since >= ttl) return { became: 'unseen', error: lease, mayBeHeard }
      if (now - unseen.told >= tellsEvery) {
        unseen.told = now
        say(unseenText(input, lease, ttl - (now - unseen.since)))
      }
      continue
    }
    unseen = null
    const answer = lease?.run?.run === run ? lease.run.answered.find(({ id }) => id === ask.id) : undefined
    if (lease?.run && answer) return { became: 'answered', run: lease.run, ...refusedIn(answer) }
    if (!lease?.run || lease.run.run !== run) return { became: 'unheard', gone: null }
    if (lease.run.phase === 'closed' && lease.holder === null) {
      await takeBack(input, lease)
      return { became: 'over' }
    }
    if (alive?.pulse !== lease.pulse) alive = { pulse: lease.pulse, since: now }
    const isSilent = now - alive.since >= ttl
    if (lease.holder === null || isSilent || (await input.isDead(lease.run.release?.process ?? null))) {
      await takeBack(input, lease)
      return { became: 'unheard', gone: lease.holder === null ? null : lease.pulse }
    }
    const present = lease.run.ask
    if (present === null) {
      mayBeHeard = true
      await send(input, lease)
    }
    if (now - told >= (told === began ? silent : tellsEvery)) {
      told = now
      say(waitText(lease, present !== null && idOf(present) !== ask.id, now - alive.since))
    }
  }
}

const refusedIn = ({ refused }: { readonly refused?: string }) => (refused === undefined ? {} : { refused })

const waitText = ({ holder, run }: Lease, isOther: boolean, quiet: Millis): string => {
  const release = run?.release
  const who = release ? `${release.by} on ${release.host} (process ${release.pid})` : holder
  const what = isOther ? 'has not answered somebody else yet' : 'was asked, no answer yet'
  return `${who} ${what}; its last sign of life is ${span(quiet)} ago`
}

const unseenText = ({ cluster, run }: Asking, { what }: DeployError, left: Millis): string =>
  `the home of run ${run} in ${cluster.name} can't be seen, ${what}: asking for up to ${span(left)}`

/** Or why it could not be seen. */
async function look({ cluster, ref, signal }: Asking): Promise<Lease | null | DeployError> {
  try {
    const object = await cluster.get(ref, { signal, timeout: patience })
    return object && readLease(object)
  } catch (error) {
    if (isForbidden(error)) throw forbidden({ cluster: cluster.name, ref }, error)
    if (error instanceof DeployError) return error
    throw error
  }
}

/** Somebody may just have asked something else, or nobody knows whether it arrived: then it is looked and tried again. */
async function send({ cluster, ref, ask, signal }: Asking, lease: Lease): Promise<void> {
  try {
    await cluster.write(asking(ref, lease, ask), { signal, timeout: patience })
  } catch (error) {
    if (isForbidden(error)) throw forbidden({ cluster: cluster.name, ref }, error)
    if (!(error instanceof DeployError)) throw error
  }
}

/** Or the next driver, which may be this very process, would do it a second time. */
async function takeBack({ cluster, ref, ask, signal }: Asking, { run }: Lease): Promise<void> {
  if (!run?.ask || idOf(run.ask) !== ask.id) return
  try {
    await cluster.write(withdraw(ref, run.ask.raw), { signal, timeout: patience })
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
  }
}
