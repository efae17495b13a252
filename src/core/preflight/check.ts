import type { Deployment, Service, StatefulSet } from '../objects.ts'
import type { PreflightCase } from './case.ts'
import type { Complaint } from './complaint.ts'
import type { Stable } from './stable.ts'

/** What all checks of an existing workload read: the case, and what follows from it. */
export interface Facts extends PreflightCase {
  readonly object: Deployment | StatefulSet
  readonly deployment: Deployment | null
  readonly statefulSet: StatefulSet | null
  /** For people: `deployment web`. */
  readonly called: string
  readonly replicas: number
  /** Of the pods that serve now, and of those that will. */
  readonly labels: Readonly<Record<string, string>>
  readonly newLabels: Readonly<Record<string, string>>
  readonly stable: Stable | Complaint | null
  /** Pods that stand beside the replicas at the most. */
  readonly surge: number
  /** Requests are divided between two sets of pods, whose Services are pinned meanwhile. */
  readonly pinned: boolean
  readonly main: Service | null
  /** Every Service that selects the pods, the main one included. */
  readonly services: readonly Service[]
}

interface Found {
  /** Instead of the check's own. */
  readonly level?: Complaint['level']
  readonly what: string
  readonly why: string
  readonly remedy: string
}

/** One rule. `Input` is the bare case for what is asked before a workload is known to be there. */
export interface Check<Input = Facts> {
  readonly code: string
  readonly level: Complaint['level']
  /**
   * Under `--emergency`, which changes nothing but the template and leaves the rest to the workload's own controller:
   * the rule `stays`, its refusals become warnings (`warns`), or it is about something that does not happen (`off`).
   */
  readonly emergency: 'stays' | 'warns' | 'off'
  readonly look: (input: Input) => Found | readonly Found[] | null
}

export const kubectl = ({ view: { namespace } }: Pick<PreflightCase, 'view'>, rest: string): string =>
  `kubectl -n ${namespace} ${rest}`

/** The advice to release fewer pods at a time, where that would be fewer. */
export const smallerBatches = ({ surge, version }: Facts): string =>
  surge > 1 ? `; or fewer pods at a time: deploy rolling ${version} --set batches=10,20,30,40,50,60,70,80,90,100` : ''

/** A JSON Patch as a command. */
export const patch = (input: Pick<PreflightCase, 'view'>, object: string, ...operations: readonly object[]): string =>
  kubectl(input, `patch ${object} --type=json -p '${JSON.stringify(operations)}'`)
