import type { Pod } from '../../objects.ts'
import { second } from '../../time.ts'
import { eventsOf, eventText, timeOf } from '../events.ts'
import type { PodRule } from '../rule.ts'
import { said } from '../said.ts'

const failures = new Set(['FailedMount', 'FailedAttachVolume'])
/** What the kubelet says only after every volume is mounted. */
const later = new Set(['Pulling', 'Pulled', 'Created', 'Started', 'BackOff', 'Failed'])
const notThere = /not found|non-existent|does not exist/i
// The kubelet's cache was slow, the object is there: kubernetes/kubernetes#74755.
const cacheSlow = /failed to sync .* cache/

const started = (pod: Pod): boolean =>
  [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].some(
    ({ state, lastState }) => state?.running ?? state?.terminated ?? lastState?.terminated,
  )

export const volume: PodRule = {
  of: 'pod',
  id: 'volume',
  summary: 'a volume cannot be mounted: 30 s when something it needs is not there, 180 s otherwise',
  confirm: 30 * second,
  blames: 'either',
  match(pod, { events, limits }) {
    if (started(pod)) return null
    const told = eventsOf(events, pod)
    const failure = told.find((event) => failures.has(event.reason ?? ''))
    if (!failure || told.some((event) => later.has(event.reason ?? '') && timeOf(event) >= timeOf(failure))) return null
    const text = failure.message ?? ''
    const definite = failure.reason === 'FailedMount' && notThere.test(text) && !cacheSlow.test(text)
    return {
      because: `its volumes cannot be ${failure.reason === 'FailedMount' ? 'mounted' : 'attached'}: ${said(text)}`,
      confirm: Math.min((definite ? 30 : 180) * second, limits.deadline),
      evidence: [eventText(failure)],
    }
  },
}
