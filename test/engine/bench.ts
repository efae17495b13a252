import { strategies } from '../../strategies/index.ts'
import type { Entry } from '../../src/core/journal.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import type { Hook, Plan } from '../../src/core/plan.ts'
import { asksQueue, type Asks } from '../../src/engine/asks.ts'
import { type Drive, drive, type Driven, type Reins } from '../../src/engine/drive.ts'
import { planRelease } from '../../src/engine/planning.ts'
import { openSite } from '../../src/engine/site.ts'
import type { Cluster, Hooks, Journal } from '../../src/ports.ts'
import { openJournal, type Paper } from '../../src/sim/memory-journal.ts'
import { createSim, type Sim, type SimCluster } from '../../src/sim/sim.ts'
import { manifests, namespace, requestFor, type Wish } from './manifests.ts'

/** Drivers with ports of the test's own: a journal that can't be shared, hooks that take their time, two at once. */
export interface Bench {
  readonly sim: Sim
  readonly clusters: ReadonlyMap<string, SimCluster>
  readonly plan: Plan
  readonly paper: Paper
  readonly asks: Asks
  readonly lines: () => readonly string[]
  /** A driver, until it is done. */
  readonly drives: (ports?: Ports) => Promise<Driven>
  /** Resolves right after the first entry that fits. */
  readonly until: (moment: (entry: Entry) => boolean) => Promise<Entry>
}

export interface Ports {
  readonly hooks?: Hooks
  readonly journal?: (journal: Journal) => Journal
  readonly cluster?: (cluster: Cluster) => Cluster
  readonly paper?: Paper
  readonly asks?: Asks
  readonly attended?: boolean
  readonly metrics?: ReadonlyMap<string, NonNullable<Reins['metrics']>>
  readonly notebook?: Drive['notebook']
  readonly onEntry?: Drive['onEntry']
  readonly onPolled?: Drive['onPolled']
  readonly explain?: Drive['explain']
}

const noHooks: Hooks = { run: async () => ({ receipt: { exitCode: 0 }, timedOut: false, kept: async () => null }) }

export async function bench(wish: Wish, hooks: Readonly<Record<string, readonly Hook[]>> = {}): Promise<Bench> {
  const sim = createSim({ seed: wish.seed ?? 1 })
  const clusters = new Map((wish.clusters ?? ['one']).map((name) => [name, sim.cluster(name)]))
  for (const cluster of clusters.values()) cluster.acts.apply(manifests(wish))
  await sim.settle()
  const workload = { kind: wish.stateful ? 'StatefulSet' : 'Deployment', namespace, name: 'web' } as const
  const plan = await planned()
  const paper: Paper = { entries: [] }
  const asks = asksQueue()
  const waiting: { moment: (entry: Entry) => boolean; resolve: (entry: Entry) => void }[] = []

  return {
    sim,
    clusters,
    plan,
    paper,
    asks,
    lines: () => paper.entries.map(lineOf),
    until: (moment) => new Promise((resolve) => waiting.push({ moment, resolve })),
    async drives(ports = {}) {
      const open = new AbortController()
      const sites = await Promise.all([...clusters.values()].map((one) => openSite(one, workload, open.signal)))
      const reins = sites.map(({ name, reins }): [string, Reins] => {
        const metrics = ports.metrics?.get(name)
        const cluster = ports.cluster?.(reins.cluster) ?? reins.cluster
        return [`web@${name}`, { ...reins, cluster, ...(metrics && { metrics }) }]
      })
      const hash = planHash(plan)
      const journal = openJournal(ports.paper ?? paper, hash)
      try {
        return await drive({
          plan,
          planHash: hash,
          run: 'r7f3',
          journal: ports.journal?.(journal) ?? journal,
          reins: new Map(reins),
          hooks: ports.hooks ?? noHooks,
          clock: sim.clock,
          who: { by: 'anna', host: 'ci-7', pid: 1 },
          asks: ports.asks ?? asks,
          exitOnPause: ports.attended !== true,
          ...(ports.notebook && { notebook: ports.notebook }),
          ...(ports.onPolled && { onPolled: ports.onPolled }),
          ...(ports.explain && { explain: ports.explain }),
          onEntry(entry) {
            ports.onEntry?.(entry)
            for (const one of waiting.filter(({ moment }) => moment(entry))) {
              waiting.splice(waiting.indexOf(one), 1)
              one.resolve(entry)
            }
          },
        })
      } finally {
        open.abort()
      }
    },
  }

  async function planned(): Promise<Plan> {
    const strategy = strategies.find(({ name }) => name === (wish.strategy ?? 'canary'))
    if (!strategy) throw new Error('no such strategy')
    const open = new AbortController()
    const opening = Promise.all([...clusters.values()].map((one) => openSite(one, workload, open.signal)))
    const sites = await sim.runUntil(opening)
    const request = requestFor(wish, strategy)
    const perUnit = (event: string) => (hooks[event] ?? []).map((hook) => ({ ...hook, per: 'unit' as const }))
    const { plan: made, complaints } = planRelease({
      tool: '0.1',
      request,
      strategy,
      image: request.image.reference,
      emergency: wish.emergency ?? false,
      sites,
      hooks: {
        before: perUnit('before'),
        'before-traffic': perUnit('before-traffic'),
        'after-weight': perUnit('after-weight'),
        after: perUnit('after'),
        'on-rollback': perUnit('on-rollback'),
      },
    })
    open.abort()
    const refused = complaints.filter(({ level }) => level === 'refuse')
    if (refused.length > 0) throw new Error(`refused: ${refused.map(({ what }) => what).join('; ')}`)
    return made
  }
}

/** `type step|stage|unit: why`, without what differs from run to run. */
function lineOf(entry: Entry): string {
  const { seq: _, at: __, prev: ___, epoch, ...fact } = entry
  const rest = Object.entries(fact)
    .filter(([key]) => !['type', 'body', 'receipt', 'evidence', 'was', 'now'].includes(key))
    .map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value)))
  return `${epoch} ${entry.type} ${rest.join(' · ')}`
}
