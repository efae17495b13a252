import type { Ref } from '../kinds.ts'
import type { KubeObject } from '../objects.ts'
import { all, type View } from '../view.ts'

/** A HorizontalPodAutoscaler, as far as decisions read it. */
export interface Autoscaler extends KubeObject {
  readonly spec?: {
    readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind: string; readonly name: string }
    readonly minReplicas?: number
    readonly maxReplicas?: number
    readonly metrics?: readonly Metric[]
  }
}

interface Metric {
  readonly type: string
  readonly object?: { readonly metric?: { readonly name: string }; readonly target?: { readonly type: string } }
  readonly external?: { readonly metric?: { readonly name: string }; readonly target?: { readonly type: string } }
}

/** The autoscaler of a workload; `null` when its replicas are nobody's but the user's. */
export function autoscalerOf(view: View, workload: Ref): Ref | null {
  const [first] = autoscalersOf(view, workload)
  return first ? { kind: 'HorizontalPodAutoscaler', namespace: view.namespace, name: first.metadata.name } : null
}

export const autoscalersOf = (view: View, { kind, name }: Ref): Autoscaler[] =>
  all(view, 'HorizontalPodAutoscaler')
    .map((object) => object as Autoscaler)
    .filter(({ spec }) => spec?.scaleTargetRef?.kind === kind && spec.scaleTargetRef.name === name)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))

/**
 * Metrics whose value is of the whole service and is set against a total: desired = replicas x value / target, so pods of
 * both sets are counted (kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details).
 */
export const totalMetrics = ({ spec }: Autoscaler): string[] =>
  (spec?.metrics ?? [])
    .map(({ type, object, external }) => ({ type, source: type === 'Object' ? object : external }))
    .filter(({ type, source }) => (type === 'Object' || type === 'External') && source?.target?.type === 'Value')
    .map(({ type, source }) => `${type} metric ${source?.metric?.name ?? ''}`.trim())
