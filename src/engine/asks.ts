/** What a person or a signal may ask of a run while it is driven. With an `id` it came from elsewhere, and is answered. */
export type Ask =
  | {
      readonly verb: 'abort'
      readonly by: string
      /** The step that can't be undone, and that it goes back past all the same. */
      readonly past?: string
      readonly reason?: string
      readonly id?: string
    }
  | {
      readonly verb: 'pause' | 'resume' | 'retry'
      readonly by: string
      readonly reason?: string
      readonly id?: string
    }
  | {
      readonly verb: 'promote'
      readonly by: string
      readonly stage?: string
      /** All soaks that are left are skipped. */
      readonly full?: boolean
      readonly reason?: string
      readonly id?: string
    }
  /** Nothing to do but to note it; with an id, what was asked is refused for it. */
  | {
      readonly verb: 'warn'
      readonly by: string
      readonly because: string
      readonly unit?: string
      readonly id?: string
    }
  /** Traffic back at once, then leave; the run stays open. */
  | { readonly verb: 'leave'; readonly by: string; readonly exit: 'interrupted' | 'terminated' }
  /** Leave everything as it is; the run stays open, nobody drives it. */
  | { readonly verb: 'detach'; readonly by: string; readonly exit: 'interrupted' | 'terminated' | 'paused' }
  /** Another driver has the run, or its Lease was taken away: nothing more is begun. */
  | { readonly verb: 'lost'; readonly by: string }

/** What became of an ask that has an id, once that is in the journal. */
export interface Answer {
  readonly id: string
  readonly refused?: string
}

export interface Asks {
  ask(ask: Ask): void
  /** Takes all that came since the last time. */
  take(): readonly Ask[]
  /** Resolves when something is there to take. */
  some(signal: AbortSignal): Promise<void>
  /** Who has the run instead of this driver; `null`: it is still ours. */
  lost(): string | null
  answered(answers: readonly Answer[]): void
  /** Whoever brought asks from elsewhere tells there what became of them. */
  onAnswered(listener: (answers: readonly Answer[]) => void): void
}

export function asksQueue(): Asks {
  let waiting: Ask[] = []
  let wake: (() => void) | null = null
  let lost: string | null = null
  const listeners: ((answers: readonly Answer[]) => void)[] = []
  return {
    ask(ask) {
      if (ask.verb === 'lost') lost ??= ask.by
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
    lost: () => lost,
    answered(answers) {
      if (answers.length > 0) for (const listener of listeners) listener(answers)
    },
    onAnswered(listener) {
      listeners.push(listener)
    },
  }
}
