import { judgeRef, keeps, numberOf, ofRun } from '../../adapters/journal/home/names.ts'
import { removeRun } from '../../adapters/journal/home/retain.ts'
import { DeployError } from '../../core/errors.ts'
import { at, type Json } from '../../core/json.ts'
import { type Kind, keyOf, type Ref, refName } from '../../core/kinds.ts'
import { leaseSelector } from '../../core/lease/lease.ts'
import { readLease } from '../../core/lease/read.ts'
import { marks, runOfToken } from '../../core/marks.ts'
import type { KubeObject } from '../../core/objects.ts'
import { type Plan, unitsOf } from '../../core/plan.ts'
import { hour, type Millis } from '../../core/time.ts'
import type { Call } from '../../ports.ts'
import { jobLabel, jobSelector } from '../detach/job.ts'
import type { Home, PlanOf } from './closed.ts'
import type { Litter } from './litter.ts'

export interface Place extends Home {
  /** Where Jobs of --detach are, if not in the same namespace. */
  readonly jobsIn?: string | undefined
}

export interface Known {
  /** So many runs of each service that are over stay. */
  readonly keep: number
  /** Runs that are over, wherever their homes are. */
  readonly closed: ReadonlyMap<string, PlanOf>
  readonly now: Millis
}

/** What releases have left in one namespace of a cluster. */
export async function litterIn(place: Place, known: Known, call: Call): Promise<Litter[]> {
  const closed = new Map(known.closed)
  for (const run of await openHere(place, call)) closed.delete(run)
  const all = await Promise.all([
    Promise.resolve(journals(place, known.keep)),
    plans(place, known.now, call),
    jobs(place, closed, call),
    objects(place, closed, call),
  ])
  return all.flat()
}

/** By the Leases of the workloads: the home of their run may be a cluster that nobody asked. */
async function openHere({ cluster, namespace }: Place, call: Call): Promise<string[]> {
  const leases = await cluster.list({ kind: 'Lease', namespace, labelSelector: leaseSelector }, call).catch(notAllowed)
  return leases.flatMap((object) => {
    const { run } = readLease(object)
    return run && run.phase !== 'closed' ? [run.run] : []
  })
}

const nameOf = ({ cluster, namespace }: Place): string => `${cluster.name}/${namespace}`

function journals(place: Place, keep: number): Litter[] {
  const { kept } = place
  const services = new Set(kept.map(({ service }) => service))
  return [...services].flatMap((service) =>
    kept
      .filter((one) => one.service === service && !one.isOpen)
      .slice(keep)
      .map(({ run }) => ({
        what: 'journal' as const,
        name: `configmaps deploy-run-${run}-…`,
        place: nameOf(place),
        run,
        why: `over, and older than the last ${keep} of ${service}`,
        remove: (call) => removeRun({ ...place, run }, call),
      })),
  )
}

/** A removal that was cut off leaves a plan, or what the judge knew, without a journal. So does, for a moment, a run that is just being made. */
const moment: Millis = hour

async function plans(place: Place, now: Millis, call: Call): Promise<Litter[]> {
  const { cluster, namespace, kept } = place
  const labelSelector = `${keeps.managedBy}=deploy,${keeps.part} in (plan,judge)`
  const found = await cluster.list({ kind: 'ConfigMap', namespace, labelSelector }, call)
  const known = new Set(kept.map(({ run }) => run))
  const orphans = found.filter((object) => {
    const run = object.metadata.labels?.[keeps.run] ?? ''
    const age = now - Date.parse(object.metadata.creationTimestamp ?? '')
    const { name } = object.metadata
    const isPart = numberOf(object, run)?.part === 'plan' || name === judgeRef({ namespace, run }).name
    return age > moment && !known.has(run) && isPart
  })
  const alone = await Promise.all(
    orphans.map(async (object) => {
      const run = object.metadata.labels?.[keeps.run] ?? ''
      const all = await cluster.list({ kind: 'ConfigMap', namespace, labelSelector: ofRun(run) }, call)
      return all.some((one) => one.metadata.labels?.[keeps.part] === 'journal') ? [] : [object]
    }),
  )
  return alone.flat().map((object) => removal(place, 'plan', object, 'ConfigMap', 'the journal of its run is gone'))
}

