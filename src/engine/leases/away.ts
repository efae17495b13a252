import { DeployError } from '../../core/errors.ts'

/** What a cluster that is away, or whose way in is broken, looks like. A refusal for want of a right is none of it. */
const codes: ReadonlySet<string> = new Set([
  'kube-unavailable',
  'kube-timeout',
  'kube-refused',
  'kube-dns',
  'kube-tls',
  'kube-throttled',
  'kube-protocol',
  'kube-unauthorized',
])

/** Whether it says no more than that the cluster did not answer, so that nothing is known of what is there. */
export const isAway = (error: unknown): error is DeployError => error instanceof DeployError && codes.has(error.code)
