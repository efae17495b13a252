import { keyOf, type Ref, type RefKey } from '../../core/kinds.ts'
import type { KubeObject } from '../../core/objects.ts'
import type { Millis } from '../../core/time.ts'
import type { View } from '../../core/view.ts'
import type { Clock, Watched, Watching } from '../../ports.ts'
import { isLater, versionOf } from './versions.ts'
import { grace, type Sink } from './watch.ts'

export interface CacheOptions {
  readonly namespace: string
  readonly clock: Clock
  /** Ends the waiting of the cache. */
  readonly signal: AbortSignal
}

export interface Cache extends Pick<Watched, 'view' | 'changed' | 'took'> {
  /** Where one of the watches that feed the cache puts what it learns. */
  sinkFor(what: Watching): Sink
}

interface Feed {
  readonly what: Watching
  /** The keys that this watch told of: only these may it take away. */
  readonly keys: Set<RefKey>
  lostSince: Millis | null
}

/** What watches told, together with what our own writes were answered: never older than either. */
export function openCache({ namespace, clock, signal }: CacheOptions): Cache {
  const feeds: Feed[] = []
  const graves = newGraves()
  const waiting = new Set<() => void>()
  let objects = new Map<RefKey, KubeObject>()
  let isShared = false
  let last: View | null = null

  /** The map to change: a copy when a View holds the present one. */
  const mutable = (): Map<RefKey, KubeObject> => {
    if (isShared) objects = new Map(objects)
    isShared = false
    return objects
  }
  const wake = (): void => {
    for (const resolve of waiting) resolve()
  }
  const put = (feed: Feed, key: RefKey, object: KubeObject): void => {
    if (graves.holds(key, object)) return
    feed.keys.add(key)
    const known = objects.get(key)
    if (known === undefined || isLater(versionOf(object), versionOf(known))) mutable().set(key, slim(object))
  }
  const drop = (feed: Feed, key: RefKey, version: string): void => {
    const known = objects.get(key)
    if (known !== undefined && isLater(versionOf(known), version)) return
    feed.keys.delete(key)
    if (feeds.some(({ keys }) => keys.has(key))) return
    graves.dig(key, version)
    if (known !== undefined) mutable().delete(key)
  }
  const silentSince = (): Millis | null => {
    const lost = feeds.flatMap((feed) => (feed.lostSince === null ? [] : [feed.lostSince]))
    const first = Math.min(...lost)
    return lost.length > 0 && clock.now() - first >= grace ? first : null
  }
  const isStale = (view: View | null): boolean =>
    view === null || view.objects !== objects || view.silentSince !== silentSince()

  const sinkFor = (what: Watching): Sink => {
    const feed: Feed = { what, keys: new Set(), lostSince: null }
    feeds.push(feed)
    const key = (object: KubeObject): RefKey => keyOf({ kind: what.kind, name: object.metadata.name })
    return {
      listed: (all, version) => {
        const there = new Set(all.map(key))
        for (const gone of [...feed.keys].filter((known) => !there.has(known))) drop(feed, gone, version)
        for (const object of all) put(feed, key(object), object)
        wake()
      },
      happened: (type, object) => {
        if (type === 'DELETED') drop(feed, key(object), versionOf(object))
        else put(feed, key(object), object)
        wake()
      },
      heard: () => {
        const wasSilent = silentSince() !== null
        feed.lostSince = null
        if (wasSilent) wake()
      },
      lost: (since) => {
        feed.lostSince ??= since
        void clock.sleep(Math.max(0, since + grace - clock.now()), signal).then(wake)
      },
    }
  }

  return {
    sinkFor,
    view: () => {
      isShared = true
      last = { at: clock.now(), namespace, objects, silentSince: silentSince() }
      return last
    },
    changed: (stop, since) =>
      new Promise((resolve) => {
        if (stop.aborted || signal.aborted || isStale(since ?? last)) return resolve()
        const done = (): void => {
          waiting.delete(done)
          stop.removeEventListener('abort', done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        waiting.add(done)
        stop.addEventListener('abort', done)
        signal.addEventListener('abort', done)
      }),
    took: (ref, object) => {
      const feed = feedOf(feeds, ref)
      if (feed === undefined) return
      const key = keyOf(ref)
      const known = objects.get(key)
      if (object !== null) put(feed, key, object)
      else if (known !== undefined) {
        if (isSlowToGo(known)) mutable().set(key, terminating(known, clock.now()))
        else drop(feed, key, versionOf(known))
      }
      wake()
    },
  }
}

/** The watch that will hear of this object again. One with a selector may not, unless it told of it before. */
const feedOf = (feeds: readonly Feed[], ref: Ref): Feed | undefined =>
  feeds.find(({ keys, what }) => what.kind === ref.kind && keys.has(keyOf(ref))) ??
  feeds.find(
    ({ what }) =>
      what.kind === ref.kind && what.namespace === ref.namespace && !what.labelSelector && !what.fieldSelector,
  )

/** Deleted is not gone: a pod ends gracefully, a finalizer holds. The watch will tell when it is gone. */
const isSlowToGo = (object: KubeObject): boolean =>
  object.kind === 'Pod' || ((object.metadata as { finalizers?: unknown[] }).finalizers ?? []).length > 0

const terminating = (object: KubeObject, now: Millis): KubeObject => ({
  ...object,
  metadata: { deletionTimestamp: new Date(now).toISOString(), ...object.metadata },
})

/** Kinds that are many and whose owners of fields nobody asks for. */
const many: ReadonlySet<string> = new Set(['Pod', 'Event', 'EndpointSlice', 'Node'])

function slim(object: KubeObject): KubeObject {
  if (!many.has(object.kind)) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

interface Graves {
  /** It is known not to be there at this version. */
  dig(key: RefKey, version: string): void
  /** Is this the past of something that is known to be deleted? */
  holds(key: RefKey, object: KubeObject): boolean
}

/** Remembers the last deletions, so that a late answer does not bring back what is gone. */
function newGraves(most = 1000): Graves {
  const graves = new Map<RefKey, string>()
  return {
    dig: (key, version) => {
      const before = graves.get(key)
      graves.delete(key)
      graves.set(key, before !== undefined && isLater(before, version) ? before : version)
      const [oldest] = graves.keys()
      if (graves.size > most && oldest !== undefined) graves.delete(oldest)
    },
    holds: (key, object) => {
      const version = graves.get(key)
      return version !== undefined && !isLater(versionOf(object), version)
    },
  }
}
