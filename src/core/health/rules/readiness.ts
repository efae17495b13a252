import type { Pod } from '../../objects.ts'
import { minute, second } from '../../time.ts'
import { isReady } from '../../view.ts'
import { eventsOf, eventText } from '../events.ts'
import { called, type Part, partsOf } from '../parts.ts'
import { probeText, readinessBudget } from '../probes.ts'
import type { Context, PodRule, Sign } from '../rule.ts'
import { said } from '../said.ts'

export const neverReady: PodRule = {
  of: 'pod',
  id: 'never-ready',
  summary: 'runs, but does not become ready within twice what its probe needs to see a failure',
  confirm: minute,
  blames: 'either',
  match(pod, context) {
    if (isReady(pod)) return null
    const apps = partsOf(pod, context.own).filter(({ role }) => role === 'container')
    const late = apps.find(({ status }) => status.state?.running && !status.ready)
    if (late) return notReady(pod, late, context)
    return apps.length > 0 && apps.every(({ status }) => status.ready) ? gateClosed(pod, context) : null
  },
}

function notReady(pod: Pod, part: Part, { events, limits }: Context): Sign {
  const confirm = Math.min(readinessBudget(part.spec), limits.deadline)
  const unhealthy = eventsOf(events, pod).find((event) => event.reason === 'Unhealthy')
  const last = unhealthy ? `; last: ${said(unhealthy.message)}` : ''
  return {
    because: `${called(part)} runs but is not ready (${probeText(part.spec)}${last})`,
    confirm,
    evidence: unhealthy ? [eventText(unhealthy)] : [],
  }
}

/** Every container is ready, yet the pod isn't: a readiness gate, set by a load balancer's controller for example. */
function gateClosed(pod: Pod, { limits }: Context): Sign | null {
  const gates = (pod.spec['readinessGates'] ?? []) as readonly { readonly conditionType: string }[]
  const closed = gates.find(
    ({ conditionType }) =>
      !pod.status?.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  )
  if (!closed) return null
  return {
    because: `its containers are ready, but its readiness gate ${closed.conditionType} is not open`,
    confirm: Math.min(120 * second, limits.deadline),
  }
}
