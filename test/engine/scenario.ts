import { strategies } from '../../strategies/index.ts'
import { DeployError, type ExitCode } from '../../src/core/errors.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import type { Entry } from '../../src/core/journal.ts'
import type { Hook, Plan } from '../../src/core/plan.ts'
import { fold, type RunState, stateOf } from '../../src/core/state.ts'
import { hour, type Millis, minute, second } from '../../src/core/time.ts'
import { all, isReady, type View } from '../../src/core/view.ts'
import { type Ask, asksQueue } from '../../src/engine/asks.ts'
import { drive, type Driven, type Reins } from '../../src/engine/drive.ts'
import { planRelease, type Site } from '../../src/engine/planning.ts'
import { openSite } from '../../src/engine/site.ts'
import type { Clock, HookResult } from '../../src/ports.ts'
import { metricsOf, type SimMetrics } from '../../src/sim/metrics.ts'
import { createSim, type Sim, type SimCluster } from '../../src/sim/sim.ts'
import type { Count, Traffic } from '../../src/sim/traffic/traffic.ts'
import { mortalClock, mortalCluster, mortalJournal, mortalWatched, type Mortality, mortality } from './death.ts'
import { keep, type Kept, keptEntries, openIn, Over } from './kept.ts'
import { manifests, namespace, requestFor, type Wish } from './manifests.ts'
import { openJournal, type Paper } from '../../src/sim/memory-journal.ts'

/** What an act may reach. `cluster` is the first one. */
export interface Stage {
  readonly sim: Sim
  readonly cluster: SimCluster
  readonly clusters: ReadonlyMap<string, SimCluster>
  readonly ask: (ask: Ask) => void
  /** The clock of the drivers' machine jumps by so much, forward or back. */
  readonly jump: (by: Millis) => void
  /** Of the first cluster. */
  readonly metrics: SimMetrics
  readonly entry: Entry
}

type Act = (stage: Stage) => void
type Moment = (entry: Entry) => boolean
type HookAnswer = (hook: Hook, env: Readonly<Record<string, string>>) => Partial<HookResult>

export interface Story {
  readonly exit: number
  /** Of each driver that was not killed. */
  readonly exits: readonly number[]
  readonly plan: Plan
  readonly run: string
  readonly state: RunState
  readonly entries: readonly Entry[]
  /** Whether somebody has to come and end it: its Lease says so, where there is one. */
  readonly open: boolean
  /** As `type step|stage|why`, for reading. */
  readonly lines: readonly string[]
  readonly before: View
  readonly after: View
  readonly views: ReadonlyMap<string, { readonly before: View; readonly after: View }>
  /** How often a driver found that nobody had looked. */
  readonly gaps: number
  /** Requests through the route (or the Service), and of callers inside. */
  readonly users: Count
  readonly inside: Count
  /** What each act that threw said. */
  readonly refusals: readonly string[]
  readonly hooksRun: readonly string[]
  readonly drivers: number
  /** At how many moments each driver could have died. */
  readonly moments: readonly number[]
  /** Where drivers died, in their order. */
  readonly died: readonly string[]
  /** The entry after which the first request was lost, as a line. */
  readonly lost: string | null
  readonly took: number
}

export interface Scenario {
  /** Does something, once, right after the first entry that fits. */
  when(moment: Moment, act: Act): Scenario
  /** Does something before the driver starts. */
  at(act: (stage: Omit<Stage, 'entry'>) => void): Scenario
  /** The first driver is killed at its k-th moment, the one that continues at the next number, and so on; 0: it lives. */
  killedAt(...moments: readonly number[]): Scenario
  hooks(answer: HookAnswer): Scenario
  with(hooks: Partial<Record<'before' | 'before-traffic' | 'after-weight' | 'after' | 'on-rollback', Hook[]>>): Scenario
  /** Its drivers hold Leases, each is on a machine of its own, and all that they have in common is in the home cluster. */
  kept(): Scenario
  /**
   * Once a driver has left with the run open, another attaches and is asked this; the next one is asked the next thing,
   * and so on while the run is open. `resume` is what `deploy resume` asks.
   */
  afterwards(...asked: readonly Ask['verb'][]): Scenario
  /** A human is there: a pause waits for them. Without it the driver leaves. */
  attended(): Scenario
  runs(): Promise<Story>
}

