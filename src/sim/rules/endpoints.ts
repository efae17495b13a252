import type { KubeObject, Pod, Service } from '../../core/objects.ts'
import { isReady, isTerminating, matches } from '../../core/view.ts'
import { wordOf } from '../random.ts'
import {
  find,
  type Key,
  keyOf,
  keyOfObject,
  nothing,
  ownerReference,
  type Rule,
  type Turn,
  type World,
} from '../world.ts'

/** The EndpointSlice controller: for each Service with a selector one slice of the pods that it selects. */
export const endpointsRule: Rule = {
  name: 'endpoints',
  delay: [10, 60],
  concerns: (object, world) => {
    if (object.kind === 'Service') return [keyOfObject(object)]
    if (object.kind === 'Pod') return selecting(world, object as Pod)
    return object.kind === 'EndpointSlice' ? serviceOf(object) : []
  },
  act,
}

const selecting = (world: World, pod: Pod): Key[] =>
  world
    .all('Service', pod.metadata.namespace)
    .filter(({ spec }) => spec.selector && matches({ matchLabels: spec.selector }, pod.metadata.labels))
    .map(keyOfObject)

const serviceOf = ({ metadata: { labels = {}, namespace = '' } }: KubeObject): Key[] => {
  const name = labels['kubernetes.io/service-name']
  return name === undefined ? [] : [keyOf({ kind: 'Service', namespace, name })]
}

function act(world: World, key: Key): Turn {
  const service = world.get(key) as Service | undefined
  const { selector } = service?.spec ?? {}
  if (!service || !selector) return nothing
  const { name, namespace = '' } = service.metadata
  const pods = world
    .all('Pod', namespace)
    .filter((pod) => matches({ matchLabels: selector }, pod.metadata.labels))
    .filter((pod) => pod.status?.podIP !== undefined && pod.status.phase === 'Running')
  const slice = `${name}-${wordOf(`${service.metadata.uid}`, 5)}`
  const known = find(world, 'EndpointSlice', namespace, slice)
  const content = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    endpoints: pods.map((pod) => endpoint(pod, service)),
    ports: (service.spec.ports ?? []).map(({ name: port = '', targetPort, protocol }) => ({
      name: port,
      port: targetPort,
      protocol,
    })),
  }
  if (known) return { edits: [{ do: 'put', object: { ...known, ...content } }] }
  const metadata = {
    name: slice,
    namespace,
    labels: { ...service.metadata.labels, 'kubernetes.io/service-name': name },
    ownerReferences: [ownerReference(service)],
  }
  return { edits: [{ do: 'create', object: { ...content, metadata } }] }
}

function endpoint(pod: Pod, service: Service) {
  const serving = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
  const terminating = isTerminating(pod)
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: isReady(pod) || service.spec.publishNotReadyAddresses === true, serving, terminating },
    nodeName: pod.spec.nodeName,
    targetRef: {
      kind: 'Pod',
      name: pod.metadata.name,
      namespace: pod.metadata.namespace,
      uid: pod.metadata.uid ?? '',
    },
  }
}
