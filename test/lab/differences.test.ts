import { expect, it } from 'vitest'
import { differences } from './differences.ts'

const deployment = (change: (object: ReturnType<typeof plain>) => void = () => {}) => {
  const object = plain()
  change(object)
  return object
}

const plain = () => ({
  metadata: {
    name: 'web',
    generation: 1,
    resourceVersion: '10',
    annotations: { team: 'shop', 'deployment.kubernetes.io/revision': '1' } as Record<string, string>,
    managedFields: [
      { manager: 'kubectl', operation: 'Update', time: '1', fieldsV1: { 'f:spec': {} } },
      { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status', time: '1' },
    ] as object[],
  },
  spec: {
    replicas: 3,
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', image: 'web:1' }] },
    },
  } as Record<string, unknown> & {
    template: { metadata: { labels: Record<string, string> }; spec: { containers: { name: string; image: string }[] } }
  },
  status: { replicas: 3 },
})

it('lets a release leave its image, its label and what the controller writes', () => {
  const after = deployment((object) => {
    object.metadata.generation = 9
    object.metadata.resourceVersion = '99'
    object.metadata.annotations['deployment.kubernetes.io/revision'] = '2'
    object.metadata.managedFields.pop()
    object.spec.template.metadata.labels['deploy/release'] = 'r1'
    object.spec.template.spec.containers[0]!.image = 'web:2'
    object.status.replicas = 4
  })
  expect(differences(deployment(), after)).toEqual([])
})

it('names a field that was absent, a value that changed, and a manager that stayed', () => {
  const after = deployment((object) => {
    object.spec['minReadySeconds'] = 0
    object.spec['replicas'] = 4
    object.metadata.annotations['deploy/note'] = 'r1'
    object.metadata.managedFields.push({ manager: 'deploy', operation: 'Update', fieldsV1: {} })
  })
  expect(differences(deployment(), after)).toEqual([
    { path: 'metadata.annotations["deploy/note"]', before: 'absent', after: '"r1"' },
    { path: 'metadata.managedFields["deploy Update"]', before: 'absent', after: '"present"' },
    { path: 'spec.minReadySeconds', before: 'absent', after: '0' },
    { path: 'spec.replicas', before: '3', after: '4' },
  ])
})
