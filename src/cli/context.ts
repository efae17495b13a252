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
