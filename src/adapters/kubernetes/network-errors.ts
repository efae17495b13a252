import { DeployError, messageOf } from '../../core/errors.ts'
import { unknownCa } from '../../core/unknown-ca.ts'
import { asked, contextFlag, place } from './asked.ts'
import { type About, codeOf, type Peer } from './failure.ts'
import { printable } from './text.ts'

interface Words {
  readonly code: string
  readonly what: string
  readonly why: string
  readonly remedy: string
}

/** A request that got no answer at all. */
export function networkError(error: unknown, about: About, peer: Peer): DeployError {
  const code = codeOf(error)
  const words = tlsWords(code, error, peer) ?? connectionWords(code, error, about, peer)
  return new DeployError({ ...words, exit: 'refused', cause: error })
}

function tlsWords(code: string, error: unknown, peer: Peer): Words | null {
  const tls = (problem: string, why: string, remedy: string): Words => ({
    code: 'kube-tls',
    what: `${place(peer)} ${problem}`,
    why,
    remedy,
  })
  const newConfig = 'fetch the kubeconfig of this cluster again (its certificate-authority-data)'
  if (unknownCa.has(code)) {
    return tls(
      'has a certificate that the CA of the kubeconfig did not sign',
      `${code}: another cluster answers there, its CA was replaced, or a proxy opens TLS`,
      newConfig,
    )
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const problem =
      code === 'CERT_HAS_EXPIRED' ? 'has a certificate that expired' : 'has a certificate that is not valid yet'
    return tls(
      problem,
      'it was not renewed, or the clock of this machine is wrong',
      'renew the API server’s certificate (kubeadm certs renew), or set the clock',
    )
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return tls(
      'has a certificate for other names',
      printable(messageOf(error)),
      'use one of the names in the certificate as server, or set tls-server-name in the kubeconfig',
    )
  }
  if (/^ERR_SSL_.*ALERT/.test(code)) {
    return tls(
      'does not accept the client certificate',
      code,
      `check its dates and CA: kubectl config view --raw --minify${contextFlag(peer)}`,
    )
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    return tls(
      'does not speak TLS as we do',
      code,
      'check the scheme (http or https) and the port of server in the kubeconfig',
    )
  }
  return null
}

function connectionWords(code: string, error: unknown, about: About, peer: Peer): Words {
  const host = new URL(peer.server).host
  const via = peer.proxy === null ? '' : ` through the proxy ${withoutPassword(peer.proxy)}`
  const reach = 'check the address, the VPN and the firewall'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return {
      code: 'kube-dns',
      what: `the name of ${place(peer)} cannot be resolved${via}`,
      why: code === 'ENOTFOUND' ? 'the resolver does not know it' : 'the resolver did not answer',
      remedy: 'check server in the kubeconfig, the resolver and the VPN',
    }
  }
  if (code === 'ECONNREFUSED') {
    return {
      code: 'kube-refused',
      what: `nothing listens at ${place(peer)}${via}`,
      why: `${host} refused the connection: the API server is down, or elsewhere`,
      remedy: reach,
    }
  }
  if (['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'].includes(code)) {
    const connecting = code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT'
    return {
      code: 'kube-timeout',
      what: connecting
        ? `${place(peer)} cannot be reached${via}: no answer from ${host}`
        : `${place(peer)} did not answer: ${asked(about)}`,
      why: connecting
        ? 'packets are dropped on the way'
        : 'the cluster is overloaded, a webhook of it hangs, or the network drops packets',
      remedy: reach,
    }
  }
  return {
    code: 'kube-unavailable',
    what: `the connection to ${place(peer)} broke${via}: ${asked(about)}`,
    why: printable(`${code} ${messageOf(error)}`),
    remedy: `${reach}; kubectl get --raw /readyz${contextFlag(peer)} shows whether the server is well`,
  }
}

function withoutPassword(proxy: string): string {
  const url = new URL(proxy)
  return `${url.protocol}//${url.host}`
}