export const given = (wish: Wish = {}): Scenario => scenario(wish, [], [], {})

interface More {
  readonly deaths?: readonly number[]
  readonly answer?: HookAnswer
  readonly hooks?: Readonly<Record<string, Hook[]>>
  readonly attended?: boolean
  readonly asked?: readonly Ask['verb'][]
  readonly isKept?: boolean
}

function scenario(
  wish: Wish,
  whens: readonly { moment: Moment; act: Act }[],
  ats: readonly ((stage: Omit<Stage, 'entry'>) => void)[],
  more: More,
): Scenario {
  return {
    when: (moment, act) => scenario(wish, [...whens, { moment, act }], ats, more),
    at: (act) => scenario(wish, whens, [...ats, act], more),
    killedAt: (...deaths) => scenario(wish, whens, ats, { ...more, deaths }),
    hooks: (answer) => scenario(wish, whens, ats, { ...more, answer }),
    with: (hooks) => scenario(wish, whens, ats, { ...more, hooks }),
    kept: () => scenario(wish, whens, ats, { ...more, isKept: true }),
    afterwards: (...asked) => scenario(wish, whens, ats, { ...more, asked }),
    attended: () => scenario(wish, whens, ats, { ...more, attended: true }),
    runs: () => tell(wish, whens, ats, more),
  }
}

