import type { Deployment } from '../../objects.ts'
import type { ReleaseRule } from '../rule.ts'
import { said } from '../said.ts'

/** What the brake writes; Kubernetes itself takes it for "no deadline". */
const noDeadline = 2_147_483_647

export const progressDeadline: ReleaseRule = {
  of: 'release',
  id: 'progress-deadline',
  summary: "the Deployment's own progress deadline has passed, where it has one",
  confirm: 0,
  blames: 'either',
  match({ workload, sets }) {
    if (workload.kind !== 'Deployment') return null
    const { spec, status, metadata } = workload as Deployment
    const condition = status?.conditions?.find(({ type }) => type === 'Progressing')
    if (spec.progressDeadlineSeconds === noDeadline) return null
    if (condition?.status !== 'False' || condition.reason !== 'ProgressDeadlineExceeded') return null
    // The message names the ReplicaSet that made no progress; one that isn't ours is of an earlier template.
    const named = /ReplicaSet "([^"]+)"/.exec(condition.message ?? '')?.[1]
    if (named !== undefined && !sets.some((set) => set.metadata.name === named)) return null
    return { object: `deployment/${metadata.name}`, because: `ProgressDeadlineExceeded: ${said(condition.message)}` }
  },
}
