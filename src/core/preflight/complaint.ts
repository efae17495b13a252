/** One thing that a person should know before a release starts: what is so, why it matters, what to do about it. */
export interface Complaint {
  /** `refuse`: nothing is begun. `warn`: said in the plan. `not-checked`: could not be looked at, never a failure. */
  readonly level: 'refuse' | 'warn' | 'not-checked'
  /** Stable and kebab-case: tests, `--json` and runbooks use it. */
  readonly code: string
  readonly what: string
  readonly why: string
  /** One command or one edit. */
  readonly remedy: string
}

/** The answers of a helper are either what was asked for, or why it can't be had. */
export const isComplaint = (value: object): value is Complaint => 'level' in value && 'remedy' in value
