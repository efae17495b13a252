import { DeployError } from '../../../core/errors.ts'
import { homeOf } from '../../../core/home.ts'
import type { Plan } from '../../../core/plan.ts'
import { type Millis, second } from '../../../core/time.ts'
import type { Call, Clock, Cluster, Journal } from '../../../ports.ts'
import { type Attaching, createRun, discardRun, type OpenRun, openRun } from '../open.ts'
import type { RunPlace } from '../folder.ts'
import { establish, type Home, type Joined, takeHome } from './establish.ts'
import { ofRun } from './names.ts'
import { removeRun, retain } from './retain.ts'
import { homeWriter } from './writer.ts'

export interface Keeping extends RunPlace {
  readonly plan: Plan
  readonly planHash: string
  /** Where the home unit is. */
  readonly cluster: Cluster
  readonly clock: Clock
  /** Of this driver; higher than that of each before it. */
  readonly epoch: number
  readonly signal: AbortSignal
  /** Another driver has gone on with the run: this one must stop. */
  readonly onLost: (error: DeployError) => void
  /** For people: what could not be done, and matters. */
  readonly say: (text: string) => void
}

export interface OpenKept extends OpenRun {
  /**
   * Removes the oldest runs of the service, if this one is over and its home has all of it. Nothing rests on that, so it
   * comes when the journal and the Leases were let go.
   */
  readonly retained: () => Promise<void>
}

const patience: Millis = 10 * second

const homeIn = ({ plan, run, cluster }: Keeping): Home => ({
  cluster,
  place: { namespace: homeOf(plan).namespace, run, service: plan.release.service },
})

/** A new run: its plan and the first segment are in its home before it is begun here. Throws `journal-unwritable`. */
export async function createKept(keeping: Keeping): Promise<OpenKept> {
  const { root, run, plan, planHash, epoch, signal } = keeping
  const home = homeIn(keeping)
  const opened = await createRun({ root, run, plan, epoch })
  try {
    const joined = await establish({ ...home, plan, planHash, epoch: opened.epoch }, { signal, timeout: patience })
    return withHome(opened, keeping, home, joined)
  } catch (error) {
    await opened.journal[Symbol.asyncDispose]()
    await discardRun(opened.folder)
    await removeRun({ cluster: home.cluster, namespace: home.place.namespace, run }, lastCall()).catch(unimportant)
    throw error instanceof DeployError ? unwritable(error, home) : error
  }
}

/**
 * A run that was begun before, for who has its Leases: this machine's copy and the home's become one. A folder that is gone
 * is made again. Throws `journal-forked`, and what reading either copy throws.
 */
export async function openKept(
  keeping: Keeping & Pick<Attaching, 'isProved'> & { readonly isHere: boolean },
): Promise<OpenKept> {
  const { root, run, plan, epoch: atLeast, signal, isHere, isProved, say } = keeping
  const home = homeIn(keeping)
  const taken = await takeHome(home, atLeast, { signal, timeout: patience }).catch((error: unknown) => {
    if (!isHere || !(error instanceof DeployError)) throw error
    say(withoutHome(error, home))
    return undefined
  })
  const known = taken?.copy.entries ?? []
  if (taken && taken.copy.planHash !== keeping.planHash) throw otherPlan(keeping, home)
  const epoch = taken?.epoch ?? atLeast
  // Whose home answers has its Lease, too: cut off from there, this may be one of two drivers.
  const attaching = {
    root,
    run,
    known,
    epoch,
    hasLeases: taken !== undefined,
    ...(isProved !== undefined && { isProved }),
  }
  const opened = await (isHere ? openRun(attaching) : createRun({ ...attaching, plan }))
  const joined = taken && taken.epoch === opened.epoch ? taken.joined : null
  return withHome(opened, keeping, home, joined)
}

function withHome(opened: OpenRun, keeping: Keeping, home: Home, joined: Joined | null): OpenKept {
  const { journal: local, epoch } = opened
  const { plan, planHash, clock, onLost, say } = keeping
  const writer = homeWriter({
    ...home,
    plan,
    planHash,
    epoch,
    clock,
    entries: () => local.entries,
    joined,
    onLost,
  })
  let isShared = false
  const journal: Journal = {
    get entries() {
      return local.entries
    },
    async append(facts, at) {
      const added = await local.append(facts, at)
      writer.appended(added)
      return added
    },
    shared: (signal) => writer.shared(signal),
    async [Symbol.asyncDispose]() {
      const trouble = await writer.finish(patience)
      if (trouble) say(unshared(trouble, home))
      isShared = trouble === null
      await local[Symbol.asyncDispose]()
    },
  }
  return {
    ...opened,
    journal,
    async retained() {
      if (isShared && local.entries.at(-1)?.type === 'closed') await retain(home, lastCall())
    },
  }
}

/** What could not be removed is a plan without a journal: no run, and nobody reads it. */
const unimportant = (error: unknown): void => {
  if (!(error instanceof DeployError)) throw error
}

const lastCall = (): Call => ({ signal: AbortSignal.timeout(patience), timeout: patience })

const placeOf = ({ cluster, place: { namespace } }: Home): string => `namespace ${namespace} of cluster ${cluster.name}`

const otherPlan = ({ run, planHash }: Keeping, home: Home): DeployError =>
  new DeployError({
    code: 'journal-plan',
    what: `the plan of run ${run} in ${placeOf(home)} is not the one with the hash ${planHash}`,
    why: 'what the journal says was done would be read as steps of another plan',
    remedy: `somebody changed it; see who: kubectl -n ${home.place.namespace} get configmap -l ${ofRun(run)} --show-managed-fields -o yaml`,
    exit: 'refused',
  })

const unwritable = (error: DeployError, home: Home): DeployError =>
  new DeployError({
    code: 'journal-unwritable',
    what: `the run can't be kept in ${placeOf(home)}: ${error.what}`,
    why: 'a run that only this machine knows would be lost with it; nothing was changed',
    remedy:
      error.code === 'kube-forbidden'
        ? `grant what deploy doctor --rbac prints: configmaps get, list, create, patch and delete. ${error.remedy ?? ''}`.trim()
        : (error.remedy ?? 'look at the cluster, then try again'),
    exit: 'refused',
    cause: error,
  })

const withoutHome = (error: DeployError, home: Home): string =>
  error.code === 'journal-corrupt'
    ? `${error.what}. What this machine has is whole; to have it copied there again: kubectl -n ${home.place.namespace} delete configmap -l ${ofRun(home.place.run)}. Until then the release can only go back.`
    : `the copy of the run in ${placeOf(home)} can't be reached: ${error.what}. Until it can, the release can only go back.`

const unshared = (error: DeployError, home: Home): string =>
  `the end of the run is not in ${placeOf(home)} yet: ${error.what}. This machine has it; any deploy command that drives the run brings it over.`
