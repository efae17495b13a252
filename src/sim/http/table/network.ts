import type { KubeObject } from '../../../core/objects.ts'
import { age, column, labels, type Loose, loose, looseList, name, spec, text, wide } from './columns.ts'
import type { Column } from './columns.ts'

const ports = (object: KubeObject): string =>
  looseList(spec(object)['ports'])
    .map((port) => `${text(port['port'])}/${text(port['protocol'], 'TCP')}`)
    .join(',') || '<none>'

export const service: readonly Column[] = [
  name,
  column('Type', (object) => text(spec(object)['type'], 'ClusterIP')),
  column('Cluster-IP', (object) => text(spec(object)['clusterIP'])),
  column('External-IP', () => '<none>'),
  column('Port(s)', ports),
  age,
  wide(column('Selector', (object) => labels(spec(object)['selector']))),
]

export const endpointSlice: readonly Column[] = [
  name,
  column('AddressType', (object) => text(object['addressType'] as string)),
  column('Ports', (object) => joined(looseList(object['ports']).map((port) => text(port['port'])))),
  column('Endpoints', (object) => joined(looseList(object['endpoints']).flatMap(addresses))),
  age,
]

const addresses = (endpoint: Loose): string[] =>
  (Array.isArray(endpoint['addresses']) ? endpoint['addresses'] : []).map((address) => text(address as string))

/** Three are shown, as kubectl does. */
const joined = (all: readonly string[]): string =>
  all.length === 0 ? '<unset>' : `${all.slice(0, 3).join(',')}${all.length > 3 ? ` + ${all.length - 3} more...` : ''}`

/** The weights are no column of a real route: `-o wide` shows them here, since they are what a release moves. */
export const route: readonly Column[] = [
  name,
  column('Hostnames', (object) => JSON.stringify(spec(object)['hostnames'] ?? []).replace('[]', '')),
  age,
  wide(column('Backends', (object) => looseList(spec(object)['rules']).map(backends).join(' | '))),
]

const backends = (rule: Loose): string =>
  looseList(rule['backendRefs'])
    .map((ref) => `${text(loose(ref)['name'])}=${text(ref['weight'])}`)
    .join(',')
