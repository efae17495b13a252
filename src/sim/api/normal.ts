import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Kind } from '../../core/kinds.ts'

/** Kinds that are served from a CustomResourceDefinition: stored as they were sent. */
const isCustom = (kind: Kind): boolean => kind === 'HTTPRoute' || kind === 'GRPCRoute'

/**
 * What a read gives back of what was sent: a null is absence, and built-in kinds lose the empty values that their Go
 * types leave out (`omitempty`). Members that are pointers there (`replicas: 0`, `securityContext: {}`) stay.
 */
export function normal(kind: Kind, object: JsonObject): JsonObject {
  const bare = withoutNulls(object) as JsonObject
  return isCustom(kind) ? withMeta(bare) : (withoutEmpty(withMeta(bare), '') as JsonObject)
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutNulls)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null && member !== undefined)
      .map(([key, member]) => [key, withoutNulls(member)]),
  )
}

const isEmpty = (value: Json): boolean =>
  Array.isArray(value) ? value.length === 0 : isObject(value) ? Object.keys(value).length === 0 : !value

const metaLists = ['labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields']

function withMeta(object: JsonObject): JsonObject {
  const { metadata } = object
  if (!isObject(metadata)) return object
  const kept = Object.entries(metadata).filter(([key, value]) => !metaLists.includes(key) || !isEmpty(value))
  return { ...object, metadata: Object.fromEntries(kept) }
}

/** Members that a built-in type drops when they are false, 0, '' or empty, wherever they stand. */
const droppable = new Set([
  ...metaLists,
  'paused',
  'minReadySeconds',
  'selectPolicy',
  'nodeSelector',
  'imagePullSecrets',
  'initContainers',
  'volumes',
  'tolerations',
  'volumeMounts',
  'env',
  'envFrom',
  'ports',
  'command',
  'args',
  'matchLabels',
  'matchExpressions',
  'data',
  'binaryData',
  'metrics',
  'hostNetwork',
  'hostPort',
  'initialDelaySeconds',
  'publishNotReadyAddresses',
  'readinessGates',
  'topologySpreadConstraints',
])

/** Below these are the user's own words: an empty value there is a value. */
const verbatim = new Set(['labels', 'annotations', 'matchLabels', 'data', 'binaryData', 'fieldsV1', 'nodeSelector'])

function withoutEmpty(value: Json, name: string): Json {
  if (verbatim.has(name)) return value
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => withoutEmpty(item, ''))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => !(isEmpty(member) && (droppable.has(key) || isPlainSelector(key, value))))
      .map(([key, member]) => [key, withoutEmpty(member, key)]),
  )
}

/** A Service's selector is a plain map; an empty LabelSelector is a pointer to something that matches everything. */
const isPlainSelector = (key: string, spec: JsonObject): boolean =>
  key === 'selector' && ('clusterIP' in spec || 'type' in spec || 'sessionAffinity' in spec)
