import { fromVariables, type Setting } from '../config/setting.ts'
import type { LiveTraffic } from '../core/detection.ts'
import type { Plan } from '../core/plan.ts'
import { detectionJson } from '../report/detection-json.ts'
import { paintFor } from '../report/paint.ts'
import { planText } from '../report/plan-text.ts'
import { formOf, type ReleaseOptions } from './options.ts'
import { type Process, wishFor } from './process.ts'

export interface Shown {
  readonly plan: Plan
  readonly hash: string
  /** For each unit, where a cluster was asked. */
  readonly replicas?: ReadonlyMap<string, number>
  /** For each unit that is compared, as it was counted just now. */
  readonly traffic?: ReadonlyMap<string, LiveTraffic>
  readonly options: ReleaseOptions
  readonly settings?: readonly Setting[]
  readonly to?: 'stdout' | 'stderr'
}

/** A plan as text for people, or as the document that `--out` saves. */
export function showPlan(
  { plan, hash, replicas, traffic, options, settings = [], to = 'stdout' }: Shown,
  process: Process,
): void {
  const stream = process.streams[to]
  if (to === 'stdout' && formOf(options) !== 'text') {
    const detection = traffic ? detectionJson(plan, traffic) : []
    const document = { deploy: 'plan', hash, plan, ...(detection.length > 0 && { detection }) }
    stream.write(`${JSON.stringify(document, null, formOf(options) === 'json' ? 2 : 0)}\n`)
    return
  }
  const text = planText(plan, {
    hash,
    ...(replicas && { replicas }),
    ...(traffic && { traffic }),
    fromEnvironment: fromVariables(settings),
    ...(options.out !== undefined && { file: options.out }),
    columns: stream.columns ?? 100,
    paint: paintFor(wishFor(stream, options.color, process)),
  })
  stream.write(text.endsWith('\n') ? text : `${text}\n`)
}
