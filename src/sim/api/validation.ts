import { same } from '../../core/json.ts'
import type { Deployment, KubeObject, LabelSelector, PodTemplate, StatefulSet } from '../../core/objects.ts'
import { resolved } from '../../core/percent.ts'
import { matches } from '../../core/view.ts'
import { isLimitable } from '../rules/quota.ts'
import { invalid, notModelled } from './refused.ts'

/** Throws what the API server would say to it. `before`: what stands there now. */
export function validate(object: KubeObject, before: KubeObject | undefined): void {
  switch (object.kind) {
    case 'Deployment':
      return deployment(object as Deployment, before as Deployment | undefined)
    case 'StatefulSet':
      return statefulSet(object as StatefulSet, before as StatefulSet | undefined)
    case 'ReplicaSet':
      return workload(object as Workload, before as Workload | undefined)
    case 'Service':
      return service(object)
    case 'Pod':
      if (before && !same(withoutImages(before), withoutImages(object)))
        throw invalid(named(object), 'spec', 'Forbidden: pod updates may not change fields other than the image')
      return
    case 'ResourceQuota':
      return quota(object)
    case 'ConfigMap':
      return configMap(object, before)
    default:
  }
}

type Workload = KubeObject & {
  readonly spec: { readonly replicas?: number; readonly selector: LabelSelector; readonly template: PodTemplate }
}

const groupOf = ({ apiVersion }: KubeObject): string => (apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '')
const named = (object: KubeObject): string => `${object.kind}${groupOf(object)} "${object.metadata.name}"`

function workload(object: Workload, before: Workload | undefined): void {
  const { selector, template, replicas = 1 } = object.spec
  if (before && !same(before.spec.selector, selector))
    throw invalid(named(object), 'spec.selector', 'Invalid value: field is immutable')
  if (!matches(selector, template.metadata?.labels))
    throw invalid(
      named(object),
      'spec.template.metadata.labels',
      'Invalid value: `selector` does not match template `labels`',
    )
  if (!Number.isInteger(replicas) || replicas < 0)
    throw invalid(named(object), 'spec.replicas', 'Invalid value: must be greater than or equal to 0')
  if (template.spec.containers.length === 0)
    throw invalid(named(object), 'spec.template.spec.containers', 'Required value')
}

/** Kubernetes pkg/apis/apps/validation: a rolling update that may neither add nor take away can't move. */
function deployment(object: Deployment, before: Deployment | undefined): void {
  workload(object, before)
  const { strategy, minReadySeconds = 0, progressDeadlineSeconds = 600 } = object.spec
  if (progressDeadlineSeconds <= minReadySeconds)
    throw invalid(
      named(object),
      'spec.progressDeadlineSeconds',
      `Invalid value: ${progressDeadlineSeconds}: must be greater than minReadySeconds`,
    )
  if (strategy?.type !== 'RollingUpdate') {
    if (strategy?.rollingUpdate)
      throw invalid(
        named(object),
        'spec.strategy.rollingUpdate',
        "Forbidden: may not be specified when strategy `type` is 'Recreate'",
      )
    throw notModelled('strategy Recreate')
  }
  const { maxSurge, maxUnavailable } = strategy.rollingUpdate ?? {}
  for (const [field, value] of Object.entries({ maxSurge, maxUnavailable }))
    if (!isCount(value)) throw invalid(named(object), `spec.strategy.rollingUpdate.${field}`, 'Invalid value')
  if (isZero(maxSurge) && isZero(maxUnavailable))
    throw invalid(
      named(object),
      'spec.strategy.rollingUpdate.maxUnavailable',
      'Invalid value: 0: may not be 0 when `maxSurge` is 0',
    )
}

const isCount = (value: number | string | undefined): boolean =>
  typeof value === 'number' ? Number.isInteger(value) && value >= 0 : /^\d+%$/.test(value ?? '25%')

const isZero = (value: number | string | undefined): boolean => resolved(value, 100, 'up') === 0

function statefulSet(object: StatefulSet, before: StatefulSet | undefined): void {
  workload(object, before)
  if (object.spec.updateStrategy?.type !== 'RollingUpdate') throw notModelled('updateStrategy OnDelete')
  if (before && !same(before.spec.serviceName, object.spec.serviceName))
    throw invalid(named(object), 'spec', 'Forbidden: updates to statefulset spec for fields other than …')
}

function service(object: KubeObject): void {
  const { type = 'ClusterIP', selector } = object['spec'] as { type?: string; selector?: object }
  if (type === 'ExternalName') throw notModelled('Services of type ExternalName')
  if (selector && Object.values(selector).some((value) => typeof value !== 'string'))
    throw invalid(named(object), 'spec.selector', 'Invalid value: must be strings')
}

function quota(object: KubeObject): void {
  const {
    hard = {},
    scopes,
    scopeSelector,
  } = object['spec'] as { hard?: object; scopes?: object; scopeSelector?: object }
  const other = Object.keys(hard).find((resource) => !isLimitable(resource))
  if (other) throw notModelled(`quotas of ${other}`)
  if (scopes ?? scopeSelector) throw notModelled('quotas with scopes')
}

const mostBytes = 1024 * 1024

/** Kubernetes pkg/apis/core/validation: what is immutable stays so, and so does what it holds. */
function configMap(object: KubeObject, before: KubeObject | undefined): void {
  const { data = {}, binaryData = {} } = object as { data?: Held; binaryData?: Held }
  const sizes = [
    ...Object.values(data).map((text) => Buffer.byteLength(text)),
    ...Object.values(binaryData).map(decodedBytes),
  ]
  if (sizes.reduce((sum, size) => sum + size, 0) > mostBytes)
    throw invalid(named(object), '[]', `Too long: may not be more than ${mostBytes} bytes`)
  if (before?.['immutable'] !== true) return
  for (const field of ['immutable', 'data', 'binaryData'])
    if (!same(before[field] ?? null, object[field] ?? null))
      throw invalid(named(object), field, 'Forbidden: field is immutable when `immutable` is set')
}

type Held = Readonly<Record<string, string>>

const decodedBytes = (base64: string): number => Buffer.byteLength(base64, 'base64')

function withoutImages(object: KubeObject): unknown {
  const spec = object['spec'] as { containers: readonly { image: string }[] }
  return { ...spec, containers: spec.containers.map((container) => ({ ...container, image: '' })) }
}
