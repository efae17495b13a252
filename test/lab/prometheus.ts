import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { stringify } from 'yaml'
import { cached } from './cache.ts'
import { type Child, killChild, readiness, startChild, tail } from './child.ts'
import { componentKubeconfig } from './components.ts'
import type { LabNamespace } from './namespace.ts'
import { within } from './network.ts'

export type LabPrometheus = {
  /** From the cluster's own namespace and from the middle one. */
  readonly url: string
  /** Ends it at once; again and again does no harm. It ends with the process that started it, too. */
  stop(): Promise<void>
  /** The sum of what a query gives now; `null`: nothing. */
  sum(query: string): Promise<number | null>
  /** It answers nothing until it is thawed. */
  freeze(): void
  thaw(): void
}

export type PrometheusOptions = {
  readonly scrapeSeconds?: number
  /** More jobs than one scrape the same pods. */
  readonly jobs?: readonly string[]
}

/** A real Prometheus that finds the pods of one namespace by the API and scrapes them. */
export async function startPrometheus(
  { name, cluster: { facts } }: LabNamespace,
  { scrapeSeconds = 1, jobs = ['pods'] }: PrometheusOptions = {},
): Promise<LabPrometheus> {
  const dir = join(facts.dir, `prometheus-${name}`)
  await mkdir(dir, { recursive: true })
  const config = join(dir, 'prometheus.yml')
  const kubeconfig = componentKubeconfig(facts, 'admin')
  await writeFile(config, stringify(configOf({ namespace: name, kubeconfig, scrapeSeconds, jobs })))
  const log = join(facts.dir, 'logs', `prometheus-${name}.log`)
  const child = startChild({
    name: `${facts.name}/prometheus-${name}`,
    netns: facts.netns,
    log,
    argv: [
      cached('prometheus'),
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=${facts.address}:0`,
    ],
  })
  let port = ''
  await readiness(child, 120, async () => {
    port = await portOf(child)
  })
  const url = `http://${facts.address}:${port}`
  return {
    url,
    sum: async (query) => {
      const asked = `${url}/api/v1/query?query=${encodeURIComponent(`sum(${query})`)}`
      const ask = 'fetch(process.argv[1]).then((answer) => answer.text()).then(console.log)'
      const [command, argv] = within(facts.netns, [process.execPath, '-e', ask, asked])
      const { stdout } = await execa(command, argv)
      const { data } = JSON.parse(stdout) as { data: { result: { value: [number, string] }[] } }
      return data.result[0] ? Number(data.result[0].value[1]) : null
    },
    freeze: () => void process.kill(child.pid, 'SIGSTOP'),
    thaw: () => void process.kill(child.pid, 'SIGCONT'),
    stop: async () => {
      await killChild(child)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** It says which port it got once it listens, and that it is ready once it answers. */
async function portOf(child: Child): Promise<string> {
  const text = await tail(child.log, 200)
  const [, port] = /msg="Listening on" .*address=\S+:(\d+)/.exec(text) ?? []
  if (port === undefined || !text.includes('Server is ready')) throw new Error('not ready')
  return port
}

const configOf = (of: {
  readonly namespace: string
  readonly kubeconfig: string
  readonly scrapeSeconds: number
  readonly jobs: readonly string[]
}): object => ({
  global: { scrape_interval: `${of.scrapeSeconds}s`, scrape_timeout: `${of.scrapeSeconds}s` },
  scrape_configs: of.jobs.map((job) => ({
    job_name: job,
    kubernetes_sd_configs: [{ role: 'pod', kubeconfig_file: of.kubeconfig, namespaces: { names: [of.namespace] } }],
    relabel_configs: [
      {
        source_labels: ['__meta_kubernetes_pod_annotation_prometheus_io_scrape', '__meta_kubernetes_pod_phase'],
        regex: 'true;Running',
        action: 'keep',
      },
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
    ],
  })),
})
