import type { KubeObject } from '../core/objects.ts'
import type { Millis } from '../core/time.ts'
import type { Watched, Watching } from '../ports.ts'
import { openCache } from '../adapters/kubernetes/cache.ts'
import type { Sink } from '../adapters/kubernetes/watch.ts'
import { selects } from './api/selectors.ts'
import type { FaultBook } from './faults.ts'
import type { Random } from './random.ts'
import type { Change, Store } from './store.ts'
import type { Timeline } from './timeline.ts'

export interface WatchedOptions {
  readonly what: readonly Watching[]
  readonly store: Store
  readonly faults: FaultBook
  readonly timeline: Timeline
  readonly random: Random
  readonly signal: AbortSignal
}

/** From the change to whoever watches. */
const delivery: readonly [Millis, Millis] = [2, 20]

/** The cache of the real adapter, fed by the store instead of a connection: late, silent and resumed as a watch can be. */
export function startWatched({ what, store, faults, timeline, random, signal }: WatchedOptions): Watched {
  const ended = new AbortController()
  const over = AbortSignal.any([signal, ended.signal])
  const cache = openCache({
    namespace: what[0]?.namespace ?? '',
    clock: { now: timeline.now, elapsed: timeline.now, sleep },
    signal: over,
  })
  let waiters = 0
  const feeds = what.map((one) => feed(one, cache.sinkFor(one)))

  over.addEventListener('abort', () => {
    for (const stop of feeds) stop()
  })

  return {
    view: cache.view,
    took: cache.took,
    changed: async (stop, since) => {
      const waited = timeline.waiting()
      waiters += 1
      try {
        await cache.changed(stop, since)
      } finally {
        waiters -= 1
        waited()
      }
    },
    [Symbol.asyncDispose]: async () => ended.abort(),
  }

  /** The cache's own waiting keeps nobody, so time does not move for it. */
  function sleep(ms: Millis, stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timeline.stir()
        resolve()
      }
      if (stop.aborted) done()
      else timeline.at(timeline.now() + ms, done)
    })
  }

  /** One list, then every change in its order; while silent nothing arrives, and afterwards there is a new list. */
  function feed(watching: Watching, sink: Sink): () => void {
    const list = (): KubeObject[] =>
      store.all(watching.kind, watching.namespace).filter((object) => selects(watching, object))
    let last = timeline.now()
    let session = 0
    const arrive = (act: () => void): void => {
      const mine = session
      last = Math.max(last, timeline.now() + Math.round(random.between(...delivery)) + faults.staleBy())
      timeline.at(last, () => {
        if (mine !== session || over.aborted) return
        act()
        if (waiters > 0) timeline.stir()
      })
    }
    const hear = (change: Change): void => {
      if (faults.isSilent() || change.object.kind !== watching.kind) return
      const is = change.type !== 'DELETED' && selects(watching, change.object)
      const was = change.before !== undefined && selects(watching, change.before)
      if (is || was) arrive(() => sink.happened(is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED', change.object))
    }
    const turn = (isSilent: boolean): void => {
      session += 1
      if (isSilent) return sink.lost(timeline.now())
      arrive(() => {
        sink.listed(list(), store.version())
        sink.heard()
      })
    }
    if (faults.isSilent()) sink.lost(timeline.now())
    sink.listed(list(), store.version())
    const stops = [store.listen(hear), faults.onSilence(turn)]
    return () => {
      for (const stop of stops) stop()
    }
  }
}
