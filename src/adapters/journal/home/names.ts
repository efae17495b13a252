import type { JsonObject } from '../../../core/json.ts'
import type { Ref } from '../../../core/kinds.ts'
import type { KubeObject } from '../../../core/objects.ts'

/** Where a run is kept in a cluster: in the namespace of its home unit. */
export interface HomePlace {
  readonly namespace: string
  readonly run: string
  readonly service: string
}

/** Labels and annotations of the ConfigMaps that keep a run. */
export const keeps = {
  managedBy: 'app.kubernetes.io/managed-by',
  run: 'deploy/run',
  service: 'deploy/service',
  /** `plan`, `journal` or `judge`. */
  part: 'deploy/part',
  /** On full segments that another follows. */
  sealed: 'deploy/sealed',
  /** On the last segment of a run that is over. */
  closed: 'deploy/closed',
  /** Hash of the last entry that a segment holds; of a plan its own. */
  head: 'deploy/head',
  /** Hash of the entry before a segment's first; the plan's for the first segment. */
  base: 'deploy/base',
  /** Of the driver that may append. */
  epoch: 'deploy/epoch',
  /** How many objects the plan is in. */
  parts: 'deploy/parts',
} as const

export type Part = 'plan' | 'journal' | 'judge'

export const annotationPath = (key: string): string => `/metadata/annotations/${key.replace('/', '~1')}`
export const labelPath = (key: string): string => `/metadata/labels/${key.replace('/', '~1')}`

const configMap = (namespace: string, name: string): Ref => ({ kind: 'ConfigMap', namespace, name })

export const segmentRef = ({ namespace, run }: HomePlace, number: number): Ref =>
  configMap(namespace, `deploy-run-${run}-${number}`)

export const planRef = ({ namespace, run }: HomePlace, part: number): Ref =>
  configMap(namespace, part === 1 ? `deploy-run-${run}-plan` : `deploy-run-${run}-plan-${part}`)

/** What the judge knows, of all units. */
export const judgeRef = ({ namespace, run }: Pick<HomePlace, 'namespace' | 'run'>): Ref =>
  configMap(namespace, `deploy-run-${run}-judge`)

/** Everything of one run. */
export const ofRun = (run: string): string => `${keeps.managedBy}=deploy,${keeps.run}=${run}`

/** Metadata of a ConfigMap of this run. */
export const metadataOf = (
  place: HomePlace,
  { name, namespace }: Ref,
  part: Part,
  annotations: Readonly<Record<string, string>>,
): JsonObject => ({
  name,
  namespace,
  labels: {
    [keeps.managedBy]: 'deploy',
    [keeps.run]: place.run,
    [keeps.service]: place.service,
    [keeps.part]: part,
  },
  annotations,
})

/** The number in the name of a segment or of a part of the plan; `null`: it is neither. */
export function numberOf(object: KubeObject, run: string): { readonly part: Part; readonly number: number } | null {
  const { name } = object.metadata
  const rest = name.startsWith(`deploy-run-${run}-`) ? name.slice(`deploy-run-${run}-`.length) : ''
  if (rest === 'plan') return { part: 'plan', number: 1 }
  const [, plan, digits] = /^(plan-)?([1-9]\d{0,5})$/.exec(rest) ?? []
  return digits === undefined ? null : { part: plan === undefined ? 'journal' : 'plan', number: Number(digits) }
}
