import type { CommandContext } from './context.ts'
import { type Pinned, pinnedImage } from './pinned.ts'
import type { Request } from './request.ts'
import { openSites, type Sites } from './sites.ts'

/** A release of which nothing is planned yet. */
export interface Begun extends Disposable {
  readonly opening: Promise<Sites>
  readonly pinning: Promise<Pinned>
}

/**
 * Asks its clusters and its registry side by side: either may take seconds. Whoever disposes of it does not wait for the
 * registry any more, as when a cluster refuses.
 */
export function begin(asked: Request, context: CommandContext): Begun {
  const enough = new AbortController()
  const opening = openSites(asked.request, context)
  const pinning = pinnedImage(asked, context.process, AbortSignal.any([context.signal, enough.signal]))
  // Both are awaited later, and one may fail before the other is.
  for (const each of [opening, pinning]) each.catch(() => {})
  return { opening, pinning, [Symbol.dispose]: () => enough.abort() }
}
