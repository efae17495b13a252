/**
 * The application in every pod of one cluster: `podserver.ts KUBECONFIG STATUS-ADDRESS`.
 * All pod addresses are local to the cluster's namespace, so one process listens on each running pod's address and
 * container ports and knows by the address which pod it is. What it is told by tag and annotation:
 *
 *     errN   N percent of the answers are 500       annotation lab.test/err
 *     latN   N ms (+-30 %) until the answer          annotation lab.test/lat
 *     hang   never answers
 *
 * Answers carry `x-version` and `x-pod`; `/metrics` is the pod's own. A pod that is being deleted keeps answering and
 * closes each connection with its answer, as an application does that ends well.
 */
import { type IncomingMessage, createServer, type Server, type ServerResponse } from 'node:http'
import { Agent, request as send } from 'node:https'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

type Pod = {
  readonly metadata: {
    readonly uid: string
    readonly name: string
    readonly namespace: string
    readonly resourceVersion: string
    readonly deletionTimestamp?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly hostNetwork?: boolean
    readonly containers: readonly {
      readonly image: string
      readonly ports?: readonly { readonly containerPort: number }[]
    }[]
  }
  readonly status?: {
    readonly podIP?: string
    readonly phase?: string
    readonly containerStatuses?: readonly { readonly state?: { readonly running?: object } }[]
  }
}

type App = {
  readonly name: string
  readonly namespace: string
  readonly address: string
  readonly ports: readonly number[]
  readonly servers: Map<number, Server>
  readonly counts: Map<string, number>
  readonly buckets: number[]
  seconds: number
  answers: number
  behaviour: Behaviour
  ending: boolean
}

type Behaviour = {
  readonly version: string
  readonly errorPercent: number
  readonly latency: number
  readonly hang: boolean
}

const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const byUid = new Map<string, App>()
const byAddress = new Map<string, App>()
let synced = false

const [kubeconfig, statusAddress] = process.argv.slice(2) as [string, string]
const api = connection(kubeconfig)
const [statusHost, statusPort] = statusAddress.split(':') as [string, string]
createServer((_, response) => {
  response.end(`${JSON.stringify({ synced, pods: byUid.size })}\n`)
}).listen(Number(statusPort), statusHost)
list()

function list(): void {
  request('/api/v1/pods', {
    end(error, body) {
      if (error) return again(error, list)
      const answer = JSON.parse(body) as { metadata: { resourceVersion: string }; items: Pod[] }
      const uids = new Set(answer.items.map((pod) => pod.metadata.uid))
      for (const uid of byUid.keys()) if (!uids.has(uid)) forget(uid)
      for (const pod of answer.items) learn(pod)
      synced = true
      watch(answer.metadata.resourceVersion)
    },
  })
}

function watch(from: string): void {
  let version = from
  let expired = false
  request(`/api/v1/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=${from}`, {
    line(text) {
      const { type, object } = JSON.parse(text) as { type: string; object: Pod }
      if (type === 'ERROR') {
        expired = true
        return
      }
      version = object.metadata.resourceVersion
      if (type === 'DELETED') forget(object.metadata.uid)
      else if (type !== 'BOOKMARK') learn(object)
    },
    end(error) {
      if (error) again(error, list)
      else if (expired) list()
      else watch(version)
    },
  })
}

function again(error: Error, what: () => void): void {
  process.stdout.write(`${new Date().toISOString()} ${error.message}\n`)
  setTimeout(what, 300)
}

function learn(pod: Pod): void {
  const address = pod.status?.podIP
  if (address === undefined || pod.spec.hostNetwork) return
  const { uid, name, namespace } = pod.metadata
  let app = byUid.get(uid)
  if (!app) {
    const ports = pod.spec.containers.flatMap((container) => container.ports?.map((port) => port.containerPort) ?? [])
    app = {
      name,
      namespace,
      address,
      ports: ports.length > 0 ? ports : [8080],
      servers: new Map(),
      counts: new Map(),
      buckets: bounds.map(() => 0),
      seconds: 0,
      answers: 0,
      behaviour: behaviourOf(pod),
      ending: false,
    }
    byUid.set(uid, app)
    allowPortForward(pod, app.ports)
  }
  app.behaviour = behaviourOf(pod)
  app.ending = pod.metadata.deletionTimestamp !== undefined
  byAddress.set(address, app)
  const alive = pod.status?.phase === 'Running' && pod.status.containerStatuses?.[0]?.state?.running !== undefined
  if (alive) listen(app)
  else close(app) // crashed: connection refused
}

/** KWOK forwards a port only where an object says so. It belongs to the pod and goes with it. */
function allowPortForward({ metadata: { name, namespace, uid }, status }: Pod, ports: readonly number[]): void {
  const object = {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'PortForward',
    metadata: { name, namespace, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid }] },
    spec: { forwards: ports.map((port) => ({ ports: [port], target: { address: status?.podIP, port } })) },
  }
  const end = (error: Error | undefined) => {
    if (error && !/HTTP 40[39]/.test(error.message)) setTimeout(() => byUid.has(uid) && create(), 1000)
  }
  const create = () => request(`/apis/kwok.x-k8s.io/v1alpha1/namespaces/${namespace}/portforwards`, { end }, object)
  create()
}

