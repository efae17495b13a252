import { homeOf } from '../home.ts'
import { canonical } from '../json.ts'
import type { Kind } from '../kinds.ts'
import { type Mutation, type Plan, stepsOf, type Unit, unitsOf } from '../plan.ts'

/** Something that this identity has to be allowed to do in one namespace of one cluster. */
export interface Permission {
  readonly cluster: string
  readonly namespace: string
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete'
  readonly kind: Kind
  readonly subresource?: 'log'
  /** The release can do without, and knows less then. */
  readonly optional?: true
}

/** Everything that a plan will ever do, its way back included: to be asked for before the first write. */
export function permissionsNeeded(plan: Pick<Plan, 'waves'>): Permission[] {
  const needed = [...unitsOf(plan).flatMap(ofUnit), ...keepingOf(plan)]
  return [...new Map(needed.map((permission) => [canonical(permission), permission])).values()]
}

/** The run is kept in its home, entry by entry: a release that could not do that would stop at its first step. */
function keepingOf(plan: Pick<Plan, 'waves'>): Permission[] {
  if (unitsOf(plan).length === 0) return []
  const { cluster, namespace } = homeOf(plan)
  return (['create', 'patch'] as const).map((verb) => ({ cluster, namespace, verb, kind: 'ConfigMap' }))
}

function ofUnit(unit: Unit): Permission[] {
  const { cluster, namespace } = unit
  const mutations = stepsOf(unit).map(({ action }) => action.mutation)
  const written = mutations.flatMap(writeOf)
  const sets = unit.workload.kind === 'Deployment' ? (['ReplicaSet'] as const) : []
  const read = new Set<Kind>([
    unit.workload.kind,
    ...sets,
    'Pod',
    'Service',
    'EndpointSlice',
    ...written.map(({ kind }) => kind),
  ])
  const reads = [...read].flatMap((kind) => looks.map((verb) => ({ verb, kind })))
  const better = [
    ...looks.map((verb) => ({ verb, kind: 'Event', optional: true }) as const),
    { verb: 'get', kind: 'Pod', subresource: 'log', optional: true } as const,
  ]
  return [...reads, ...written, ...better].map((what): Permission => Object.assign({ cluster, namespace }, what))
}

const looks = ['get', 'list', 'watch'] as const

type Write = Pick<Permission, 'verb' | 'kind'>

function writeOf(mutation: Mutation): Write | [] {
  if (mutation.verb === 'hook') return []
  if (mutation.verb === 'delete-unready') return { verb: 'delete', kind: 'Pod' }
  if (mutation.verb === 'delete-sets') return { verb: 'delete', kind: 'ReplicaSet' }
  const { verb, object } = mutation
  return { verb: verb === 'change' || verb === 'disown' ? 'patch' : verb, kind: object.kind }
}