/** Cluster at rest, plan, drivers until one is not killed, and a little rest at the end. */
async function tell(
  wish: Wish,
  whens: readonly { moment: Moment; act: Act }[],
  ats: readonly ((stage: Omit<Stage, 'entry'>) => void)[],
  { deaths = [], answer = () => ({}), hooks = {}, attended = false, asked = [], isKept = false }: More,
): Promise<Story> {
  const sim = createSim({ seed: wish.seed ?? 1 })
  const names = wish.clusters ?? ['one']
  const clusters = new Map(names.map((name) => [name, sim.cluster(name)]))
  for (const cluster of clusters.values()) cluster.acts.apply(manifests(wish))
  await sim.settle()
  const [first] = clusters.values()
  if (!first) throw new Error('no cluster')
  const before = new Map([...clusters].map(([name, cluster]) => [name, cluster.see(namespace)]))
  const plan = await planned(sim, clusters, wish, hooks)
  const hash = planHash(plan)
  const route = wish.router === 'selector' || wish.router === 'replicas' || wish.stateful
  const users = [...clusters.values()].map((one) =>
    one.traffic({ namespace, rate: wish.rates?.users ?? 100, ...(route ? { service: 'web' } : { route: 'web' }) }),
  )
  const inside = [...clusters.values()].map((one) =>
    one.traffic({ namespace, rate: wish.rates?.inside ?? 100, service: 'web' }),
  )
  // What is compared at is what stable did before.
  if (wish.rollback?.judge) await sim.advance(minute)
  const began = sim.clock.now()
  let paper: Paper = { entries: [] }
  let run = 'r7f3'
  const refusals: string[] = []
  const hooksRun: string[] = []
  const fired = new Set<object>()
  const lives: Mortality[] = []
  let lost: string | null = null
  let ahead = 0
  let gaps = 0
  const left: Driven[] = []
  let asks = asksQueue()
  const sources = new Map([...clusters].map(([name, cluster]) => [name, metricsOf(cluster, namespace)]))
  const metrics = sources.get(first.name) as SimMetrics
  const stage = {
    sim,
    cluster: first,
    clusters,
    metrics,
    ask: (ask: Ask) => asks.ask(ask),
    jump: (by: Millis) => void (ahead += by),
  }
  for (const act of ats) act(stage)
  do {
    const driven = await sim.runUntil(driver(), 12 * hour)
    if (driven) left.push(driven)
    if (isKept && !isOpen()) paper = { entries: [...(await keptEntries(first, plan, run))] }
    if (isOpen()) await sim.advance(7 * second)
    else if (!driven && paper.entries.at(-1)?.type === 'closed') left.push(over())
  } while (left.length === 0 || (isOpen() && left.length <= asked.length))
  if (isKept) paper = { entries: [...(await keptEntries(first, plan, run))] }
  const last = left.at(-1) as Driven
  await sim.advance(2 * minute)
  await sim.settle()
  return {
    exit: last.exit,
    exits: left.map(({ exit }) => exit),
    plan,
    run,
    state: last.state,
    entries: paper.entries,
    open: isOpen(),
    lines: paper.entries.map(lineOf),
    before: before.get(first.name) as View,
    after: first.see(namespace),
    views: new Map(
      [...clusters].map(([name, cluster]) => [
        name,
        { before: before.get(name) as View, after: cluster.see(namespace) },
      ]),
    ),
    gaps,
    users: counted(users),
    inside: counted(inside),
    refusals,
    hooksRun,
    drivers: lives.length,
    moments: lives.map(({ count }) => count()),
    died: lives.filter(({ isDead }) => isDead()).map(({ where }) => where()),
    lost,
    took: (paper.entries.at(-1)?.at ?? began) - began,
  }

  function isOpen(): boolean {
    return isKept ? openIn(first as SimCluster, plan) !== null : paper.entries.at(-1)?.type !== 'closed'
  }

  /** All was done when the last driver was killed. */
  function over(): Driven {
    const state = fold(stateOf(plan), paper.entries)
    return { exit: state.exit as ExitCode, state }
  }

  /** `null`: it was killed, or a cluster did not answer. */
  async function driver(): Promise<Driven | null> {
    const life = mortality(deaths[lives.length] ?? 0)
    lives.push(life)
    const ended = new AbortController()
    try {
      return await Promise.race([driving(life, ended.signal), life.died.then(() => null)])
    } catch (error) {
      if (error instanceof Over) return over()
      // It could not be begun: whoever wanted to tries again.
      if (error instanceof DeployError) return null
      throw error
    } finally {
      ended.abort('the process is gone')
    }
  }

  async function driving(life: Mortality, ended: AbortSignal): Promise<Driven> {
    const { alive } = life
    const clock = mortalClock({ ...sim.clock, now: () => sim.clock.now() + ahead }, life)
    const sites = await reached(sim, () => sitesOf(clusters, wish, ended))
    const reins = new Map<string, Reins>(
      sites.map(({ name, reins }) => [
        `web@${name}`,
        {
          cluster: mortalCluster(reins.cluster, life, ended),
          watched: mortalWatched(reins.watched, alive),
          ...(wish.rollback && { metrics: sources.get(name) as SimMetrics }),
        },
      ]),
    )
    await using held = await (isKept ? kept(life, reins, clock, ended) : onPaper(life))
    asks = held.asks
    const verb = asked[left.length - 1]
    if (verb !== undefined) asks.ask({ verb, by: 'anna' } as Ask)
    return await drive({
      plan,
      planHash: hash,
      run,
      journal: held.journal,
      reins,
      hooks: {
        async run(hook, env) {
          await life.moment('before hook')
          hooksRun.push(`${hook.argv.join(' ')} #${env['DEPLOY_ATTEMPT']}`)
          const { receipt = { exitCode: 0 }, timedOut = false, kept = async () => null } = answer(hook, env)
          await life.moment('after hook')
          return { receipt, timedOut, kept }
        },
      },
      clock,
      who: { by: 'anna', host: 'ci-7', pid: lives.length },
      asks,
      mayBegin: held.mayBegin,
      exitOnPause: !attended,
      onUnwatched: () => void (gaps += 1),
      onEntry(entry) {
        held.noted(entry)
        happened(entry)
      },
    })
  }

  function onPaper(life: Mortality): Kept {
    const journal = mortalJournal(openJournal(paper, hash), life)
    const nothing = { asks: asksQueue(), mayBegin: () => true, noted: () => {} }
    return { ...nothing, journal, [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose]() }
  }

  /** A run that nobody has heard of was never begun: then this driver begins another. */
  function kept(life: Mortality, reins: ReadonlyMap<string, Reins>, clock: Clock, signal: AbortSignal): Promise<Kept> {
    const found = openIn(first as SimCluster, plan)
    run = found ?? `r7f${lives.length + 2}`
    paper = { entries: [] }
    return keep({
      plan,
      hash,
      paper,
      run,
      isNew: found === null,
      clusterOf: ({ id }) => (reins.get(id) as Reins).cluster,
      clock,
      pid: lives.length,
      disk: (journal) => mortalJournal(journal, life),
      signal,
    })
  }

  function happened(entry: Entry): void {
    if (lost === null && counted([...users, ...inside]).failed > 0) lost = lineOf(entry)
    for (const when of whens) {
      if (fired.has(when) || !when.moment(entry)) continue
      fired.add(when)
      try {
        when.act({ ...stage, entry })
      } catch (error) {
        refusals.push(error instanceof Error ? error.message : String(error))
      }
    }
  }
}

