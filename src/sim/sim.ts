import type { KubeObject } from '../core/objects.ts'
import { keyOf as keyInView, type RefKey } from '../core/kinds.ts'
import { type Millis, second } from '../core/time.ts'
import type { View } from '../core/view.ts'
import type { Clock, Cluster } from '../ports.ts'
import { type Acts, actsOn } from './acts.ts'
import { newServer, type Server } from './api/server.ts'
import { portOf } from './cluster.ts'
import { runControllers } from './controllers.ts'
import { type FaultBook, type Faults, newFaults } from './faults.ts'
import { keepPace, type Pace } from './pace.ts'
import { fraction, randomOf } from './random.ts'
import { rules } from './rules/index.ts'
import { newStore, type Store } from './store.ts'
import { newTimeline, slept, type Timeline } from './timeline.ts'
import { type Meter, newMeter } from './traffic/meter.ts'
import { newPlane } from './traffic/plane.ts'
import type { Target } from './traffic/shares.ts'
import { startTraffic, type Traffic } from './traffic/traffic.ts'
import { type NewObject, refOf } from './world.ts'

export interface SimCluster extends Cluster {
  /** What others do to it. */
  readonly acts: Acts
  /** What goes wrong between it and us. */
  readonly faults: Faults
  /** Requests, from now on, at a rate in requests a second. */
  traffic(options: Target & { readonly rate: number }): Traffic
  /** The truth, now: not what a watch has told of it. */
  see(namespace: string): View
  /** For those who serve it to others. */
  readonly inside: Inside
}

/** What stands behind the port of one cluster. */
export interface Inside {
  readonly version: string
  readonly store: Store
  readonly server: Server
  readonly faults: FaultBook
  readonly timeline: Timeline
  readonly meter: Meter
}

export interface Sim {
  readonly clock: Clock
  /** The cluster of this name; it is made when it is first asked for. */
  cluster(name?: string): SimCluster
  advance(ms: Millis): Promise<void>
  /** Lets time pass until nothing is due for a while, so that the controllers have come to rest. */
  settle(): Promise<void>
  /** Lets time pass until the promise settles. Throws when it has not after so much virtual time (24 h). */
  runUntil<T>(work: Promise<T>, within?: Millis): Promise<T>
  /** Time stands still until this is done: for work that really takes time (a disk, a socket, a process). */
  readonly during: <T>(work: Promise<T>) => Promise<T>
  /** From now on time passes with the time outside, so many times as fast: for those who look in from other processes. */
  pace(speed: number): Pace
}

export interface SimOptions {
  /** The same seed gives the same delays, names and uids. */
  readonly seed?: number
  readonly start?: Millis
  /** Has the last word on each new object of each cluster, as a webhook would. */
  readonly admit?: (object: NewObject, cluster: string) => NewObject
  /** Nodes of each cluster, of 4 CPUs, 15 GiB and 110 pods. */
  readonly nodes?: number
  /** The server's version. */
  readonly version?: string
}

/** A small simulated world on virtual time. */
export function createSim(options: SimOptions = {}): Sim {
  const { seed = 1, start = Date.UTC(2026, 0, 1), nodes = 4, version = 'v1.36.3', admit } = options
  const timeline = newTimeline(start)
  const clusters = new Map<string, SimCluster>()

  const made = (name: string): SimCluster => {
    const random = randomOf(seed + Math.floor(fraction(name) * 2 ** 31))
    const store = newStore({ random, now: timeline.now, ...(admit && { admit: (object) => admit(object, name) }) })
    const faults = newFaults()
    const server = newServer({ store, random, now: timeline.now })
    runControllers({ store, rules, timeline, random })
    for (const namespace of ['kube-system', 'default'])
      store.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
    for (let index = 0; index < nodes; index += 1) store.create(nodeOf(index))
    const plane = newPlane({ store, timeline, random })
    const meter = newMeter()
    const port = portOf({ name, version, store, server, faults, timeline, random })
    return {
      ...port,
      acts: actsOn({ server, store, now: timeline.now }),
      faults,
      traffic: ({ rate, ...target }) => startTraffic({ store, plane, timeline, target, rate, meter }),
      inside: { version, store, server, faults, timeline, meter },
      see: (namespace) => {
        const objects = store.everything().filter(({ metadata }) => metadata.namespace === namespace)
        const entries = objects.map((object): [RefKey, KubeObject] => [keyInView(refOf(object)), object])
        return { at: timeline.now(), namespace, objects: new Map(entries), silentSince: null }
      },
    }
  }

  const advance = (ms: Millis): Promise<void> => slept(timeline, ms, never)

  return {
    clock: { now: timeline.now, elapsed: timeline.now, sleep: (ms, signal) => slept(timeline, ms, signal) },
    cluster: (name = 'sim') => {
      const known = clusters.get(name) ?? made(name)
      clusters.set(name, known)
      return known
    },
    advance,
    settle: async () => {
      const latest = timeline.now() + longestRest
      for (let next = timeline.next(); next !== null; next = timeline.next()) {
        if (next > timeline.now() + quiet || next > latest) return
        await advance(Math.max(1, next - timeline.now()))
      }
    },
    runUntil: (work, within = 24 * 3600 * second) => {
      const stop = new AbortController()
      const late = slept(timeline, within, stop.signal).then(() => {
        if (!stop.signal.aborted) throw new Error(`not done after ${within} ms of virtual time`)
        return work
      })
      return Promise.race([work, late]).finally(() => stop.abort())
    },
    during: timeline.during,
    pace: (speed) => keepPace(timeline, speed),
  }
}

const never = new AbortController().signal

/** Longer than the longest pause between two events of a roll-out. */
const quiet: Millis = 3 * second
const longestRest: Millis = 600 * second

const nodeOf = (index: number) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: `node-${index}`, labels: { 'kubernetes.io/hostname': `node-${index}` } },
  status: { allocatable: { cpu: '4', memory: '15Gi', pods: '110' } },
})