function forget(uid: string): void {
  const app = byUid.get(uid)
  if (!app) return
  close(app)
  byUid.delete(uid)
  if (byAddress.get(app.address) === app) byAddress.delete(app.address)
}

function behaviourOf({ spec, metadata }: Pod): Behaviour {
  const tag = /:([^/:]+)$/.exec(spec.containers[0]?.image ?? '')?.[1] ?? 'latest'
  const number = (token: string, otherwise: number) =>
    Number(
      metadata.annotations?.[`lab.test/${token}`] ??
        new RegExp(`-${token}(\\d+(?:\\.\\d+)?)`).exec(tag)?.[1] ??
        otherwise,
    )
  return { version: tag, errorPercent: number('err', 0), latency: number('lat', 3), hang: /-hang(-|$)/.test(tag) }
}

function listen(app: App): void {
  for (const port of app.ports) {
    if (app.servers.has(port)) continue
    const server = createServer({ keepAliveTimeout: 120_000 }, serve)
    app.servers.set(port, server)
    server.on('error', (error) => {
      process.stdout.write(`${app.name} ${app.address}:${port} ${error.message}\n`)
      app.servers.delete(port)
    })
    server.listen(port, app.address, 4096)
  }
}

function close(app: App): void {
  for (const server of app.servers.values()) {
    server.close()
    server.closeAllConnections()
  }
  app.servers.clear()
}

function serve(incoming: IncomingMessage, response: ServerResponse): void {
  const app = byAddress.get(incoming.socket.localAddress ?? '')
  if (!app) return void incoming.socket.destroy()
  if (app.ending) response.setHeader('connection', 'close')
  const path = (incoming.url ?? '/').split('?')[0] ?? '/'
  if (path === '/metrics') {
    response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(metrics(app))
    return
  }
  if (path === '/healthz') return void response.end('ok\n')
  const { version, errorPercent, latency, hang } = app.behaviour
  if (hang) return
  const started = performance.now()
  const status = Math.random() * 100 < errorPercent ? 500 : 200
  setTimeout(
    () => {
      count(app, `method="${incoming.method}",code="${status}"`, (performance.now() - started) / 1000)
      const headers = { 'content-type': 'application/json', 'x-version': version, 'x-pod': app.name }
      const { name: pod, namespace, address } = app
      response.writeHead(status, app.ending ? { ...headers, connection: 'close' } : headers)
      response.end(`${JSON.stringify({ version, pod, namespace, address, path, host: incoming.headers.host })}\n`)
    },
    latency * (0.7 + Math.random() * 0.6),
  )
}

function count(app: App, labels: string, seconds: number): void {
  app.counts.set(labels, (app.counts.get(labels) ?? 0) + 1)
  app.seconds += seconds
  app.answers += 1
  for (const [n, bound] of bounds.entries()) if (seconds <= bound) app.buckets[n] = (app.buckets[n] ?? 0) + 1
}

function metrics({ counts, buckets, seconds, answers, behaviour }: App): string {
  const histogram = 'http_request_duration_seconds'
  return [
    '# TYPE http_requests_total counter',
    ...[...counts].map(([labels, value]) => `http_requests_total{${labels}} ${value}`),
    `# TYPE ${histogram} histogram`,
    ...bounds.map((bound, n) => `${histogram}_bucket{le="${bound}"} ${buckets[n]}`),
    `${histogram}_bucket{le="+Inf"} ${answers}`,
    `${histogram}_sum ${seconds}`,
    `${histogram}_count ${answers}`,
    '# TYPE app_info gauge',
    `app_info{tag="${behaviour.version}"} 1`,
    '',
  ].join('\n')
}

type Reader = { line?(text: string): void; end(error: Error | undefined, body: string): void }

function request(path: string, reader: Reader, body?: object): void {
  let done = false
  const finish = (error: Error | undefined, body = '') => {
    if (!done) reader.end(error, body)
    done = true
  }
  const options = {
    agent: api.agent,
    method: body ? 'POST' : 'GET',
    headers: body ? { 'content-type': 'application/json' } : {},
  }
  const sent = send(`${api.server}${path}`, options, (response) => {
    if ((response.statusCode ?? 0) >= 300) {
      response.resume()
      return finish(new Error(`${path}: HTTP ${response.statusCode}`))
    }
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      text += chunk
      if (!reader.line) return
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) reader.line(line)
    })
    response.on('end', () => finish(undefined, text))
    response.on('error', (error) => finish(error))
  })
  sent.on('error', (error) => finish(error))
  sent.end(body && JSON.stringify(body))
}

function connection(file: string): { readonly server: string; readonly agent: Agent } {
  const config = parse(readFileSync(file, 'utf8')) as {
    clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }]
    users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }]
  }
  const { cluster } = config.clusters[0]
  const { user } = config.users[0]
  const decoded = (text: string) => Buffer.from(text, 'base64')
  return {
    server: cluster.server,
    agent: new Agent({
      ca: decoded(cluster['certificate-authority-data']),
      cert: decoded(user['client-certificate-data']),
      key: decoded(user['client-key-data']),
    }),
  }
}
