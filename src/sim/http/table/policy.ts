import type { KubeObject } from '../../../core/objects.ts'
import { since } from './ago.ts'
import { age, column, count, counting, loose, name, spec, status, text, wide } from './columns.ts'
import type { Column } from './columns.ts'

export const budget: readonly Column[] = [
  name,
  column('Min Available', (object) => text(spec(object)['minAvailable'], 'N/A')),
  column('Max Unavailable', (object) => text(spec(object)['maxUnavailable'], 'N/A')),
  counting('Allowed Disruptions', (object) => count(status(object)['disruptionsAllowed'])),
  age,
]

export const autoscaler: readonly Column[] = [
  name,
  column('Reference', (object) => {
    const target = loose(spec(object)['scaleTargetRef'])
    return `${text(target['kind'])}/${text(target['name'])}`
  }),
  column('Targets', () => '<unknown>'),
  column('MinPods', (object) => text(spec(object)['minReplicas'])),
  counting('MaxPods', (object) => count(spec(object)['maxReplicas'])),
  counting('Replicas', (object) => count(status(object)['currentReplicas'])),
  age,
]

export const event: readonly Column[] = [
  column('Last Seen', (object, now) => since(object['lastTimestamp'] as string | undefined, now)),
  column('Type', (object) => text(object['type'] as string)),
  column('Reason', (object) => text(object['reason'] as string)),
  column('Object', (object) => {
    const about = loose(object['involvedObject'])
    return `${text(about['kind']).toLowerCase()}/${text(about['name'])}`
  }),
  wide(column('Subobject', () => '')),
  wide(column('Source', () => '')),
  column('Message', (object) => text(object['message'] as string)),
  wide(column('First Seen', (object, now) => since(object['firstTimestamp'] as string | undefined, now))),
  wide(counting('Count', (object) => count(object['count'] as number))),
  wide(name),
]

export const configMap: readonly Column[] = [
  name,
  counting('Data', (object) => Object.keys({ ...loose(object['data']), ...loose(object['binaryData']) }).length),
  age,
]

export const namespace: readonly Column[] = [name, column('Status', phaseOf), age]

function phaseOf(object: KubeObject): string {
  return text(status(object)['phase'], 'Active')
}

export const node: readonly Column[] = [
  name,
  column('Status', () => 'Ready'),
  column('Roles', () => '<none>'),
  age,
  column('Version', () => 'simulated'),
]

export const quota: readonly Column[] = [
  name,
  age,
  column('Request', (object) => {
    const [hard, used] = [loose(spec(object)['hard']), loose(status(object)['used'])]
    return Object.entries(hard)
      .map(([resource, limit]) => `${resource}: ${text(used[resource], '0')}/${text(limit)}`)
      .join(', ')
  }),
]

export const lease: readonly Column[] = [name, column('Holder', (object) => text(spec(object)['holderIdentity'])), age]
