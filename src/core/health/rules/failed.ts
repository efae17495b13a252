import { second } from '../../time.ts'
import type { PodRule } from '../rule.ts'
import { said } from '../said.ts'

/** What the environment does to a pod is taken out before; what is left is the pod's own, such as DeadlineExceeded. */
export const podFailed: PodRule = {
  of: 'pod',
  id: 'pod-failed',
  summary: 'the pod as a whole has failed, and not by the hand of its node',
  confirm: 10 * second,
  blames: 'release',
  match({ status }) {
    if (status?.phase !== 'Failed') return null
    return { because: `failed: ${said(status.reason, 60) || 'no reason given'} ${said(status.message)}`.trim() }
  },
}
