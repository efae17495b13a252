import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { lab } from '../fixture.ts'
import type { DeployRun } from '../deploy.ts'
import type { Load, Totals } from '../load.ts'
import { lostOf } from '../lost.ts'
import type { LabNamespace, Pod } from '../namespace.ts'
import { waitFor } from '../wait-for.ts'
import type { Web, WebOptions } from '../web.ts'
import { type Configuration, makeProject, removeProject } from './project.ts'
import { type World, worldOf } from './world.ts'

export type SceneOptions = Omit<Configuration, 'clusters' | 'service'> & {
  /** What deploy.yaml says of the service; where it must be known where that runs, a function of it. */
  readonly service?: Configuration['service'] | ((namespace: LabNamespace) => Promise<Configuration['service']>)
  readonly web?: WebOptions
  /** Instead of the usual Deployment. */
  readonly make?: (namespace: LabNamespace) => Promise<Web>
  /** The same in each of these; cluster a unless said. */
  readonly clusters?: readonly string[]
  /** Requests through the gateway and through these Services, from the start to the end; `web` unless said. */
  readonly inside?: readonly string[]
  readonly load?: boolean
  /** Of each load, in requests a second; 25 unless said, so that six scenes leave two cores time for what is tested. */
  readonly rate?: number
  /** Done before anything is noted or sent: what else stands in the namespace. */
  readonly also?: (namespace: LabNamespace) => Promise<unknown>
}

/** The service in one cluster, with its users. */
export type Place = {
  readonly namespace: LabNamespace
  readonly web: Web
  readonly before: World
  world(): Promise<World>
  /** Waits until there are so many ready pods that were there before, and so many that the release made. */
  pods(wanted: { readonly stable: number; readonly made: number }): Promise<unknown>
}

/** One service with users outside and inside, and a project that releases it. The first place is at hand. */
export type Scene = Place & {
  readonly places: readonly Place[]
  readonly folder: string
  deploy(...args: readonly string[]): DeployRun
  /** Waits until the journal of the newest run says so; fails when the run is over before. */
  until(what: string, seen: (entry: Entry) => boolean, run?: DeployRun): Promise<Entry>
  entries(): Promise<readonly Entry[]>
  /** Waits until each load has sent so many requests. */
  sent(requests: number): Promise<unknown>
  /** Ends all loads: which requests were lost, in words; empty when none was. */
  lost(): Promise<string>
  /** Ends all loads: what users saw. */
  users(): Promise<readonly Totals[]>
}

/** A line of a run's journal, as far as scenarios look at it. */
export type Entry = {
  readonly type: string
  readonly unit?: string
  readonly step?: string
  readonly stage?: string
  readonly answer?: string
  readonly way?: string
  readonly why?: string
  readonly who?: string
  readonly action?: string
  readonly path?: string
  readonly because?: string
}

export async function sceneOf(context: TestContext, options: SceneOptions = {}): Promise<Scene> {
  const { onTestFinished, onTestFailed } = context
  const { clusters = ['a'] } = options
  const places = await Promise.all(clusters.map((cluster) => placeOf(context, options, cluster)))
  const [first] = places
  if (!first) throw new Error('a scene is in one cluster at least')
  const { service: said, ...configuration } = options
  const service = typeof said === 'function' ? await said(first.namespace) : said
  const folder = await makeProject({
    ...configuration,
    ...(service && { service }),
    clusters: places.map(({ namespace }, index) => ({ context: clusters[index] ?? '', namespace: namespace.name })),
  })
  onTestFinished(() => removeProject(folder))
  const loads = options.load === false ? [] : (await Promise.all(places.map((place) => usersOf(place, options)))).flat()
  const users = () => Promise.all(loads.map((load) => load.stop()))
  const runs: DeployRun[] = []
  onTestFailed(() => tell(places, runs, loads))
  return {
    ...first,
    places,
    folder,
    deploy(...args) {
      const run = lab.runDeploy(args, { cwd: folder })
      runs.push(run)
      onTestFinished(() => void run.kill('SIGKILL'))
      return run
    },
    until: (what, seen, run) => untilEntry({ folder, what, seen, ...(run && { run }) }),
    entries: () => entriesOf(folder),
    sent: (requests) =>
      waitFor(`${requests} requests of each load`, () =>
        Promise.resolve(loads.every((load) => load.totals().sent >= requests)),
      ),
    async lost() {
      if (loads.length === 0) throw new Error('a scene without requests can lose none')
      return (await users()).map(lostOf).filter(Boolean).join('; ')
    },
    users,
  }
}

