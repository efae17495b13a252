import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { second, span } from '../core/time.ts'
import { entranceOf } from './entrance.ts'
import { absence, hookTime } from './run.ts'
import { type Seen, type SeenUnit, seenOf } from './seen.ts'

/** What a rehearsal takes for granted: figures, people, hooks, what could not be seen. */
export function assumptions(plan: Plan, seen: Seen): readonly string[] {
  const units = unitsOf(plan)
  const each = units.flatMap((unit) => ofUnit(plan, unit, seenOf(seen, unit)))
  const shared = new Map<string, string[]>()
  for (const { unit, text } of each) shared.set(text, [...(shared.get(text) ?? []), unit])
  const said = [...shared].map(([text, ids]) => (ids.length === units.length ? text : `${ids.join(', ')}: ${text}`))
  const stages = units.flatMap((unit) => unit.stages)
  const hooks = stages.some(({ steps }) => steps.some(({ action }) => action.mutation.verb === 'hook'))
  return [
    ...said,
    'a new pod is ready 1 s after its container began, or after the initialDelaySeconds of its readiness probe; images are there already',
    `a killed deploy is resumed after ${span(absence)}`,
    ...(hooks ? [`no hook is run: each is taken to end well after ${span(hookTime)}`] : []),
    ...(stages.some(({ waitsFor }) => waitsFor === 'human') ? ['whoever is waited for says promote at once'] : []),
  ]
}

function ofUnit(plan: Plan, unit: Unit, { view, nodes, load }: SeenUnit): { unit: string; text: string }[] {
  const { measured } = load
  const entrance = entranceOf(unit, plan.release, view)
  const by = entrance && ('route' in entrance ? `route ${entrance.route}` : `service ${entrance.service}`)
  const from = (is: boolean): string => (is ? 'measured' : 'assumed')
  const queries = (unit.evidence?.triggers ?? []).filter(({ figure }) => figure.kind === 'query')
  const texts = [
    by === null
      ? 'nothing leads requests to its pods, so none are sent'
      : `${round(load.rate)} requests a second (${from(measured.rate)}), all by ${by}, evenly over time; ${round(load.failing * 100)} % of them fail today (${from(measured.failing)}), and 95 % are answered within ${Math.round(load.p95)} ms (${from(measured.p95)})`,
    ...(unit.evidence?.source
      ? [`figures of the pods come every ${unit.evidence.source.every / second} s and are those of these requests`]
      : []),
    ...queries.map(({ text }) => `the query of ${text} gives no data`),
    ...(nodes === null || nodes.length === 0
      ? ['nodes were not seen: there is room for every pod']
      : ['nodes have room for what their other pods leave over, which was not looked at']),
  ]
  return texts.map((text) => ({ unit: unit.id, text }))
}

const round = (number: number): number => Number(number.toPrecision(3))
