import type { Json, JsonObject } from '../../core/json.ts'
import type { Kind } from '../../core/kinds.ts'
import type { Random } from '../random.ts'
import { templateDefaults } from './template-defaults.ts'

type Members = { readonly [key: string]: Json }
const members = (value: Json | undefined): Members => (value ?? {}) as Members
const list = (value: Json | undefined): readonly Members[] => (value ?? []) as readonly Members[]

/** The object with what the API server fills in, for the fields that a release reads (Kubernetes pkg/apis/*\/defaults.go). */
export function withDefaults(kind: Kind, object: JsonObject, random: Random): JsonObject {
  const spec = members(object['spec'])
  switch (kind) {
    case 'Deployment':
      return { ...object, spec: { ...deploymentDefaults, ...spec, ...strategy(spec), ...template(spec) } }
    case 'ReplicaSet':
      return { ...object, spec: { replicas: 1, ...spec, ...template(spec) } }
    case 'StatefulSet':
      return { ...object, spec: { ...statefulSetDefaults, ...spec, ...updateStrategy(spec), ...template(spec) } }
    case 'Pod':
      return { ...object, spec: members(templateDefaults({ spec })['spec']) }
    case 'Service':
      return { ...object, spec: service(spec, random) }
    case 'HorizontalPodAutoscaler':
      return { ...object, spec: { minReplicas: 1, ...spec, ...behavior(spec) } }
    case 'HTTPRoute':
    case 'GRPCRoute':
      return { ...object, spec: route(kind, spec) }
    default:
      return object
  }
}

const deploymentDefaults = { replicas: 1, progressDeadlineSeconds: 600, revisionHistoryLimit: 10 }
const statefulSetDefaults = { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10 }

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
function route(kind: 'HTTPRoute' | 'GRPCRoute', spec: Members): Members {
  const parentRefs = list(spec['parentRefs']).map((ref) => ({
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    ...ref,
  }))
  const matches = kind === 'HTTPRoute' ? { matches: [{ path: { type: 'PathPrefix', value: '/' } }] } : {}
  const rules = list(spec['rules']).map(({ backendRefs, ...rule }) => ({
    ...(backendRefs !== undefined && {
      backendRefs: list(backendRefs).map((ref) => ({ group: '', kind: 'Service', weight: 1, ...ref })),
    }),
    ...matches,
    ...rule,
  }))
  return { ...spec, parentRefs, rules }
}
