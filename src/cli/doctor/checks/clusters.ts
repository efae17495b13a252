import { DeployError } from '../../../core/errors.ts'
import type { Check } from '../check.ts'
import { failed } from '../failed.ts'

export const clusters: Check = {
  name: 'clusters',
  asks: 'Does every API server answer?',
  look: (scene) =>
    scene.clusters.map(({ place, answer }) =>
      answer instanceof DeployError
        ? failed(answer, place)
        : { answer: 'ok', place, what: `Kubernetes ${answer.version}, namespace ${answer.namespace}` },
    ),
}
