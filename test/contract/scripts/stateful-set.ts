import { add, image, service } from '../manifests.ts'
import type { Script, Step } from '../script.ts'

const set = (tag: string, spec: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db' },
  spec: {
    replicas: 3,
    serviceName: 'db',
    selector: { matchLabels: { app: 'db' } },
    template: {
      metadata: { labels: { app: 'db' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: image(tag) }] },
    },
    ...spec,
  },
})

const partition = (value: number): Step => ({
  patch: ['StatefulSet', 'db'],
  ops: [add('/spec/updateStrategy', { type: 'RollingUpdate', rollingUpdate: { partition: value } })],
})
const tagged = (tag: string): Step => ({
  patch: ['StatefulSet', 'db'],
  ops: [add('/spec/template/spec/containers/0/image', image(tag))],
})
const pods = (...tags: readonly string[]): Step => ({
  see: {
    ordinals: tags.map(
      (tag, ordinal) => `db-${ordinal} ${tag.replace('!', '')} ${tag.endsWith('!') ? 'False' : 'True'}`,
    ),
  },
})

export const statefulSets: readonly Script[] = [
  {
    name: 'a StatefulSet moves down to its partition, and keeps what is below',
    steps: [
      { apply: [service('db', { app: 'db' }), set('1.0.0')] },
      pods('1.0.0', '1.0.0', '1.0.0'),
      partition(3),
      tagged('2.0.0'),
      pods('1.0.0', '1.0.0', '1.0.0'),
      partition(2),
      pods('1.0.0', '1.0.0', '2.0.0'),
      { drop: ['Pod', 'db-0'] },
      { wait: 1000 },
      pods('1.0.0', '1.0.0', '2.0.0'),
      partition(0),
      pods('2.0.0', '2.0.0', '2.0.0'),
    ],
  },
  {
    name: 'OrderedReady waits for a bad pod, also when the template is good again',
    steps: [
      { apply: [service('db', { app: 'db' }), set('1.0.0')] },
      pods('1.0.0', '1.0.0', '1.0.0'),
      tagged('2.0.0-noready'),
      pods('1.0.0', '1.0.0', '2.0.0-noready!'),
      tagged('1.0.0'),
      { wait: 5000 },
      pods('1.0.0', '1.0.0', '2.0.0-noready!'),
      { drop: ['Pod', 'db-2'] },
      pods('1.0.0', '1.0.0', '1.0.0'),
    ],
  },
]
