/** What a person or a signal may ask of a run while it is driven. */
export type Ask =
  | { readonly verb: 'pause' | 'resume' | 'abort'; readonly by: string; readonly reason?: string }
  | { readonly verb: 'promote'; readonly by: string; readonly stage?: string }
  /** Traffic back at once, then leave; the run stays open. */
  | { readonly verb: 'leave'; readonly by: string; readonly exit: 'interrupted' | 'terminated' }
  /** Leave everything as it is; the run stays open, nobody drives it. */
  | { readonly verb: 'detach'; readonly by: string; readonly exit: 'interrupted' | 'terminated' | 'paused' }

export interface Asks {
  ask(ask: Ask): void
  /** Takes all that came since the last time. */
  take(): readonly Ask[]
  /** Resolves when something is there to take. */
  some(signal: AbortSignal): Promise<void>
}

export function asksQueue(): Asks {
  let waiting: Ask[] = []
  let wake: (() => void) | null = null
  return {
    ask(ask) {
      waiting.push(ask)
      wake?.()
    },
    take() {
      const taken = waiting
      waiting = []
      return taken
    },
    some: (signal) =>
      waiting.length > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            wake = resolve
            signal.addEventListener('abort', () => resolve(), { once: true })
          }),
  }
}
