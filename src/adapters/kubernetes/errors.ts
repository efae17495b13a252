import { DeployError } from '../../core/errors.ts'
import { span } from '../../core/time.ts'
import { isPage } from './answer.ts'
import { asked, contextFlag, place } from './asked.ts'
import type { About, Failure, Peer } from './failure.ts'
import { networkError } from './network-errors.ts'
import { pageError } from './page-error.ts'
import { statusError } from './status-errors.ts'

/** How every failure of a cluster is put into words: one code of `kube-*`, what, why and what to do. */
export function toDeployError(failure: Failure, about: About, peer: Peer): DeployError {
  if (failure.kind === 'broken') return networkError(failure.error, about, peer)
  if (failure.kind === 'answer') return isPage(failure) ? pageError(failure, peer) : statusError(failure, about, peer)
  return new DeployError({
    code: 'kube-timeout',
    what: `${place(peer)} did not answer within ${span(failure.after)}: ${asked(about)}`,
    why: 'the cluster is overloaded, a webhook of it hangs, or the network drops packets',
    remedy: `see whether it answers at all: kubectl get --raw /readyz${contextFlag(peer)}`,
    exit: 'refused',
  })
}

/** An answer that is a success but not what the API promises. */
export const protocolError = (what: string, about: About, peer: Peer): DeployError =>
  new DeployError({
    code: 'kube-protocol',
    what: `${place(peer)} sent ${what}: ${asked(about)}`,
    why: 'something else than a Kubernetes API server answers there, or a proxy changed its answer',
    remedy: `look at it: kubectl get --raw /version${contextFlag(peer)}`,
    exit: 'refused',
  })
