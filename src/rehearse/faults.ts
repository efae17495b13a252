import type { Ref } from '../core/kinds.ts'
import { minute, second } from '../core/time.ts'
import { type Copy, type CopiedUnit, isNewPod, percentWord, podsIn } from './copy.ts'
import type { Load } from './load.ts'
import { begins, hasNewPods, isDone, isWatched, makesPods, type Moment, type Site } from './places.ts'
import { latencySpread } from '../sim/traffic/meter.ts'

/** What can go wrong. */
export interface Fault {
  readonly name: string
  /** For people: `every request to new pods fails`. */
  readonly says: string
  /** `application`: the new version is bad. `surroundings`: something else is, and the new version is good. */
  readonly of: 'application' | 'surroundings'
  /** Of the figures of requests, those that it moves, as shares and milliseconds. */
  readonly figures?: (load: Load) => Pick<Load, 'failing' | 'p95'>
  /** Where it makes sense. */
  readonly fits: (site: Site) => boolean
  readonly when: (site: Site) => Moment
  readonly strike: (struck: Struck) => void
}

/** What a fault can get at. */
export interface Struck {
  readonly copy: Copy
  readonly unit: CopiedUnit
  /** The driver dies here and now; another comes a minute later. */
  readonly kill: () => never
}

const failing = (share: number): Pick<Fault, 'of' | 'figures' | 'fits' | 'when' | 'strike'> => ({
  of: 'application',
  figures: (load) => ({ ...load, failing: Math.min(1, load.failing + share) }),
  fits: isWatched,
  when: isDone,
  strike: ({ copy, unit: { load } }) => copy.misbehave(`err${percentWord(Math.min(1, load.failing + share))}`),
})

const anyway = { of: 'surroundings', fits: () => true, when: begins } as const

export const faults: readonly Fault[] = [
  { name: 'errors-100', says: 'every request to new pods fails', ...failing(1) },
  { name: 'errors-1', says: '1 % more of the requests to new pods fail', ...failing(0.01) },
  {
    name: 'latency-2',
    says: 'new pods take twice as long to answer',
    of: 'application',
    figures: (load) => ({ ...load, p95: 2 * load.p95 }),
    fits: isWatched,
    when: isDone,
    strike: ({ copy, unit: { load } }) => copy.misbehave(`lat${Math.round((2 * load.p95) / latencySpread.p95)}`),
  },
  {
    name: 'never-ready',
    says: 'new pods are not ready any more, nor is any that comes',
    of: 'application',
    fits: hasNewPods,
    when: begins,
    strike: ({ copy }) => {
      copy.misbehave('noready')
      for (const { cluster, unit } of copy.units.values())
        for (const pod of podsIn({ cluster, unit }).filter(isNewPod))
          cluster.acts.annotate(
            { kind: 'Pod', namespace: unit.namespace, name: pod.metadata.name },
            { 'sim/unready': 'true' },
          )
    },
  },
  {
    name: 'crash-loop',
    says: 'new pods crash again and again',
    of: 'application',
    fits: hasNewPods,
    when: begins,
    strike: ({ copy }) => copy.misbehave('crash1'),
  },
  {
    name: 'quota',
    says: 'a quota admits no more pods than there are now',
    ...anyway,
    fits: (site) => site.unit.workload.kind === 'Deployment' && makesPods(site),
    strike: ({ unit: copied }) => {
      const { cluster, unit } = copied
      const name = 'rehearsed-quota'
      const hard = { pods: String(podsIn(copied).length) }
      const { namespace } = unit
      cluster.acts.apply([{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name, namespace }, spec: { hard } }])
    },
  },
  {
    name: 'provider-down',
    says: 'nothing can be measured any more',
    ...anyway,
    fits: (site) => isWatched(site) && site.unit.evidence?.source != null,
    when: isDone,
    strike: ({ copy }) => {
      for (const { metrics } of copy.units.values()) metrics?.fail('the rehearsed provider is down')
    },
  },
  {
    name: 'drift',
    says: 'somebody else sets another image',
    ...anyway,
    strike: ({ unit: { cluster, unit } }) => {
      const ref: Ref = unit.workload
      cluster.acts.setImage(ref, 'example.invalid/somebody/elses:hotfix')
    },
  },
  {
    name: 'api-errors',
    says: 'the next writes meet a 500, a 409, a lost reply and a lost request',
    ...anyway,
    strike: ({ unit: { cluster } }) => {
      cluster.faults.onWrite({ kind: 'status', status: 500 }, { nth: 1 })
      cluster.faults.onWrite({ kind: 'status', status: 409 }, { nth: 1 })
      cluster.faults.onWrite({ kind: 'lost-reply' }, { nth: 1 })
      cluster.faults.onWrite({ kind: 'lost-request' }, { nth: 1 })
    },
  },
  {
    name: 'api-away',
    says: 'the API server answers nobody for a minute',
    ...anyway,
    strike: ({ copy, unit: { cluster } }) => {
      const [up, hear] = [cluster.faults.down(), cluster.faults.silence()]
      void copy.sim.clock.sleep(minute, new AbortController().signal).then(() => {
        up()
        hear()
      })
    },
  },
  {
    name: 'killed',
    says: `deploy is killed, and resumed ${minute / second} s later`,
    ...anyway,
    strike: ({ kill }) => kill(),
  },
]
