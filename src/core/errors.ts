/** Exit codes are an interface: CI jobs branch on them. Add, never renumber. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  takenBack: 3,
  humanNeeded: 4,
  paused: 5,
  notApproved: 6,
  locked: 8,
  stale: 20,
  refused: 21,
  takenBackWithoutVerdict: 22,
  nodeTooOld: 78,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitName = keyof typeof exitCodes
export type ExitCode = (typeof exitCodes)[ExitName]

export interface ErrorParts {
  /** Stable and kebab-case: tests, `--json` and `explain` use it. */
  readonly code: string
  /** What is the case, naming the place: file and line, object, value. */
  readonly what: string
  /** Why it matters, or why it happens. */
  readonly why?: string
  /** What to do: one command or one edit. */
  readonly remedy?: string
  readonly exit?: ExitName
  readonly cause?: unknown
}

/** Of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** Something that the operator can mend. Anything else that is thrown is a bug and keeps its stack. */
export class DeployError extends Error {
  override readonly name = 'DeployError'
  readonly code: string
  readonly what: string
  readonly why: string | undefined
  readonly remedy: string | undefined
  readonly exit: ExitName

  constructor({ code, what, why, remedy, exit = 'usage', cause }: ErrorParts) {
    super(what, { cause })
    this.code = code
    this.what = what
    this.why = why
    this.remedy = remedy
    this.exit = exit
  }
}

/**
 * For `catch`: what an operator can mend, as a value. A bug is thrown on, and so is all that comes once the signal has
 * aborted: whoever was told to stop does not go on without what failed.
 */
export function foreseen(error: unknown, signal?: { readonly aborted: boolean }): DeployError {
  if (error instanceof DeployError && signal?.aborted !== true) return error
  throw error
}

/** The same where what can't be had is nothing. */
export function nothing(error: unknown): null {
  foreseen(error)
  return null
}
