import { join } from 'node:path'
import { execa } from 'execa'
import { describe, it, type TestContext } from 'vitest'
import type { MetricsSource } from '../../../src/core/metrics.ts'
import type { ReadSpec, Told } from '../children/read-source.ts'
import { lab } from '../fixture.ts'
import type { LabNamespace } from '../namespace.ts'
import { within } from '../network.ts'
import { type PrometheusOptions, startPrometheus } from '../prometheus.ts'
import type { Rule } from '../users.ts'
import { waitFor } from '../wait-for.ts'

const counted = {
  every: 2000,
  errors: { matchers: [{ label: 'code', op: '=~', value: '5..' }] },
  latency: { selector: { name: 'http_request_duration_seconds', matchers: [] }, unit: 1000 },
} as const
const counter = 'http_requests_total'

const pods: MetricsSource = { kind: 'pods', requests: { name: counter, matchers: [] }, ...counted }
const prometheus = (url: string, name: string, queries: Readonly<Record<string, string>> = {}): MetricsSource => ({
  kind: 'prometheus',
  endpoint: { url },
  podLabel: 'pod',
  requests: { name: counter, matchers: [{ label: 'namespace', op: '=', value: name }] },
  queries: Object.entries(queries).map(([query, text]) => ({ name: query, query: text })),
  ...counted,
})

const look: Rule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }
const may = (resource: string, ...verbs: string[]): Rule => ({ apiGroups: [''], resources: [resource], verbs })

async function read(namespace: LabNamespace, source: MetricsSource, more: Partial<ReadSpec> = {}): Promise<Told> {
  const kubeconfig = more.kubeconfig ?? (await namespace.cluster.kubeconfig())
  const spec: ReadSpec = { source, namespace: namespace.name, ...more, kubeconfig }
  const script = join(import.meta.dirname, '../children/read-source.ts')
  const [command, args] = within(lab.facts.netns, [process.execPath, script, JSON.stringify(spec)])
  const { stdout } = await execa(command, args, { env: { NODE_NO_WARNINGS: '1' } })
  return JSON.parse(stdout) as Told
}

const asUser = async (namespace: LabNamespace, ...rules: Rule[]): Promise<Partial<ReadSpec>> => ({
  kubeconfig: await namespace.userKubeconfig(rules),
})

/** What all pods together have counted, by pod. */
function sums({ name, reading }: Told) {
  if ('down' in reading) throw new Error(`${name}: ${reading.down}`)
  const total: Record<string, Record<string, number>> = {}
  for (const { pod, counted: what, samples } of reading.series) {
    const value = samples.at(-1)?.[1] ?? Number.NaN
    const own = (total[pod] ??= {})
    const names =
      typeof what === 'object' ? [`le ${String(what.le)}`] : what === 'both' ? ['requests', 'errors'] : [what]
    for (const one of names) own[one] = (own[one] ?? 0) + value
  }
  return { total, missing: reading.missing }
}

/** Pods that have served some requests and then are left alone. */
async function served({ onTestFinished }: TestContext, replicas = 4): Promise<LabNamespace> {
  const namespace = await lab.cluster('a').namespace()
  onTestFinished(() => namespace.delete())
  await namespace.web({ replicas, image: 'registry.lab/web:1.0.0-err20', wait: false, route: false })
  await namespace.kubectl('rollout', 'status', 'deployment/web', '--timeout=120s')
  const load = await namespace.startLoad({ via: 'service', requests: 400, rate: 200, freshPercent: 100 })
  await load.done
  return namespace
}

async function scraped(
  context: TestContext,
  namespace: LabNamespace,
  options: PrometheusOptions = {},
): Promise<string> {
  const { url, stop } = await startPrometheus(namespace, options)
  context.onTestFinished(stop)
  return url
}

