import { all, endpointsOf } from '../../view.ts'
import { type Check, kubectl } from '../check.ts'
import { isComplaint } from '../complaint.ts'

/** Healthy pods with nobody sent to them: a port, a readiness gate or a probe is wrong, and the release would not tell. */
export const serviceEmpty: Check = {
  code: 'service-empty',
  level: 'refuse',
  emergency: 'warns',
  look(facts) {
    const { view, main, service, stable, called } = facts
    const sliced = all(view, 'EndpointSlice').some(
      ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service,
    )
    if (!main || !stable || isComplaint(stable) || !sliced || endpointsOf(view, service).size > 0) return null
    return {
      what: `service ${service} has no ready endpoint although the pods of ${called} are ready`,
      why: 'users reach nobody now, and nothing that the release does would change that',
      remedy: `${kubectl(facts, `describe service/${service}`)}: look at selector and targetPort`,
    }
  },
}
