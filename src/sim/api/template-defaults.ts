import { isObject, type Json } from '../../core/json.ts'

type Members = { readonly [key: string]: Json }
const members = (value: Json | undefined): Members => (value ?? {}) as Members
const list = (value: Json | undefined): readonly Members[] => (value ?? []) as readonly Members[]

/** What the API server fills into a pod template, so that the same manifest applied twice is the same template. */
export function templateDefaults(template: Members): Members {
  const spec = members(template['spec'])
  const filled = {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...spec,
    ...(spec['serviceAccountName'] ? { serviceAccount: spec['serviceAccountName'] } : {}),
    containers: list(spec['containers']).map(container),
    ...(spec['initContainers'] ? { initContainers: list(spec['initContainers']).map(container) } : {}),
  }
  return { ...template, spec: filled }
}

function container(given: Members): Members {
  const image = typeof given['image'] === 'string' ? given['image'] : ''
  const probes = ['readinessProbe', 'livenessProbe', 'startupProbe']
    .filter((name) => isObject(given[name]))
    .map((name) => [name, probe(members(given[name]))])
  return {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isLatest(image) ? 'Always' : 'IfNotPresent',
    ...given,
    ...(given['ports'] ? { ports: list(given['ports']).map((port) => ({ protocol: 'TCP', ...port })) } : {}),
    ...Object.fromEntries(probes),
  }
}

const isLatest = (image: string): boolean => !image.includes('@') && !/:[^/]+$/.test(image.replace(/:latest$/, ''))

function probe(given: Members): Members {
  const { httpGet } = given
  return {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
    ...given,
    ...(isObject(httpGet) ? { httpGet: { path: '/', scheme: 'HTTP', ...httpGet } } : {}),
  }
}
