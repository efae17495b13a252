import type { Clock, Watched, Watching } from '../../ports.ts'
import { openCache } from './cache.ts'
import type { Rest } from './rest.ts'
import { keepWatching } from './watch.ts'

export interface WatchedOptions {
  readonly rest: Rest
  readonly what: readonly Watching[]
  readonly clock: Clock
  readonly random: () => number
  /** Ends the watches, as disposing does. */
  readonly signal: AbortSignal
}

/** Starts all watches; resolves when each is open. When one is refused, none stays behind. */
export async function startWatched({ rest, what, clock, random, signal: outer }: WatchedOptions): Promise<Watched> {
  const own = new AbortController()
  const signal = AbortSignal.any([outer, own.signal])
  const cache = openCache({ namespace: what[0]?.namespace ?? '', clock, signal })
  const loops: Promise<void>[] = []
  const stop = async (): Promise<void> => {
    own.abort()
    await Promise.allSettled(loops)
  }
  const opened = what.map(
    (one) =>
      new Promise<void>((resolve, reject) => {
        const loop = keepWatching({ rest, what: one, sink: cache.sinkFor(one), clock, random, signal }, resolve)
        // Once it is ready it does not throw any more; to reject then would be without effect.
        loops.push(loop.then(resolve, reject))
      }),
  )
  try {
    await Promise.all(opened)
    outer.throwIfAborted()
  } catch (error) {
    await stop()
    throw error
  }
  const { view, changed, took } = cache
  return { view, changed, took, [Symbol.asyncDispose]: stop }
}
