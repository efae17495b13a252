import { type Plan, unitsOf } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { about, changesOf, hooksOf, peakPercent, planEstimate } from './estimate.ts'
import type { Paint } from './paint.ts'
import { hang, widthOf } from './width.ts'
import { digestOf, many, some } from './words.ts'

/** What is released, from what to what, where; about how long it takes, and how much it changes. */
export function planHeader(
  plan: Plan,
  { replicas, columns, paint }: { replicas: ReadonlyMap<string, number> | undefined; columns: number; paint: Paint },
): string[] {
  const { strategy, service, from, version, image, environment, emergency } = plan.release
  const digest = digestOf(image)
  const what = escapeText(
    `${emergency ? 'EMERGENCY ' : ''}${strategy} ${service}  ${from} → ${version} (${digest ?? 'not pinned'})`,
  )
  const clusters = new Set(unitsOf(plan).map(({ cluster }) => cluster))
  const where = escapeText(`${environment}: ${some([...clusters], 6)}`)
  const human = unitsOf(plan).some((unit) => unit.stages.some(({ waitsFor }) => waitsFor === 'human'))
  const hooks = hooksOf(plan)
  const size = [
    `${about(planEstimate(plan))}${human ? ' and what people decide' : ''}`,
    ...peak(plan, replicas),
    many(changesOf(plan), 'change'),
    ...(hooks > 0 ? [many(hooks, 'hook')] : []),
  ].join(' · ')
  const all = `${what}   ${where}   ${size}`
  if (widthOf(all) <= columns) return [all.replace(what, paint.bold(what))]
  const two = `${where}   ${size}`
  const below = widthOf(two) <= columns ? [two] : [...hang('', where, columns), ...hang('', size, columns)]
  return [...hang('', what, columns).map(paint.bold), ...below]
}

function peak(plan: Plan, replicas: ReadonlyMap<string, number> | undefined): string[] {
  const units = unitsOf(plan)
  const peaks = units.map((unit) => ({ percent: peakPercent(unit), count: replicas?.get(unit.id) }))
  const percent = peaks.reduce<number | null>(
    (most, one) => (one.percent === null ? most : Math.max(most ?? 0, one.percent)),
    null,
  )
  if (percent === null) return []
  if (peaks.some(({ count }) => count === undefined)) return [`peak ${percent} % of the pods`]
  const most = peaks.reduce((sum, one) => sum + Math.ceil(((one.count ?? 0) * (one.percent ?? 100)) / 100), 0)
  return [`peak ${most} pods of ${peaks.reduce((sum, { count = 0 }) => sum + count, 0)}`]
}
