/** What was counted at one moment of a run. Counters are cumulative and may begin again at a lower value. */
export interface Sample {
  /** Seconds since the run was opened. */
  readonly t: number
  readonly unit: string
  /** At work; `null` once the unit is at its end. */
  readonly stage: string | null
  /** Share of requests that the new pods may have, from 0 to 1. */
  readonly weight: number
  readonly new: SideSample
  readonly stable: SideSample
  /** Why the source of figures can't be read. */
  readonly down?: string | undefined
}

/** One side of a comparison. Without `requests` nothing was counted: that is no data, and not zero. */
export interface SideSample {
  readonly pods: number
  readonly ready: number
  readonly requests?: number | undefined
  readonly bad?: number | undefined
  /** Cumulative in `le`, which is in seconds: `0.25`, `+Inf`. */
  readonly buckets?: Readonly<Record<string, number>> | undefined
}

/** What stable did before the release: a line of its own, once a unit is compared with it. */
export interface BaselineSample {
  readonly baseline: {
    readonly v: 1
    readonly seconds: number
    readonly requests: number
    readonly bad: number
    /** How much more pods differ in failures than chance has it; absent: not known. */
    readonly phi?: number | undefined
    /** The same in requests slower than a bound, by that in seconds; of one that is not there it is not known. */
    readonly slowPhi?: Readonly<Record<string, number>> | undefined
    /** Seconds from sample to sample, where the source keeps them: batches are no shorter. */
    readonly scrape?: number | undefined
    readonly buckets?: SideSample['buckets']
  }
  /** Seconds since the run was opened. */
  readonly t: number
  readonly unit: string
}

/** The first line of a file of samples. */
export interface SampleHeader {
  readonly v: 1
  readonly run: string
  /** sha256 of the plan. */
  readonly plan: string
  /** When the run was opened, in milliseconds since 1970. */
  readonly began: number
}

export interface Samples {
  readonly header: SampleHeader
  readonly samples: readonly Sample[]
  /** Lines that can't be read: a crash cut them off, or they were changed. */
  readonly unread: number
}
