/** The four answers of a gate. No data is never a pass. */
export type Answer = 'pass' | 'fail' | 'pending' | 'inconclusive'

export interface Verdict {
  readonly answer: Answer
  /** One line for people: what is so, with numbers. */
  readonly because: string
  /** The worst pod, the API's own words, log tails: for the report and for a person at 3 a.m. */
  readonly evidence?: readonly string[]
}

/** A finding about a unit's pods, by the pod failure rules. */
export interface Finding {
  readonly rule: string
  /** `fail` counts against the release; `warn` is said; `foreign` is the environment's doing and is only counted. */
  readonly level: 'fail' | 'warn' | 'foreign'
  readonly object: string
  readonly because: string
  readonly evidence: readonly string[]
}
