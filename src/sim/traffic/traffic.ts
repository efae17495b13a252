import { second } from '../../core/time.ts'
import type { Store } from '../store.ts'
import type { Timeline } from '../timeline.ts'
import type { Meter } from './meter.ts'
import type { Plane } from './plane.ts'
import { type Share, sharesOf, type Target } from './shares.ts'

export interface Count {
  readonly sent: number
  readonly failed: number
}

/** Requests as expected values: 5 % errors of one request is a twentieth of a failed one. */
export interface TrafficCount extends Count {
  /** By image tag; `none` for what reached no pod. */
  readonly byVersion: Readonly<Record<string, Count>>
  /** By uid. */
  readonly byPod: ReadonlyMap<string, Count>
}

export interface Traffic {
  /** What was counted until now. */
  counted(): TrafficCount
  /** Where requests go at this moment. */
  shares(): readonly Share[]
  /** Called with the shares whenever they may have changed. */
  listen(hear: (shares: readonly Share[]) => void): void
  stop(): void
}

export interface TrafficOptions {
  readonly store: Store
  readonly plane: Plane
  readonly timeline: Timeline
  readonly target: Target
  /** Requests a second. */
  readonly rate: number
  /** Where the pods count for themselves. */
  readonly meter: Meter
}

/** Counts requests over virtual time: between two changes of the world each share grows evenly. */
export function startTraffic({ store, plane, timeline, target, rate, meter }: TrafficOptions): Traffic {
  const versions = new Map<string, Count>()
  const pods = new Map<string, Count>()
  let total: Count = { sent: 0, failed: 0 }
  let shares = sharesOf(target, plane, store)
  let since = timeline.now()
  let isStopped = false
  const listeners: ((shares: readonly Share[]) => void)[] = []

  const accrue = (): void => {
    const requests = isStopped ? 0 : (rate * (timeline.now() - since)) / second
    since = timeline.now()
    if (requests > 0) for (const share of shares) count(share, requests * share.part)
  }
  const count = (share: Share, sent: number): void => {
    const { version, pod, failing } = share
    meter.count(share, sent)
    const more = (known: Count = { sent: 0, failed: 0 }): Count => ({
      sent: known.sent + sent,
      failed: known.failed + sent * failing,
    })
    total = more(total)
    versions.set(version, more(versions.get(version)))
    if (pod !== null) pods.set(pod, more(pods.get(pod)))
  }
  const change = (): void => {
    accrue()
    shares = sharesOf(target, plane, store)
    for (const hear of listeners) hear(shares)
  }
  const stops = [
    plane.listen(change),
    store.listen(({ object }) => {
      if (object.kind === 'Pod') change()
    }),
    meter.onRead(accrue),
  ]
  return {
    counted: () => {
      accrue()
      return { ...total, byVersion: Object.fromEntries(versions), byPod: new Map(pods) }
    },
    shares: () => sharesOf(target, plane, store),
    listen: (hear) => {
      listeners.push(hear)
      hear(shares)
    },
    stop: () => {
      accrue()
      isStopped = true
      for (const stop of stops) stop()
    },
  }
}
