import type { KubeObject } from '../../../core/objects.ts'
import { age, column, counting, count, labels, loose, name, ofContainers, spec, status, wide } from './columns.ts'
import type { Column } from './columns.ts'

const template = (object: KubeObject) => loose(spec(object)['template'])
const selector = (object: KubeObject) => labels(loose(spec(object)['selector'])['matchLabels'])
const inside: readonly Column[] = [
  ofContainers('Containers', 'name', template),
  ofContainers('Images', 'image', template),
]
const ready = (object: KubeObject) => `${count(status(object)['readyReplicas'])}/${count(spec(object)['replicas'])}`

export const deployment: readonly Column[] = [
  name,
  column('Ready', ready),
  counting('Up-to-date', (object) => count(status(object)['updatedReplicas'])),
  counting('Available', (object) => count(status(object)['availableReplicas'])),
  age,
  ...inside,
  wide(column('Selector', selector)),
]

export const statefulSet: readonly Column[] = [name, column('Ready', ready), age, ...inside]

export const replicaSet: readonly Column[] = [
  name,
  counting('Desired', (object) => count(spec(object)['replicas'])),
  counting('Current', (object) => count(status(object)['replicas'])),
  counting('Ready', (object) => count(status(object)['readyReplicas'])),
  age,
  ...inside,
  wide(column('Selector', selector)),
]
