import type { Service } from '../../objects.ts'
import { type Check, type Facts, patch } from '../check.ts'

/** Ways of a Service that make a switch uneven, late or unprovable. */
export const headless: Check = {
  code: 'service-headless',
  level: 'warn',
  emergency: 'off',
  look: (facts) =>
    eachPinned(facts, ({ spec }) => spec.clusterIP === 'None').map(({ metadata: { name } }) => ({
      level: name === facts.service ? ('refuse' as const) : ('warn' as const),
      what: `service ${name} is headless`,
      why: 'its callers keep the pod addresses that they looked up: they follow a switch when they look again, or never',
      remedy:
        name === facts.service
          ? 'put a Service with a cluster IP in front, or use the strategy rolling'
          : `see that callers of ${name} look it up again after a failed connection`,
    })),
}

export const notReadyPublished: Check = {
  code: 'service-not-ready-published',
  level: 'refuse',
  emergency: 'warns',
  look(facts) {
    const main = facts.main && !facts.statefulSet ? [facts.main] : []
    return (facts.pinned ? eachPinned(facts) : main)
      .filter(({ spec }) => spec.publishNotReadyAddresses === true)
      .map(({ metadata: { name } }) => ({
        level: facts.pinned ? ('refuse' as const) : ('warn' as const),
        what: `service ${name} has publishNotReadyAddresses`,
        why: 'it sends to pods that are not ready: what is behind it can not be proved, and users may meet a pod that is starting',
        remedy: patch(facts, `service/${name}`, { op: 'remove', path: '/spec/publishNotReadyAddresses' }),
      }))
  },
}

export const sticky: Check = {
  code: 'service-sticky',
  level: 'warn',
  emergency: 'off',
  look: (facts) =>
    eachPinned(facts, ({ spec }) => spec.sessionAffinity === 'ClientIP').map(({ metadata: { name } }) => ({
      what: `service ${name} has sessionAffinity: ClientIP`,
      why: 'callers stay on one pod: weights move clients, not requests, and few big clients make the shares uneven',
      remedy: patch(facts, `service/${name}`, { op: 'replace', path: '/spec/sessionAffinity', value: 'None' }),
    })),
}

const eachPinned = (
  { pinned, services, excludedPins }: Facts,
  which: (service: Service) => boolean = () => true,
): readonly Service[] =>
  pinned ? services.filter((one) => which(one) && !excludedPins.includes(one.metadata.name)) : []