const workloadOf = (wish: Wish) =>
  ({ kind: wish.stateful ? 'StatefulSet' : 'Deployment', namespace, name: 'web' }) as const

const sitesOf = (clusters: ReadonlyMap<string, SimCluster>, wish: Wish, signal: AbortSignal): Promise<Site[]> =>
  Promise.all([...clusters.values()].map((cluster) => openSite(cluster, workloadOf(wish), signal)))

/** Who can't reach a cluster tries again a little later. */
async function reached<T>(sim: Sim, open: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof DeployError)) throw error
      await sim.clock.sleep(10 * second, new AbortController().signal)
    }
  }
}

async function planned(
  sim: Sim,
  clusters: ReadonlyMap<string, SimCluster>,
  wish: Wish,
  hooks: Readonly<Record<string, Hook[]>>,
): Promise<Plan> {
  const strategy = strategies.find(({ name }) => name === (wish.strategy ?? 'canary'))
  if (!strategy) throw new Error('no such strategy')
  const open = new AbortController()
  const sites = await sim.runUntil(sitesOf(clusters, wish, open.signal))
  const request = requestFor(wish, strategy)
  const per = (list: readonly Hook[] = []) => list.map((hook) => ({ ...hook, per: 'unit' as const }))
  const { plan, complaints } = planRelease({
    tool: '0.1',
    request,
    strategy,
    image: request.image.reference,
    emergency: wish.emergency ?? false,
    sites,
    hooks: {
      before: per(hooks['before']),
      'before-traffic': per(hooks['before-traffic']),
      'after-weight': per(hooks['after-weight']),
      after: per(hooks['after']),
      'on-rollback': per(hooks['on-rollback']),
    },
  })
  open.abort()
  const refused = complaints.filter(({ level }) => level === 'refuse')
  if (refused.length > 0) throw new Error(`refused: ${refused.map(({ what }) => what).join('; ')}`)
  return plan
}

const counted = (traffics: readonly Traffic[]): Count =>
  traffics
    .map((traffic) => traffic.counted())
    .reduce((sum, { sent, failed }) => ({ sent: sum.sent + sent, failed: sum.failed + failed }), { sent: 0, failed: 0 })

/** One entry as a line: `settled web@one weight-25.route-25`. */
function lineOf(entry: Entry): string {
  const { seq: _, at: __, epoch, prev: ___, ...fact } = entry
  const rest = Object.entries(fact)
    .filter(([key]) => !['type', 'body', 'receipt', 'evidence', 'was', 'now'].includes(key))
    .map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value)))
  return `${epoch} ${entry.type} ${rest.join(' · ')}`
}

/** Ready pods by uid. */
export const readyPods = (view: View, labels: Readonly<Record<string, string>> = {}): string[] =>
  all(view, 'Pod')
    .filter((pod) => isReady(pod))
    .filter((pod) => Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value))
    .map((pod) => pod.metadata.uid ?? '')
    .sort()
