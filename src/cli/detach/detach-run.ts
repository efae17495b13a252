import { type Kept, readHome } from '../../adapters/journal/home/read.ts'
import type { Loaded } from '../../config/load.ts'
import { DeployError, exitCodes, type ExitCode, foreseen } from '../../core/errors.ts'
import { homeOf } from '../../core/home.ts'
import type { Fact } from '../../core/journal.ts'
import type { JsonObject } from '../../core/json.ts'
import { refName } from '../../core/kinds.ts'
import type { KubeObject } from '../../core/objects.ts'
import type { Plan } from '../../core/plan.ts'
import { minute, second, type Millis } from '../../core/time.ts'
import { Locked } from '../../engine/leases/refused.ts'
import type { Site } from '../../engine/planning.ts'
import { siteOf } from '../../engine/site.ts'
import type { Cluster } from '../../ports.ts'
import { clockOf } from '../clock.ts'
import type { CommandContext } from '../context.ts'
import { attachRun, beginRun, type Driver } from '../driver.ts'
import { byWhom } from '../leases.ts'
import type { ReleaseOptions } from '../options.ts'
import { userName } from '../user.ts'
import { podConfigOf, variablesIn } from './config.ts'
import { configOf, configRef, jobOf, jobRef, type JobWish } from './job.ts'
import { notTakenOver } from './taken-over.ts'

export interface DetachRun {
  readonly plan: Plan
  readonly planHash: string
  readonly sites: readonly Site[]
  readonly loaded: Loaded
  readonly options: Pick<ReleaseOptions, 'detachImage' | 'output' | 'json'>
  readonly reason?: string
}

const patience: Millis = 10 * second

/**
 * Opens the run and has a Job in its home cluster drive it. Returns once that has taken the run over. Where it does not,
 * the Job is removed and the run closed: nothing was changed by then. Where that can't be told, the Job stays.
 */
export async function detachRun(wanted: DetachRun, context: CommandContext): Promise<ExitCode> {
  const { plan, planHash, sites, loaded, options } = wanted
  const { process } = context
  const home = homeOf(plan)
  const { cluster } = siteOf(sites, home.cluster).reins
  const text = podConfigOf(plan, loaded, home.cluster)
  const wish = wishOf(wanted, loaded, userName(process))
  warnOfVariables(text, wish, process.streams.stderr)
  await assertAllowed(cluster, wish.namespace, context.signal)

  const beginning = { plan, planHash, sites, folder: loaded.folder }
  const { run, job } = await opened(beginning, (id) => ({ ...wish, run: id }), text, wanted, context)
  const clock = clockOf(process)
  const made: Made = { run, ref: jobRef({ ...wish, run }), job, place: { cluster, namespace: home.namespace, run } }
  process.streams.stderr.write(
    `run ${run}: ${refName(made.ref)} in ${wish.namespace} of ${home.cluster} takes over …\n`,
  )
  const trouble =
    (await notBegun(made, context.signal)) ?? (await notTakenOver(made.place, { ...wish, run }, clock, context))
  if (trouble !== null && (await closedUnbegun(made, beginning, context).catch(unknownAfter(trouble, made))))
    throw new DeployError({
      code: 'detach-not-started',
      what: `nobody drives run ${run} in the cluster: ${trouble}`,
      why: 'the Job was removed and the run closed; nothing was changed',
      remedy: 'mend what is named, then release again; or release without --detach',
      exit: 'refused',
    })
  process.streams.stderr.write(`run ${run} is driven in the cluster; follow it: deploy watch ${run}\n`)
  if (options.json || options.output !== 'text')
    process.streams.stdout.write(
      `${JSON.stringify({ v: 1, run, plan: planHash, job: { ...made.ref, cluster: home.cluster } })}\n`,
    )
  return exitCodes.done
}

/** A run with its Job. */
interface Made {
  readonly run: string
  readonly ref: ReturnType<typeof jobRef>
  readonly job: KubeObject
  readonly place: Kept
}

const begun = [
  { op: 'test', path: '/spec/suspend', value: true },
  { op: 'replace', path: '/spec/suspend', value: false },
] as const

/** Gives the Job its sign. `null`: it has it; else why that is not known. */
const notBegun = ({ place: { cluster }, ref }: Made, signal: AbortSignal): Promise<string | null> =>
  write(cluster, { verb: 'patch', object: ref, ops: begun }, signal).then(
    () => null,
    (error: unknown) => foreseen(error).what,
  )

function wishOf({ plan, planHash, options }: DetachRun, { config }: Loaded, by: string): Omit<JobWish, 'run'> {
  const { detach } = config
  const image = options.detachImage ?? detach?.image
  if (image === undefined)
    throw new DeployError({
      code: 'detach-image',
      what: '--detach needs an image that has deploy in it',
      remedy: 'add it to deploy.yaml: detach: { image: ghcr.io/acme/deploy@sha256:… }, or say --detach-image',
    })
  return {
    home: homeOf(plan).cluster,
    planHash,
    service: plan.release.service,
    by,
    namespace: detach?.namespace ?? homeOf(plan).namespace,
    image,
    serviceAccount: detach?.serviceAccount ?? 'deploy-driver',
    ...(detach?.env !== undefined && { env: detach.env }),
    ...(detach?.kubeconfigs !== undefined && { kubeconfigs: detach.kubeconfigs }),
  }
}