/** Jobs that drove a run that is over. One that failed with its run open is evidence. */
async function jobs(place: Place, closed: Known['closed'], call: Call): Promise<Litter[]> {
  const namespaces = [...new Set([place.namespace, place.jobsIn ?? place.namespace])]
  const found = await Promise.all(
    namespaces.map(async (namespace) => {
      const there = { ...place, namespace }
      const listed = await place.cluster
        .list({ kind: 'Job', namespace, labelSelector: jobSelector }, call)
        .catch(notAllowed)
      return listed
        .filter((job) => isFinished(job) && closed.has(job.metadata.labels?.[jobLabel] ?? ''))
        .map((job) => removal(there, 'job', job, 'Job', 'finished, and its run is over'))
    }),
  )
  return found.flat()
}

function isFinished(job: KubeObject): boolean {
  const conditions = at(job, '/status/conditions')
  return Array.isArray(conditions) && conditions.some((one) => at(one, '/status') === 'True' && isEnd(at(one, '/type')))
}

const isEnd = (type: Json): boolean => type === 'Complete' || type === 'Failed'

/** Jobs are asked for with --detach only, Leases by who drives: an identity that does neither need not see them. */
const notAllowed = (error: unknown): KubeObject[] => {
  if (error instanceof DeployError && (error.code === 'kube-forbidden' || error.code === 'kube-not-found')) return []
  throw error
}

const made: readonly Kind[] = ['Service', 'PodDisruptionBudget', 'ConfigMap']

/**
 * Objects that carry the token of a run that is over, and that its plan says it makes. A mark on an object of somebody
 * else is not gone into here: what stands in it besides is for people, and `doctor` names it.
 */
async function objects(place: Place, closed: Known['closed'], call: Call): Promise<Litter[]> {
  const { cluster, namespace } = place
  const listed = await Promise.all(
    made.map(async (kind) =>
      (await cluster.list({ kind, namespace }, call)).map((object) => ({ kind, object, run: tokenRun(object) })),
    ),
  )
  const found = await Promise.all(
    listed.flat().map(async ({ kind, object, run }) => {
      const plan = await closed.get(run)?.(call)
      const ref: Ref = { kind, namespace, name: object.metadata.name }
      return plan && makes(plan, cluster.name, ref)
        ? [removal(place, 'object', object, kind, `made by run ${run}, which is over`, run)]
        : []
    }),
  )
  return found.flat()
}

const tokenRun = ({ metadata }: KubeObject): string => runOfToken(metadata.annotations?.[marks.token] ?? '')

const makes = (plan: Plan, cluster: string, ref: Ref): boolean =>
  unitsOf(plan)
    .filter((unit) => unit.cluster === cluster && unit.namespace === ref.namespace)
    .flatMap(({ stages }) => stages.flatMap(({ steps }) => steps))
    .some(({ action: { mutation } }) => mutation.verb === 'create' && keyOf(mutation.object) === keyOf(ref))

function removal(
  place: Place,
  what: Litter['what'],
  { metadata }: KubeObject,
  kind: Kind,
  why: string,
  run = metadata.labels?.[jobLabel] ?? metadata.labels?.[keeps.run] ?? '',
): Litter {
  const { name, uid = '', resourceVersion } = metadata
  const object: Ref = { kind, namespace: place.namespace, name }
  return {
    what,
    name: refName(object),
    place: nameOf(place),
    run,
    why,
    // As it was seen, or not at all: who has changed it since may need it.
    remove: async (call) => {
      await place.cluster.write(
        { verb: 'delete', object, uid, ...(resourceVersion !== undefined && { resourceVersion }) },
        call,
      )
    },
  }
}
