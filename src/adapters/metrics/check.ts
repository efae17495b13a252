import type { Call, MeasuredPod, Metrics } from '../../ports.ts'

/** How well a source can be read, for people. */
export interface SourceCheck {
  readonly answer: 'ok' | 'warn' | 'fail'
  /** By which way, and what there was: `pods by port-forward: 3 of 3 pods, 36 series`. */
  readonly says: string
}

/** Reads the source once, as a release would, and says what came of it. */
export async function checkMetrics(metrics: Metrics, pods: readonly MeasuredPod[], call: Call): Promise<SourceCheck> {
  const reading = await metrics.read(pods, 0, call)
  // The way is known only after the first reading.
  const says = (text: string): string => `${metrics.name}: ${text}`
  if ('down' in reading) return { answer: 'fail', says: says(reading.down) }
  const { series, complaints = new Map<string, string>() } = reading
  // A version that has no pods yet is missing, too.
  const missing = reading.missing.filter(({ pod }) => pods.some(({ name }) => name === pod))
  const [complaint] = complaints.values()
  if (complaint !== undefined) return { answer: 'fail', says: says(complaint) }
  const [first] = missing
  const read = new Set(series.map(({ pod }) => pod)).size
  if (first && read === 0) return { answer: 'fail', says: says(`${first.pod}: ${first.why}`) }
  if (first)
    return {
      answer: 'warn',
      says: says(`${missing.length} of ${read + missing.length} pods can not be read; ${first.pod}: ${first.why}`),
    }
  if (pods.length === 0) return { answer: 'warn', says: says('there is no pod that could be read') }
  if (series.length === 0)
    return {
      answer: 'warn',
      says: says(
        'no pod has counted a request yet: send some, or see whether requests of metrics names the right counter',
      ),
    }
  return {
    answer: 'ok',
    says: says(`${series.some(({ pod }) => pod === '') ? '' : `${read} pods, `}${series.length} series`),
  }
}
