import type { TestContext } from 'vitest'
import type { LabNamespace } from '../namespace.ts'
import { type LabPrometheus, startPrometheus } from '../prometheus.ts'

export type Fields = Readonly<Record<string, unknown>>
export type Source = 'pods' | 'prometheus'

const metrics = {
  requests: 'http_requests_total',
  errors: 'code=~"5.."',
  latency: 'http_request_duration_seconds',
  every: '2s',
}

/** The series in which a Prometheus has the requests of a namespace. */
export const requestsIn = ({ name }: LabNamespace): string => `http_requests_total{namespace="${name}"}`

/** `metrics` of a service that is read from there; a Prometheus is started for the test, and ends with it. */
export async function metricsFrom(
  source: Source,
  namespace: LabNamespace,
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
): Promise<{ readonly metrics: Fields; readonly prometheus?: LabPrometheus }> {
  if (source === 'pods') return { metrics: { source, ...metrics } }
  const prometheus = await startPrometheus(namespace)
  onTestFinished(() => prometheus.stop())
  return {
    metrics: { source, url: prometheus.url, ...metrics, requests: requestsIn(namespace) },
    prometheus,
  }
}
