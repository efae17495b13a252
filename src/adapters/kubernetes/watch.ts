import { isObject, jsonIn } from '../../core/json.ts'
import type { KubeObject } from '../../core/objects.ts'
import { type Millis, second } from '../../core/time.ts'
import type { Clock, Watching } from '../../ports.ts'
import { asObject, isAbsent } from './calls.ts'
import { toDeployError } from './errors.ts'
import { type About, codeOf, type Failure } from './failure.ts'
import { linesOf } from './lines.ts'
import { listAll, selectors } from './list.ts'
import { pathOf, withQuery } from './paths.ts'
import type { Rest } from './rest.ts'
import { pauses } from './retry.ts'

/** Where a watch puts what it learns. */
export interface Sink {
  /** All there is, as of `version`; what is not among it is gone. */
  listed(objects: readonly KubeObject[], version: string): void
  happened(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void
  /** There is a connection (again). */
  heard(): void
  /** There is none since then (or since the first that was said, until it is heard again). */
  lost(since: Millis): void
}

export interface WatchOptions {
  readonly rest: Rest
  readonly what: Watching
  readonly sink: Sink
  readonly clock: Clock
  readonly random: () => number
  /** Ends the watch; nothing is sent after it aborted. */
  readonly signal: AbortSignal
}

/**
 * The server sends a bookmark each minute on a quiet watch. Longer silence means that nobody is there any more, which
 * TCP alone would tell us after a quarter of an hour.
 */
const longestSilence = 90 * second

/**
 * A watch that is back within this time was not silent, and resumes. After a longer break it lists again: an API server
 * that has just started takes a resumed watch at once but says nothing for seconds (8 s seen with 1.36) before it asks
 * for a new list, and until then an old state would look like a quiet one.
 */
export const grace = 5 * second

/** Before a first watch is open, so many failures are not a passing trouble. */
const firstAttempts = 4

/** How a stretch of watching ended: as announced, because the server forgot our place (410), or by a failure. */
type End = 'closed' | 'gone' | Failure

/**
 * Lists, then watches for ever: resumes where it was, lists again when the server forgot, waits with jitter after
 * failures. Calls `ready` once, when the first watch is open, or when there is nothing to watch because the server does
 * not know this kind (then it returns). It throws only before it is ready: when the list or the watch is refused.
 */
export async function keepWatching(options: WatchOptions, ready: () => void): Promise<void> {
  const { rest, what, sink, clock, random, signal } = options
  const pause = pauses({ clock, random, first: 0.8 * second, longest: 30 * second })
  let version: string | null = null
  let isReady = false
  let failures = 0
  let lostAt: Millis | null = null

  const open = (): void => {
    isReady = true
    lostAt = null
    sink.heard()
    ready()
  }
  /** One stretch: the list when there is no place to go on from, then a watch to its end. */
  const stretch = async (): Promise<End | 'unknown kind'> => {
    if (lostAt !== null && clock.now() - lostAt >= grace) version = null
    if (version === null) {
      const listing = await listAll(rest, what, { signal })
      if (signal.aborted) return 'closed'
      if (listing.kind !== 'listing') {
        if (isAbsent(listing)) return 'unknown kind'
        if (!isReady) throw toDeployError(listing, { verb: 'list', object: what }, rest.peer)
        return listing
      }
      sink.listed(listing.objects, listing.version)
      version = listing.version
    }
    return followFrom({ ...options, from: version, open, at: (seen) => (version = seen) })
  }

  while (!signal.aborted) {
    const began = clock.now()
    let end: End | 'unknown kind'
    try {
      end = await stretch()
    } catch (error) {
      // Once it is ready, what throws (a credential plugin that fails, an answer that is not JSON) may pass as well.
      if (signal.aborted) return
      if (!isReady) throw error
      end = { kind: 'broken', error }
    }
    if (signal.aborted) return
    if (end === 'unknown kind') {
      sink.listed([], '')
      return open()
    }
    lostAt ??= clock.now()
    sink.lost(lostAt)
    if (end === 'gone') version = null
    if (end === 'closed' && clock.now() - began > second) {
      pause.reset() // As announced by timeoutSeconds: goes on at once.
      continue
    }
    if (!isReady && typeof end !== 'string' && (isRefusal(end) || ++failures === firstAttempts)) {
      throw toDeployError(end, aboutWatch(what), rest.peer)
    }
    await pause.wait(typeof end === 'string' ? null : end, signal)
  }
}

const aboutWatch = (what: Watching): About => ({ verb: 'watch', object: what })
const isRefusal = (failure: Failure): boolean => failure.kind === 'answer' && [401, 403].includes(failure.status)

interface Follow extends WatchOptions {
  readonly from: string
  readonly open: () => void
  /** Called with each version that was seen: from there the next watch resumes. */
  readonly at: (version: string) => void
}

async function followFrom({ rest, what, sink, clock, random, signal, from, open, at }: Follow): Promise<End> {
  const path = withQuery(pathOf(what), {
    ...selectors(what),
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: from,
    // Spread out, so that the watches of many clients do not end together.
    timeoutSeconds: Math.round(240 + 60 * random()),
  })
  const stream = await rest.stream(path, aboutWatch(what), { signal, silence: longestSilence })
  if (stream.kind !== 'stream') return stream.kind === 'answer' && stream.status === 410 ? 'gone' : stream
  open()
  let heardAt = clock.now()
  try {
    for await (const line of linesOf(stream.chunks)) {
      if (signal.aborted) return 'closed'
      heardAt = clock.now()
      const end = take(line, { what, sink, at })
      if (end !== null) return end
    }
    return 'closed'
  } catch (error) {
    // A connection that fell silent is lost since its last word, not since we noticed.
    if (codeOf(error) === 'UND_ERR_BODY_TIMEOUT') sink.lost(heardAt)
    return { kind: 'broken', error }
  }
}

/** One event. Returns how the watch ended when it is its last word. */
function take(line: string, { what, sink, at }: Pick<Follow, 'what' | 'sink' | 'at'>): End | null {
  const event = jsonIn(line)
  if (!isObject(event) || !isObject(event['object'])) return { kind: 'broken', error: new Error('not a watch event') }
  const { type, object } = event
  if (type === 'ERROR') {
    const status = typeof object['code'] === 'number' ? object['code'] : 500
    if (status === 410) return 'gone'
    return { kind: 'answer', status, contentType: '', retryAfter: null, body: JSON.stringify(object) }
  }
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') sink.happened(type, asObject(what.kind, object))
  const { metadata } = object
  if (isObject(metadata) && typeof metadata['resourceVersion'] === 'string') at(metadata['resourceVersion'])
  return null
}