async function placeOf({ onTestFinished }: TestContext, options: SceneOptions, cluster: string): Promise<Place> {
  const namespace = await lab.cluster(cluster).namespace()
  onTestFinished(() => namespace.delete())
  const web = await (options.make ?? standard(options.web))(namespace)
  await options.also?.(namespace)
  return {
    namespace,
    web,
    before: await worldOf(namespace),
    world: () => worldOf(namespace),
    pods: ({ stable, made }) =>
      waitFor(`${stable} stable pods and ${made} new ones`, async () => {
        const old = await namespace.pods('app=web,!deploy/release')
        const young = await namespace.pods('app=web,deploy/release')
        return old.filter(isReady).length === stable && young.filter(isReady).length === made
      }),
  }
}

const standard =
  (web: WebOptions = { replicas: 4 }) =>
  (namespace: LabNamespace): Promise<Web> =>
    namespace.web(web)

const usersOf = ({ namespace }: Place, { inside = ['web'], rate = 25 }: SceneOptions): Promise<Load[]> =>
  Promise.all([
    namespace.startLoad({ via: 'gateway', rate }),
    ...inside.map((service) => namespace.startLoad({ via: 'service', service, rate })),
  ])

const isReady = ({ status }: Pod): boolean =>
  (status.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True')

/** Of a test that failed: what the runs said, which requests were lost, and what the gateway says of that. */
async function tell(places: readonly Place[], runs: readonly DeployRun[], loads: readonly Load[]): Promise<void> {
  for (const run of runs) run.kill('SIGKILL')
  const outputs = await Promise.all(runs)
  const lost = loads.map((load) => lostOf(load.totals()))
  const refusals = await Promise.all(places.map(refusalsOf))
  process.stderr.write(`\n${[...outputs.map(({ stderr }) => stderr), ...lost, ...refusals.flat()].join('\n')}\n`)
}

const refusalsOf = async ({ namespace: { cluster }, web }: Place): Promise<readonly string[]> =>
  (await readFile(join(cluster.facts.dir, 'logs', 'traefik.log'), 'utf8'))
    .split('\n')
    .filter((line) => (line.startsWith('{') && line.includes(`"${web.host}"`)) || line.includes('too many open files'))
    .slice(-20)

type Until = {
  readonly folder: string
  readonly what: string
  readonly seen: (entry: Entry) => boolean
  readonly run?: DeployRun
}

async function untilEntry({ folder, what, seen, run }: Until): Promise<Entry> {
  let ended = ''
  run?.then(({ exitCode, stderr }) => (ended = `exit ${exitCode}\n${stderr}`)).catch(() => {})
  const find = async (): Promise<Entry | null | undefined> =>
    (await entriesOf(folder)).find(seen) ?? (ended === '' ? undefined : null)
  const found = await waitFor(what, find, { seconds: 240 }).catch(async (error: Error) => {
    const last = (await entriesOf(folder)).slice(-5).map((entry) => JSON.stringify(entry))
    throw new Error(`${error.message}; the journal ends with\n${last.join('\n')}`)
  })
  if (found === null) throw new Error(`the run ended before this: ${what}; ${ended}`)
  return found
}

/** Of the run that was made last. */
async function entriesOf(folder: string): Promise<readonly Entry[]> {
  const runs = join(folder, '.deploy', 'runs')
  const journals = await Promise.all(
    (await readdir(runs).catch(() => [])).map((run) =>
      readFile(join(runs, run, 'journal.ndjson'), 'utf8').catch(() => ''),
    ),
  )
  const parsed = journals.map(linesOf).filter((entries) => entries.length > 0)
  return parsed.sort((a, b) => (a[0]?.at ?? 0) - (b[0]?.at ?? 0)).at(-1) ?? []
}

const linesOf = (text: string): (Entry & { readonly at: number })[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry & { readonly at: number })

/** A stage's last step settled: its soak begins. */
export const passed =
  (stage: string) =>
  (entry: Entry): boolean =>
    entry.type === 'judged' && entry.stage === stage && entry.answer === 'pass'

export const settled =
  (step: string | RegExp) =>
  (entry: Entry): boolean =>
    entry.type === 'settled' &&
    entry.way === 'forward' &&
    (typeof step === 'string' ? entry.step === step : step.test(entry.step ?? ''))
