import { DeployError } from '../../core/errors.ts'
import { place } from './asked.ts'
import type { Failure, Peer } from './failure.ts'
import { printable } from './text.ts'

/** A web page: of a proxy that wants a login, of a load balancer without a backend. */
export function pageError(answer: Extract<Failure, { kind: 'answer' }>, peer: Peer): DeployError {
  const title = /<title[^>]*>([^<]*)/i.exec(answer.body)?.[1] ?? ''
  const via = peer.proxy === null ? 'a proxy or load balancer' : 'the proxy'
  return new DeployError({
    code: answer.status >= 500 ? 'kube-unavailable' : 'kube-protocol',
    what: `${place(peer)} answered with a web page (status ${answer.status}${title.trim() === '' ? '' : `, “${printable(title, 80)}”`}), not with the Kubernetes API`,
    why: `${via} answered in its place`,
    remedy:
      'check server and proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY; log in to the proxy if it wants that',
    exit: 'refused',
  })
}
