import { type Plan, unitsOf } from '../core/plan.ts'
import type { Samples } from '../core/sample.ts'
import type { RunState } from '../core/state.ts'
import { span, type Millis } from '../core/time.ts'
import { countedSince, firstRequest, type History } from '../judge/history.ts'
import { replayed } from '../judge/replay.ts'
import { percentText } from '../judge/weigh.ts'
import { requestSteps, standings } from './standing.ts'

/** What the release cost its users; `null` where no request of the new pods was counted. */
export function harmText(plan: Plan, run: RunState, samples: Samples): string | null {
  const histories = unitsOf(plan).map((unit) => replayed(samples, unit.id))
  const { requests, bad } = sum(histories.map((history) => countedSince(history, 'new', 0)))
  if (requests === 0) return null
  const stable = sum(histories.map((history) => countedSince(history, 'stable', 0)))
  const failed = `${number(bad)} of ${number(requests)} requests that new pods answered failed (${percentText(bad / requests)}`
  const beside = stable.requests > 0 ? `, stable ${percentText(stable.bad / stable.requests)})` : ')'
  const risk = atRisk(plan, run, histories)
  return `${failed}${beside}${risk === null ? '' : `; users at risk for ${span(risk)}`}`
}

const sum = (all: readonly { readonly requests: number; readonly bad: number }[]) => ({
  requests: all.reduce((total, { requests }) => total + requests, 0),
  bad: all.reduce((total, { bad }) => total + bad, 0),
})

const number = (value: number): string => Math.round(value).toLocaleString('en-US')

/** From the first request that a new pod answered until requests were seen to be back, where a unit was taken back. */
function atRisk(plan: Plan, run: RunState, histories: readonly History[]): Millis | null {
  const spans = standings(plan, run).flatMap(({ unit, state }, index) => {
    const history = histories[index]
    const first = history ? firstRequest(history, 'new') : null
    if (state.ended?.outcome !== 'taken-back' || first === null) return []
    const back = requestSteps(unit, state).map(({ id }) => state.steps.get(id)?.at ?? 0)
    return [Math.max(first, ...back) - first]
  })
  return spans.length === 0 ? null : Math.max(...spans)
}
