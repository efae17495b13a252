import type { JsonObject } from '../json.ts'
import { type Millis, second } from '../time.ts'

/** A holder that was not seen to renew for so long drives no more. */
export const ttl: Millis = 30 * second
export const renewEvery: Millis = 5 * second
/** Who has not renewed for so long begins nothing forward: another driver may take over soon. */
export const fencedAfter: Millis = ttl - 10 * second

export const phases = ['open', 'paused', 'frozen', 'closed'] as const
/** Of the run that a Lease tells of. Only `closed` means that it is over. */
export type Phase = (typeof phases)[number]

export const askVerbs = ['pause', 'resume', 'promote', 'abort', 'retry'] as const

/** What somebody asks of the driver, over the home Lease. */
export interface LeaseAsk {
  readonly id: string
  readonly verb: (typeof askVerbs)[number]
  readonly by: string
  /** `promote`: the stage that the asker saw. */
  readonly stage?: string
  /** `promote`: all soaks that are left. */
  readonly full?: boolean
  /** `abort`: the step that can't be undone, and that it goes back past all the same. */
  readonly past?: string
  readonly reason?: string
}

/** What became of an ask. */
export interface LeaseAnswer {
  readonly id: string
  readonly refused?: string
}

/** What the Lease says of the release, for people who meet it. */
export interface LeaseRelease {
  readonly service: string
  readonly environment: string
  readonly strategy: string
  readonly version: string
  /** Where this unit stands. */
  readonly stage: string
  /** The stage that waits for a human, in any unit. */
  readonly waits?: string
  readonly by: string
  readonly host: string
  readonly pid: number
  /** When the run was begun, by its driver's clock: for people only. */
  readonly since: Millis
  /** Tells the driver's process from others of its machine. */
  readonly process?: unknown
}

/** Who took the Lease from its holder, by hand. */
export interface LeaseBreak {
  readonly by: string
  readonly host: string
  readonly reason: string
  readonly holder: string
}

export interface Lease {
  /** Of the object, for patches that must not miss a change. */
  readonly version: string
  /** `null`: nobody drives. For people; whoever may write the Lease may have written anything. */
  readonly holder: string | null
  /** As it stands there: only to be compared. */
  readonly identity: string | null
  /** Another value after each renewal and each change of the holder, but not when somebody asks something. */
  readonly pulse: string
  readonly transitions: number
  /** When it was last renewed, by the holder's clock: for people only, never compared with a clock of ours. */
  readonly renewed: string | null
  /** `null`: somebody else made this Lease, or changed it beyond reading. */
  readonly run: LeaseRun | null
  /** As they stand there, for putting them back. */
  readonly annotations: Readonly<Record<string, string>>
  readonly spec: JsonObject
}

/** The run that a Lease tells of. All of it is outside input: others may write there, too. */
export interface LeaseRun {
  readonly run: string
  readonly phase: Phase
  readonly plan: string
  readonly home: LeaseHome | null
  readonly epoch: number
  readonly release: LeaseRelease | null
  /** As it stands there, and what it means; `problem`: it can't be understood. */
  readonly ask: ReadAsk | null
  readonly answered: readonly LeaseAnswer[]
  readonly broken: LeaseBreak | null
}

export type ReadAsk = { readonly raw: string } & (
  | { readonly ask: LeaseAsk }
  | { readonly id: string; readonly by: string; readonly problem: string }
)

/** Where the run's journal is kept and where its driver listens. */
export interface LeaseHome {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
}

/** What the holder has its Lease say. */
export interface LeaseNote {
  readonly run: string
  readonly phase: Phase
  readonly plan: string
  readonly home: LeaseHome
  readonly epoch: number
  readonly release: LeaseRelease
}

export const idOf = (read: ReadAsk): string => ('ask' in read ? read.ask.id : read.id)

/** Annotations in which it is said. */
export const key = {
  run: 'deploy/run',
  phase: 'deploy/phase',
  plan: 'deploy/plan',
  home: 'deploy/home',
  epoch: 'deploy/epoch',
  release: 'deploy/release',
  ask: 'deploy/ask',
  answered: 'deploy/answered',
  broken: 'deploy/broken',
} as const

/** By it the Leases of a namespace are found. */
export const leaseLabels = { 'app.kubernetes.io/managed-by': 'deploy' } as const
export const leaseSelector = 'app.kubernetes.io/managed-by=deploy'