function warnOfVariables(text: string, { env }: Omit<JobWish, 'run'>, stderr: NodeJS.WriteStream): void {
  const needed = variablesIn(text.match(/\benv:[A-Za-z_]\w*/g) ?? [])
  if (needed.length > 0 && env === undefined)
    throw new DeployError({
      code: 'detach-impossible',
      what: `can't be detached: deploy.yaml reads ${[...new Set(needed)].join(', ')} from the environment`,
      why: 'the Job has no variables of this machine',
      remedy: 'put them into a Secret in the cluster, and name that: detach: { env: SECRET }',
      exit: 'refused',
    })
  if (needed.length > 0) stderr.write(`secret/${env} has to have: ${[...new Set(needed)].join(', ')}\n`)
}

async function assertAllowed(cluster: Cluster, namespace: string, signal: AbortSignal): Promise<void> {
  if ((await cluster.may('create', 'Job', namespace, { signal })) !== false) return
  throw new DeployError({
    code: 'detach-forbidden',
    what: `may not create Jobs in namespace ${namespace} of ${cluster.name}`,
    remedy: 'add jobs to the Role: deploy doctor --rbac prints it; or release without --detach',
    exit: 'refused',
  })
}

type Beginning = Parameters<typeof beginRun>[0]

/** The run as its driver will find it: Leases free, journal in its home, and a Job that waits for its sign. */
async function opened(
  beginning: Beginning,
  wishFor: (run: string) => JobWish,
  text: string,
  { reason }: DetachRun,
  context: CommandContext,
): Promise<{ readonly run: string; readonly job: KubeObject }> {
  const { plan, planHash, sites } = beginning
  const { cluster } = siteOf(sites, homeOf(plan).cluster).reins
  await using driver = await beginRun(beginning, context)
  const { run } = driver.opened.folder
  const { by, host } = byWhom(context.process)
  await note(
    driver,
    { type: 'opened', run, plan: planHash, by, host, ...(reason !== undefined && { reason }) },
    context,
  )
  const wish = wishFor(run)
  try {
    await driver.opened.journal.shared(AbortSignal.any([context.signal, AbortSignal.timeout(minute)]))
    const job = await create(cluster, wish, text, context.signal)
    return { run, job }
  } catch (error) {
    await note(driver, closed, context)
    throw error
  }
}

const closed: Fact = { type: 'closed', exit: exitCodes.refused, outcome: 'nothing was begun' }

async function note(driver: Driver, fact: Fact, { process }: CommandContext): Promise<void> {
  for (const entry of await driver.opened.journal.append([fact], clockOf(process).now())) driver.noted(entry)
}

async function create(cluster: Cluster, wish: JobWish, text: string, signal: AbortSignal): Promise<KubeObject> {
  const job = await write(cluster, { verb: 'create', object: jobRef(wish), body: jobOf(wish) }, signal)
  if (!job) throw new Error('a Job that was created is nothing')
  try {
    const body: JsonObject = configOf(wish, text, { uid: job.metadata.uid ?? '' })
    await write(cluster, { verb: 'create', object: configRef(wish), body }, signal)
    return job
  } catch (error) {
    await removeJob(cluster, jobRef(wish), job, signal)
    throw error
  }
}

const write = (cluster: Cluster, what: Parameters<Cluster['write']>[0], signal: AbortSignal) =>
  cluster.write(what, { signal })

/** Its pods and its ConfigMap go with it. */
const removeJob = (cluster: Cluster, object: ReturnType<typeof jobRef>, job: KubeObject, signal: AbortSignal) =>
  write(cluster, { verb: 'delete', object, uid: job.metadata.uid ?? '' }, signal).catch((error: unknown) => {
    if (error instanceof DeployError && error.code === 'kube-not-found') return null
    throw error
  })

/**
 * Whether nobody has driven the run: then its Job was removed, and it was closed. That is found out and done with its
 * Leases held, so no pod takes it over meanwhile.
 */
async function closedUnbegun(
  { run, ref, job, place }: Made,
  beginning: Beginning,
  context: CommandContext,
): Promise<boolean> {
  const { signal } = context
  const attaching = attachRun(run, { ...beginning, epoch: 1, isHere: true, gone: null }, context)
  const holding = await attaching.catch(unlessTaken(run))
  if (holding === null) return false
  await using driver = holding
  // Of the home itself: attaching makes do without it, and a pod of which it knows nothing has changed nothing.
  const copy = await readHome(place, { signal, timeout: patience })
  if (copy?.entries.some(({ type }) => type === 'attached')) return false
  await removeJob(place.cluster, ref, job, signal)
  await note(driver, closed, context)
  return true
}

/** Somebody holds its Leases, or has come to its end. */
const unlessTaken =
  (run: string) =>
  (error: unknown): null => {
    if (error instanceof Locked && error.run === run) return null
    if (error instanceof DeployError && ['run-closed', 'run-lost'].includes(error.code)) return null
    throw error
  }

const unknownAfter =
  (trouble: string, { run, ref, place: { cluster } }: Made) =>
  (error: unknown): never => {
    throw new DeployError({
      code: 'detach-unknown',
      what: `it is not known whether run ${run} is driven in the cluster: ${foreseen(error).what}`,
      why: `${refName(ref)} is there and may take it over yet; last it was seen so: ${trouble}`,
      remedy: `when ${cluster.name} answers: deploy status ${run} says who drives it, deploy watch ${run} follows it; where nobody does: deploy resume ${run} or deploy abort ${run}`,
      exit: 'humanNeeded',
      cause: error,
    })
  }
