import type { PodsSource } from '../../core/metrics.ts'
import type { MeasuredPod } from '../../ports.ts'

/** Where a pod's figures are. */
export interface Place {
  readonly scheme: 'http' | 'https'
  readonly port: number
  readonly path: string
}

/** As the configuration says, else the annotations that Prometheus' examples made a custom; or why it is not known. */
export function placeOf(
  { annotations }: Pick<MeasuredPod, 'annotations'>,
  source: Pick<PodsSource, 'scheme' | 'port' | 'path'>,
): Place | { readonly why: string } {
  const said = (key: string): string | undefined => annotations[`prometheus.io/${key}`] || undefined
  const port = source.port ?? said('port')
  if (port === undefined)
    return {
      why: 'nothing says which port its figures are on: add port to metrics, or the annotation prometheus.io/port',
    }
  const number = Number(port)
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    return { why: 'its annotation prometheus.io/port is no port: mend it, or add port to metrics' }
  const path = source.path ?? said('path') ?? '/metrics'
  const scheme = source.scheme ?? (said('scheme') === 'https' ? 'https' : 'http')
  return { scheme, port: number, path: path.startsWith('/') ? path : `/${path}` }
}
