import type { Ref } from '../core/kinds.ts'
import type { DeployError } from '../core/errors.ts'
import { toDeployError } from '../adapters/kubernetes/errors.ts'
import type { About, Failure, Peer } from '../adapters/kubernetes/failure.ts'
import { type Refused, statusOf } from './api/refused.ts'

/** What the real adapter would make of the same answer: the same codes in the same words. */
export const asDeployError = (failure: Failure, about: About, cluster: string): DeployError =>
  toDeployError(failure, about, peer(cluster))

export const answered = (refused: Refused): Failure => ({
  kind: 'answer',
  status: refused.status,
  contentType: 'application/json',
  retryAfter: null,
  body: JSON.stringify(statusOf(refused)),
})

const peer = (name: string): Peer => ({
  name,
  server: 'https://simulated.invalid',
  context: null,
  user: 'simulated',
  proxy: null,
})

export const about = (verb: About['verb'], object: Ref): About => ({ verb, object })
