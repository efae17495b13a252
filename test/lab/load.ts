import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Count, Failure, LoadSpec, Second } from './load-generator.ts'
import type { LabNamespace } from './namespace.ts'
import { within } from './network.ts'
import { hostOf } from './web.ts'

export type LoadOptions = {
  /** `gateway`: Traefik, by Host header. `service`: the cluster IP, from inside, through kube-proxy. */
  readonly via: 'gateway' | 'service'
  /** The Service to call, when it is not `web`. */
  readonly service?: string
  readonly path?: string
  /** Requests per second, sent when they are due whether or not earlier ones were answered. */
  readonly rate?: number
  /** Stops by itself after so many requests … */
  readonly requests?: number
  /** … and after so many seconds. */
  readonly seconds?: number
  /** Of a hundred requests, so many on a connection of their own. */
  readonly freshPercent?: number
  readonly timeoutMillis?: number
}

export type Load = {
  /** What was seen until now. */
  totals(): Totals
  /** Resolves when a bound was reached. */
  readonly done: Promise<Totals>
  /** Stops sending, waits for answers under way, and returns what was seen. */
  stop(): Promise<Totals>
}

export type Totals = {
  /** What the requests were sent to. */
  readonly to: string
  readonly sent: number
  /** Anything that is not a 2xx answer. */
  readonly failed: number
  readonly byVersion: Readonly<Record<string, number>>
  readonly byPod: Readonly<Record<string, number>>
  /** The first 20. */
  readonly failures: readonly Failure[]
  readonly seconds: readonly Second[]
}

/** Starts a load in a process of its own, inside the cluster's namespace. */
export async function startLoad(namespace: LabNamespace, options: LoadOptions): Promise<Load> {
  const { rate = 200, requests = Infinity, seconds = 900, freshPercent = 10, timeoutMillis = 20_000 } = options
  const target = await targetOf(namespace, options)
  const bound = Math.min(requests, Math.ceil(rate * seconds))
  const spec: LoadSpec = { ...target, rate, requests: bound, seconds, freshPercent, timeoutMillis }
  const generator = join(import.meta.dirname, 'load-generator.ts')
  const argv = [process.execPath, generator, JSON.stringify(spec)]
  const [command, args] = within(namespace.cluster.facts.netns, argv)
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.on('error', () => {}) // ended by itself
  const to = options.via === 'gateway' ? 'the gateway' : `Service ${target.host}`
  const seen: Second[] = []
  createInterface({ input: child.stdout }).on('line', (line) => seen.push(JSON.parse(line) as Second))
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  const done = new Promise<Totals>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve(totalsOf(to, seen))
      else reject(new Error(`the load generator ended with ${code ?? signal}: ${complaint}`))
    })
  })
  done.catch(() => {}) // whoever asks gets it
  return {
    totals: () => totalsOf(to, seen),
    done,
    stop() {
      child.stdin.end()
      return done
    },
  }
}

async function targetOf(
  { name, cluster, get }: LabNamespace,
  { via, service = 'web', path = '/' }: LoadOptions,
): Promise<{ readonly url: string; readonly host: string }> {
  if (via === 'gateway') return { url: `${cluster.facts.gateway}${path}`, host: hostOf(name) }
  const { spec } = await get<{ spec: { clusterIP: string; ports: [{ port: number }] } }>('service', service)
  return { url: `http://${spec.clusterIP}:${spec.ports[0].port}${path}`, host: service }
}

function totalsOf(to: string, seconds: readonly Second[]): Totals {
  const counts = seconds.flatMap((second) => second.counts)
  return {
    to,
    sent: sum(counts),
    failed: sum(counts.filter(({ failed }) => failed)),
    byVersion: sumBy(counts, ({ version }) => version),
    byPod: sumBy(counts, ({ pod }) => pod),
    failures: seconds.flatMap((second) => second.failures),
    seconds,
  }
}

const sum = (counts: readonly Count[]): number => counts.reduce((total, { n }) => total + n, 0)

function sumBy(counts: readonly Count[], key: (count: Count) => string): Record<string, number> {
  const result: Record<string, number> = {}
  for (const count of counts) if (key(count) !== '') result[key(count)] = (result[key(count)] ?? 0) + count.n
  return result
}
