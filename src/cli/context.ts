import type { Strategy } from '../core/strategy.ts'
import type { Process } from './process.ts'
import type { Requests } from './requests.ts'

/** What every command is given. */
export interface CommandContext {
  readonly strategies: readonly Strategy[]
  readonly process: Process
  readonly requests: Requests
  /** Aborts reads when the process is told to end before a run has begun. */
  readonly signal: AbortSignal
}

/** What there is before a command asked for the rest: not every command needs the strategies, which take a while to load. */
export interface EarlyContext {
  readonly process: Process
  readonly whole: () => Promise<CommandContext>
}
