import { sourceOf } from '../config/metrics-source.ts'
import { withoutThese } from '../core/compared-text.ts'
import type { Evidence } from '../core/evidence.ts'
import type { Planning } from './planning.ts'

/** What is measured in a cluster, and what it may do; absent when the service says nothing of it. */
export function evidenceOf(
  { request, ignored = [], emergency }: Pick<Planning, 'request' | 'ignored' | 'emergency'>,
  cluster: string,
): Evidence | null {
  const { queries, triggers, objectives, comparison } = request.watching
  const { onInconclusive, onProviderDown, early } = request.policy
  const source = request.metrics ? sourceOf(request.metrics, { cluster, queries }) : null
  // An emergency replaces what is broken: figures of before say nothing, and the pods' health stays watched.
  if (emergency || (source === null && triggers.length === 0)) return null
  const kept = triggers.filter(({ text }) => !ignored.includes(text))
  const held = source && comparison && withoutThese(comparison, ignored, { latency: source.latency !== undefined })
  return {
    source,
    triggers: kept,
    ignored,
    objectives,
    ...(held && { comparison: { ...held, terms: { ...held.terms, early } } }),
    onInconclusive,
    onProviderDown,
  }
}
