import { type Check, type Facts, kubectl } from '../check.ts'
import { makersOf, foreignPods } from '../owner-of-pod.ts'
import { selects } from '../pins.ts'
import { counted } from '../words.ts'

/** The Services that send to the pods, the main one and all others. */
export const serviceElsewhere: Check = {
  code: 'service-elsewhere',
  level: 'refuse',
  emergency: 'warns',
  look({ main, labels, called, service }) {
    if (!main || selects(main, labels)) return null
    const { type, selector = {} } = main.spec
    const how =
      type === 'ExternalName' || Object.keys(selector).length === 0 ? 'has no selector' : `selects ${pairs(selector)}`
    return {
      what: `service ${service} does not send to the pods of ${called}: it ${how}`,
      why: 'the release would shift requests that never reach these pods',
      remedy: `name the Service whose selector is among ${pairs(labels)}`,
    }
  },
}

/** With `manifests:` labels can change: a Service must select the pods before and after. */
export const serviceLost: Check = {
  code: 'service-lost',
  level: 'refuse',
  emergency: 'stays',
  look: ({ services, newLabels }) =>
    services
      .filter((service) => !selects(service, newLabels))
      .map(({ metadata: { name }, spec: { selector = {} } }) => {
        const missing = Object.entries(selector).filter(([key, value]) => newLabels[key] !== value)
        const labels = missing.map(([key, value]) => `${key}=${value}`).join(', ')
        return {
          what: `service ${name} selects ${labels}, which the new template does not have`,
          why: 'it would have nobody behind it once the old pods are gone',
          remedy: `keep ${labels} in spec.template.metadata.labels for this release`,
        }
      }),
}

export const serviceShared: Check = {
  code: 'service-shared',
  level: 'refuse',
  emergency: 'off',
  look: ({ pinned, services, view, object, called, excludedPins, service: main }) =>
    services
      .filter(({ metadata }) => pinned && !excludedPins.includes(metadata.name))
      .flatMap(({ metadata: { name }, spec: { selector = {} } }) => {
        const others = foreignPods(view, { matchLabels: selector }, object)
        if (others.length === 0) return []
        const leave =
          name === main
            ? 'give the pods of each a label of their own'
            : `traffic: { pin: { ${name}: false } }, or narrow it`
        return {
          what: `service ${name} also sends to ${counted(others.length, 'pod')} of ${makersOf(view, others).join(', ')}`,
          why: `while two versions run it is narrowed to the stable pods of ${called}, and would drop the others`,
          remedy: `${leave}: its selector is ${JSON.stringify(selector)}`,
        }
      }),
}

export const targetPortMissing: Check = {
  code: 'service-port-missing',
  level: 'refuse',
  emergency: 'warns',
  look: (facts) =>
    facts.services.flatMap(({ metadata: { name }, spec: { ports = [] } }) =>
      ports
        .filter(({ targetPort }) => typeof targetPort === 'string' && !portNames(facts).has(targetPort))
        .map(({ targetPort }) => ({
          what: `service ${name} sends to port "${targetPort}", which no container of the new template has`,
          why: 'the new pods would never be behind it',
          remedy: `name a container port ${targetPort}, or correct targetPort: ${kubectl(facts, `edit service/${name}`)}`,
        })),
    ),
}

const pairs = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')

const portNames = ({ newTemplate: { spec } }: Facts): Set<string | undefined> =>
  new Set(
    [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ ports = [] }) => ports.map(({ name }) => name)),
  )
