import { DeployError } from '../../../core/errors.ts'
import { cut, escapeText } from '../../../core/text.ts'

/** A ConfigMap of a run, for messages. */
export interface Where {
  readonly name: string
  readonly namespace: string
  readonly cluster: string
}

/** Something of a run that a cluster keeps is not as it was written: named, with what to do. */
export const damaged = ({ name, namespace, cluster }: Where, wrong: string, cause?: unknown): DeployError =>
  new DeployError({
    code: 'journal-corrupt',
    what: `configmap ${name} in namespace ${namespace} of cluster ${cluster} is damaged: ${cut(escapeText(wrong), 300)}`,
    why: 'it keeps a part of a run and is written by its driver only: somebody changed or deleted it afterwards',
    remedy:
      'go on from the machine that has the folder of the run (.deploy/runs); without one restore the object from a backup, or see to the service by hand: kubectl get configmap deploy-undo-… -o yaml',
    exit: 'refused',
    cause,
  })