describe.concurrent('the figures of the same pods', () => {
  it('are the same by port-forward, by the proxy of the API server and from Prometheus', async (context) => {
    const { expect } = context
    const namespace = await served(context)
    const url = await scraped(context, namespace)
    const forwarded = await read(
      namespace,
      pods,
      await asUser(namespace, look, may('pods/portforward', 'get', 'create')),
    )
    const proxied = await read(namespace, pods, await asUser(namespace, look, may('pods/proxy', 'get')))
    expect([forwarded.name, proxied.name]).toEqual(['pods by port-forward', 'pods by the proxy of the API server'])
    const { total, missing } = sums(forwarded)
    expect(missing).toEqual([])
    expect(Object.values(total).reduce((all, { requests = 0 }) => all + requests, 0)).toBe(400)
    expect(Object.values(total).every(({ errors = 0, requests = 0 }) => errors > 0 && errors < requests)).toBe(true)
    expect(sums(proxied)).toEqual({ total, missing })
    const both = await waitFor('Prometheus has scraped all of it', async () => {
      const told = await read(namespace, prometheus(url, namespace.name))
      return 'series' in told.reading && requestsIn(told) === 400 && told
    })
    expect(sums(both)).toEqual({ total, missing })
  })

  it('are counted once when two jobs scrape them', async (context) => {
    const namespace = await served(context, 2)
    const url = await scraped(context, namespace, { jobs: ['one', 'two'] })
    await waitFor('Prometheus has scraped all of it twice', async () => {
      const twice = { twice: `sum(${counter}{namespace="${namespace.name}"})` }
      const told = await read(namespace, prometheus(url, namespace.name, twice))
      if ('down' in told.reading || told.reading.values['twice'] !== 800) return false
      context.expect(requestsIn(told)).toBe(400)
      return true
    })
  })

  it('come with queries of the user’s own, and what is wrong with those is said', async (context) => {
    const { expect } = context
    const namespace = await served(context, 2)
    const url = await scraped(context, namespace)
    const queries = {
      up: 'sum(up)',
      nothing: 'sum(no_such_metric)',
      undefined: '0 / 0',
      two: 'up',
      range: 'up[1m]',
      unknown: 'frobnicate()',
      refused: 'rate(up)',
    }
    const told = await waitFor('both pods are scraped', async () => {
      const one = await read(namespace, prometheus(url, namespace.name, queries))
      return 'values' in one.reading && one.reading.values['up'] === 2 ? one.reading : false
    })
    expect(told.values).toEqual({
      up: 2,
      nothing: null,
      undefined: null,
      two: null,
      range: null,
      unknown: null,
      refused: null,
    })
    expect(Object.keys(told.complaints).sort()).toEqual(['range', 'refused', 'two', 'unknown'])
    expect(told.complaints['two']).toMatch(/^the query two gives 2 series \(\{.*\}, \{.*\}\), not one number: wrap it/)
    expect(told.complaints['refused']).toMatch(
      /^Prometheus refuses the query refused \(.*expected type range vector.*\): mend it$/,
    )
  })

  it('are of the type that is meant, as Prometheus knows from its scrapes', async (context) => {
    const { expect } = context
    const namespace = await served(context, 1)
    const url = await scraped(context, namespace)
    const gauge = { ...prometheus(url, namespace.name), requests: { name: 'app_info', matchers: [] } } as MetricsSource
    const { reading } = await waitFor('the pod is scraped', async () => {
      const told = await read(namespace, gauge)
      return 'down' in told.reading ? told : false
    })
    expect(reading).toEqual({
      down: expect.stringContaining('app_info is a gauge, requests needs a counter') as string,
    })
  })
})

describe.concurrent('a way that is closed', () => {
  it('both: it is said what to grant', async (context) => {
    const { expect } = context
    const namespace = await served(context, 1)
    const { name, reading } = await read(namespace, pods, await asUser(namespace, look))
    expect(name).toBe('pods')
    expect(reading).toEqual({
      down: expect.stringMatching(
        /^pods can not be read by port-forward \(user \S+ may not create pods\/portforward .*\), nor by the proxy of the API server \(user \S+ may not get pods\/proxy .*\): grant get and create with a Role/,
      ) as string,
    })
  })

  it('get without create, which newer API servers want for a WebSocket: it is said', async (context) => {
    const { expect } = context
    const namespace = await served(context, 1)
    const { reading } = await read(namespace, pods, await asUser(namespace, look, may('pods/portforward', 'get')))
    expect(reading).toEqual({ down: expect.stringContaining('may not create pods/portforward') as string })
  })

  it('a port that nothing listens on', async (context) => {
    const { expect } = context
    const namespace = await served(context, 1)
    const { name, reading } = await read(namespace, { ...pods, port: 9999 })
    expect(name).toBe('pods by port-forward')
    expect(reading).toMatchObject({ series: [], missing: [{ why: expect.stringContaining('port 9999') as string }] })
  })
})

const requestsIn = (told: Told): number =>
  Object.values(sums(told).total).reduce((all, { requests = 0 }) => all + requests, 0)
