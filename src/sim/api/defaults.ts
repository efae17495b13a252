import type { Json, JsonObject } from '../../core/json.ts'
import type { Kind } from '../../core/kinds.ts'
import type { Random } from '../random.ts'
import { templateDefaults } from './template-defaults.ts'

type Members = { readonly [key: string]: Json }
const members = (value: Json | undefined): Members => (value ?? {}) as Members
const list = (value: Json | undefined): readonly Members[] => (value ?? []) as readonly Members[]

/** The object with what the API server fills in, for the fields that a release reads (Kubernetes pkg/apis/*\/defaults.go). */
export function withDefaults(kind: Kind, object: JsonObject, random: Random): JsonObject {
  const fill = defaults[kind]
  return fill ? { ...object, spec: fill(members(object['spec']), random) } : object
}

const defaults: Readonly<Partial<Record<Kind, (spec: Members, random: Random) => Members>>> = {
  Deployment: (spec) => ({ ...deploymentDefaults(), ...spec, ...strategy(spec), ...template(spec) }),
  ReplicaSet: (spec) => ({ replicas: 1, ...spec, ...template(spec) }),
  StatefulSet: (spec) => ({ ...statefulSetDefaults(), ...spec, ...updateStrategy(spec), ...template(spec) }),
  Pod: (spec) => members(templateDefaults({ spec })['spec']),
  Service: (spec, random) => service(spec, random),
  HorizontalPodAutoscaler: (spec) => ({ minReplicas: 1, ...spec, ...behavior(spec) }),
  HTTPRoute: (spec) => route(spec, { matches: [{ path: { type: 'PathPrefix', value: '/' } }] }),
  GRPCRoute: (spec) => route(spec, {}),
}

const deploymentDefaults = (): Members => ({ replicas: 1, progressDeadlineSeconds: 600, revisionHistoryLimit: 10 })
const statefulSetDefaults = (): Members => ({
  replicas: 1,
  podManagementPolicy: 'OrderedReady',
  revisionHistoryLimit: 10,
})

const template = (spec: Members): Members => ({ template: templateDefaults(members(spec['template'])) })

function strategy(spec: Members): Members {
  const { type = 'RollingUpdate', rollingUpdate, ...rest } = members(spec['strategy'])
  if (type !== 'RollingUpdate') return { strategy: { type, ...(rollingUpdate ? { rollingUpdate } : {}), ...rest } }
  return { strategy: { type, rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%', ...members(rollingUpdate) } } }
}

function updateStrategy(spec: Members): Members {
  const { type = 'RollingUpdate', rollingUpdate } = members(spec['updateStrategy'])
  if (type !== 'RollingUpdate') return { updateStrategy: { type } }
  return { updateStrategy: { type, rollingUpdate: { partition: 0, ...members(rollingUpdate) } } }
}

function service(spec: Members, random: Random): Members {
  const ports = list(spec['ports']).map((port) => ({ protocol: 'TCP', targetPort: port['port'] ?? null, ...port }))
  const address = `10.96.${Math.floor(random.between(0, 255))}.${Math.floor(random.between(1, 255))}`
  const clusterIP = spec['clusterIP'] ?? address
  return {
    clusterIP,
    clusterIPs: [clusterIP],
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    sessionAffinity: 'None',
    type: 'ClusterIP',
    ...spec,
    ports,
  }
}

/** With any behavior given, the server spells out the policies of both directions (pkg/apis/autoscaling/v2/defaults.go). */
function behavior(spec: Members): Members {
  if (!spec['behavior']) return {}
  const { scaleUp, scaleDown } = members(spec['behavior'])
  return {
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
        ...members(scaleUp),
      },
      scaleDown: {
        selectPolicy: 'Max',
        policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
        ...members(scaleDown),
      },
    },
  }
}

/** By the schema of the CustomResourceDefinition. */
function route(spec: Members, matches: Members): Members {
  const parentRefs = list(spec['parentRefs']).map((ref) => ({
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    ...ref,
  }))
  const rules = list(spec['rules']).map(({ backendRefs, ...rule }) => ({
    ...(backendRefs !== undefined && {
      backendRefs: list(backendRefs).map((ref) => ({ group: '', kind: 'Service', weight: 1, ...ref })),
    }),
    ...matches,
    ...rule,
  }))
  return { ...spec, parentRefs, rules }
}
