/**
 * Sends requests at a constant rate to one address of a lab: `load-generator.ts SPEC`, started by `startLoad` only.
 * A request is sent when it is due, whether or not earlier ones were answered: a stalled service shows as failures, not
 * as fewer requests. Connections are kept and used in turn, each ten times a second, and some requests open one of
 * their own, so that both the old and the new ways through kube-proxy are used. There is no retry of any kind.
 * It stops at its bounds, or when its standard input ends, which it does at the latest with the process that started it.
 */
import { Agent, request } from 'node:http'

export type LoadSpec = {
  readonly url: string
  readonly host: string
  readonly rate: number
  readonly requests: number
  readonly seconds: number
  readonly freshPercent: number
  readonly timeoutMillis: number
}

/** One line of output: what was answered in one second. */
export type Second = {
  readonly second: number
  readonly counts: readonly Count[]
  /** With detail, the first 20 of all seconds. */
  readonly failures: readonly Failure[]
}

export type Count = {
  readonly version: string
  readonly pod: string
  readonly status: number
  readonly error: string
  readonly failed: boolean
  readonly n: number
}

export type Failure = {
  readonly time: string
  /** Seconds since the start of the load. */
  readonly after: number
  readonly status: number
  readonly error: string
  readonly pod: string
  /** On a connection that had served before. */
  readonly reused: boolean
}

type Answer = Omit<Count, 'n' | 'failed'>
type Lane = { readonly agent: Agent; busy: boolean }

const spec = JSON.parse(process.argv[2] ?? '') as LoadSpec
const url = new URL(spec.url)
if (!/^(10|127)(\.\d{1,3}){3}$/.test(url.hostname)) throw new Error(`${url.hostname} is not an address of a lab`)

const lanes: Lane[] = Array.from({ length: Math.max(1, Math.ceil(spec.rate / 10)) }, newLane)
const mostLanes = 500
const mostFailures = 20
let turn = 0
let sent = 0
let underWay = 0
let stopping = false
let second = 0
let counts = new Map<string, Count>()
let failures: Failure[] = []
let failuresTold = 0

const started = performance.now()
// Twice as often as requests are due, and no more: a timer costs, too.
const sender = setInterval(sendDue, Math.max(5, 500 / spec.rate))
const teller = setInterval(tell, 1000)
process.stdin.resume().once('end', stop).once('error', stop)
process.stdout.on('error', () => process.exit(1))

function sendDue(): void {
  const elapsed = (performance.now() - started) / 1000
  const due = Math.min(spec.requests, Math.floor(elapsed * spec.rate) + 1)
  // After a pause of our own we catch up, but not all at once: that would be a burst that nobody asked for.
  for (let burst = 0; sent < due && burst < 20; burst++) send()
  if (sent >= spec.requests || elapsed >= spec.seconds) stop()
}

function send(): void {
  sent += 1
  underWay += 1
  const lane = (sent * spec.freshPercent) % 100 < spec.freshPercent ? undefined : freeLane()
  if (lane) lane.busy = true
  const options = {
    host: url.hostname,
    port: url.port || 80,
    path: url.pathname + url.search,
    agent: lane?.agent ?? false,
    headers: { host: spec.host },
    signal: AbortSignal.timeout(spec.timeoutMillis),
  } as const
  let settled = false
  const finish = (answer: Answer) => {
    if (settled) return
    settled = true
    underWay -= 1
    if (lane) giveBack(lane)
    record(answer, outgoing.reusedSocket)
    if (stopping && underWay === 0) end()
  }
  const outgoing = request(options, (response) => {
    const { 'x-version': version = '', 'x-pod': pod = '' } = response.headers as Record<string, string>
    const answer = { version, pod, status: response.statusCode ?? 0, error: '' }
    response.resume()
    response.on('end', () => finish(answer))
    response.on('error', (error) => finish({ ...answer, error: codeOf(error) }))
  })
  outgoing.on('error', (error) => finish({ version: '', pod: '', status: 0, error: codeOf(error) }))
  outgoing.end()
}

function newLane(): Lane {
  return { agent: new Agent({ keepAlive: true, maxSockets: 1 }), busy: false }
}

/** The one that rests longest. When all are busy one is added for the time being; at the very limit, no lane. */
function freeLane(): Lane | undefined {
  for (let tried = 0; tried < lanes.length; tried++) {
    const lane = lanes[turn++ % lanes.length]
    if (lane && !lane.busy) return lane
  }
  if (lanes.length >= mostLanes) return undefined
  const lane = newLane()
  lanes.push(lane)
  return lane
}

/** An added lane goes when it is not needed: a connection that rests for long may be closed under a request. */
function giveBack(lane: Lane): void {
  lane.busy = false
  const index = lanes.indexOf(lane)
  if (index < spec.rate / 10) return
  lanes.splice(index, 1)
  setImmediate(() => lane.agent.destroy())
}

function record(answer: Answer, reused: boolean): void {
  const failed = answer.error !== '' || answer.status < 200 || answer.status > 299
  const key = `${answer.version}|${answer.pod}|${answer.status}|${answer.error}`
  counts.set(key, { ...answer, failed, n: (counts.get(key)?.n ?? 0) + 1 })
  if (!failed || failuresTold >= mostFailures) return
  failuresTold += 1
  const { status, error, pod } = answer
  const after = Math.round(performance.now() - started) / 1000
  failures.push({ time: new Date().toISOString(), after, status, error, pod, reused })
}

function tell(): void {
  process.stdout.write(`${JSON.stringify({ second, counts: [...counts.values()], failures } satisfies Second)}\n`)
  second += 1
  counts = new Map()
  failures = []
}

function stop(): void {
  if (stopping) return
  stopping = true
  clearInterval(sender)
  if (underWay === 0) end()
}

function end(): void {
  clearInterval(teller)
  tell()
  for (const { agent } of lanes) agent.destroy()
  process.stdin.destroy()
}

function codeOf(error: Error & { code?: string }): string {
  return error.name === 'TimeoutError' || error.name === 'AbortError' ? 'TIMEOUT' : (error.code ?? error.message)
}
