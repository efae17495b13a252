import { type Kind, kinds } from '../../../core/kinds.ts'
import { type Permission, permissionsNeeded } from '../../../core/preflight/permissions.ts'
import type { Strategy } from '../../../core/strategy.ts'
import { scopeOf } from '../../../engine/scope.ts'
import { modelUnits } from './model.ts'

/** One rule of a Role. */
export interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

const looks = ['get', 'list', 'watch'] as const
const isLook = (verb: string): boolean => looks.some((one) => one === verb)

type Right = Pick<Permission, 'verb' | 'kind' | 'subresource'>

/** What plans of every strategy would ever ask for, their way back included. */
function rightsOf(strategies: readonly Strategy[]): Right[] {
  const units = modelUnits(strategies)
  return permissionsNeeded({ waves: [{ id: '', parallel: 1, onFailure: 'all', units }] })
}

/** Everything that is looked at for a plan. */
export function readRules(strategies: readonly Strategy[]): Rule[] {
  const watched = (['Deployment', 'StatefulSet'] as const).flatMap((kind) =>
    scopeOf({ kind, namespace: '', name: '' }, {}).map((one) => one.kind),
  )
  const rights = rightsOf(strategies)
  const plain = rights.filter(({ verb, subresource }) => isLook(verb) && subresource === undefined)
  const kindsSeen = new Set<Kind>([...watched, ...plain.map(({ kind }) => kind)])
  const reads = [...kindsSeen].flatMap((kind) => looks.map((verb): Right => ({ verb, kind })))
  return rulesOf([...reads, ...rights.filter(({ verb, subresource }) => isLook(verb) && subresource !== undefined)])
}

/** Everything that a release, and its way back, changes. */
export const writeRules = (strategies: readonly Strategy[]): Rule[] =>
  rulesOf(rightsOf(strategies).filter(({ verb }) => !isLook(verb)))

/** Of cluster scope: who the cluster is, and, as far as it is granted, what room its nodes have. */
export const clusterRules: readonly Rule[] = [
  { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
  { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
]

/**
 * Figures of pods (metrics: { source: pods }). The API server's proxy lets GET requests through and nothing else, which is
 * enough for a plan; port-forward reaches pods that the API server itself can't, and whatever listens in them.
 */
export const pageRules: readonly Rule[] = [{ apiGroups: [''], resources: ['pods/proxy'], verbs: ['get'] }]
export const forwardRules: readonly Rule[] = [
  { apiGroups: [''], resources: ['pods/portforward'], verbs: ['get', 'create'] },
]

const leases = (...verbs: readonly string[]): readonly Rule[] => [
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...looks, ...verbs] },
]
/** Who drives a run, which every refusal names. */
export const lookRules = leases()
/** Asking the driver of a run, by its Lease. */
export const askRules = leases('patch')
/** Driving a run: holding its Leases, and keeping its journal in its home cluster. */
export const driveRules: readonly Rule[] = [
  ...leases('create', 'patch'),
  { apiGroups: [''], resources: ['configmaps'], verbs: [...looks, 'create', 'patch', 'delete'] },
]

/** Handing a run to a Job (--detach), and removing that afterwards. */
export const jobRules: readonly Rule[] = [
  { apiGroups: ['batch'], resources: ['jobs'], verbs: [...looks, 'create', 'patch', 'delete'] },
]

/** One rule for each API group and set of verbs, sorted: the same rights give the same text. */
function rulesOf(rights: readonly Right[]): Rule[] {
  const verbsOf = new Map<string, Set<string>>()
  for (const { verb, kind, subresource } of rights) {
    const { apiVersion, plural } = kinds[kind]
    const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
    const key = `${group} ${subresource === undefined ? plural : `${plural}/${subresource}`}`
    verbsOf.set(key, (verbsOf.get(key) ?? new Set()).add(verb))
  }
  const resourcesOf = new Map<string, string[]>()
  for (const [key, verbs] of [...verbsOf].toSorted(([a], [b]) => a.localeCompare(b))) {
    const [group = '', resource = ''] = key.split(' ')
    const rule = `${group} ${[...verbs].toSorted((a, b) => order.indexOf(a) - order.indexOf(b)).join(',')}`
    resourcesOf.set(rule, [...(resourcesOf.get(rule) ?? []), resource])
  }
  return [...resourcesOf].map(([rule, resources]) => {
    const [group = '', verbs = ''] = rule.split(' ')
    return { apiGroups: [group], resources, verbs: verbs.split(',') }
  })
}

const order = ['get', 'list', 'watch', 'create', 'patch', 'delete']
