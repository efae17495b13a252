import { onTestFinished } from 'vitest'
import { systemClock } from '../../../../src/adapters/clock.ts'
import { type Connected, connect } from '../../../../src/adapters/kubernetes/connect.ts'
import type { Clock } from '../../../../src/ports.ts'
import { serve } from '../../../../src/sim/http/serve.ts'
import type { SimCluster } from '../../../../src/sim/sim.ts'
import { kubeconfigFile } from '../../../adapters/kubernetes/support/connected.ts'
import { certificate } from '../../../adapters/kubernetes/support/certificate.ts'
import { namespace } from '../../../support/sim-shop.ts'

export interface ServedOf {
  readonly tls?: boolean
  readonly clock?: Clock
  readonly namespace?: string
}

export interface Served {
  readonly url: string
  /** The real adapter, connected to it. */
  readonly adapter: Connected
  readonly kubeconfig: string
  /** What it was asked and does not model. */
  readonly log: readonly string[]
}

/** A simulated cluster behind a real socket, until the test is over. */
export async function served(
  cluster: SimCluster,
  { tls = false, clock = systemClock, namespace: place = namespace }: ServedOf = {},
): Promise<Served> {
  const log: string[] = []
  const pem = tls ? certificate() : null
  const serving = await serve(cluster, { ...(pem && { tls: pem }), log: (line) => log.push(line) })
  onTestFinished(() => serving[Symbol.asyncDispose]())
  const kubeconfig = await kubeconfigFile({ server: serving.url, ...(pem && { ca: pem.cert }) })
  const adapter = await connect({ name: 'sim', kubeconfig, env: {}, clock, version: '1.2.3', namespace: place })
  onTestFinished(() => adapter[Symbol.asyncDispose]())
  return { url: serving.url, adapter, kubeconfig, log }
}

export interface Said {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: () => Record<string, unknown>
}

/** One plain request, as any client would send it. */
export async function ask(
  url: string,
  path: string,
  { method = 'GET', accept = 'application/json', type = 'application/json', body }: Asking = {},
): Promise<Said> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { accept, ...(body !== undefined && { 'content-type': type }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: () => JSON.parse(text) as Record<string, unknown>,
  }
}

interface Asking {
  readonly method?: string
  readonly accept?: string
  readonly type?: string
  readonly body?: unknown
}

export const tables = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
