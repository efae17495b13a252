import * as fs from 'node:fs'
import { newBell } from '../../core/bell.ts'
import type { Millis } from '../../core/time.ts'

export interface Changes extends Disposable {
  /** Resolves when the file may have changed since it last did, and when the signal aborts. */
  next(): Promise<void>
}

/** Watches a file, and looks every `poll` too, for a network drive tells of no change. */
export function changesOf(
  path: string,
  { poll, signal, watch = fs.watch }: { poll: Millis; signal: AbortSignal; watch?: typeof fs.watch },
): Changes {
  const bell = newBell()
  let change = bell.rung()
  const wake = () => bell.ring()
  const watcher = watcherOf(path, wake, watch)
  const timer = setInterval(wake, poll)
  signal.addEventListener('abort', wake)
  return {
    async next() {
      if (signal.aborted) return
      await change
      change = bell.rung()
    },
    [Symbol.dispose]() {
      watcher?.close()
      clearInterval(timer)
      signal.removeEventListener('abort', wake)
    },
  }
}

/** None where the system can't, or has run out of watches (ENOSPC of inotify): then polling does it alone. */
function watcherOf(path: string, wake: () => void, watch: typeof fs.watch): fs.FSWatcher | undefined {
  try {
    const watcher = watch(path, wake)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}
