import type { DeployError } from '../../core/errors.ts'
import type { Plan, Unit } from '../../core/plan.ts'
import type { Cluster } from '../../ports.ts'
import type { Asks } from '../asks.ts'
import type { Wanting } from './seat.ts'

/** Who holds Leases: told to everybody who meets them. */
export interface Holder {
  /** Of this driver alone. */
  readonly identity: string
  readonly by: string
  readonly host: string
  readonly pid: number
  /** Tells the process from others of its machine; anything that is JSON. */
  readonly process?: unknown
}

export interface Taking extends Pick<Wanting, 'run' | 'clock' | 'signal' | 'isDead' | 'gone' | 'say'> {
  readonly plan: Plan
  readonly planHash: string
  readonly clusterOf: (unit: Unit) => Cluster
  readonly holder: Holder
  /** Of the last driver, as far as it is known. */
  readonly epoch: number
  /** What is found in the home Lease goes there. */
  readonly asks: Asks
  /**
   * The run only goes back, which no cluster that is away may stop: the Leases that can be had are enough. By cluster, why
   * it is known to be away. Without this all Leases are taken, or none.
   */
  readonly away?: ReadonlyMap<string, DeployError>
  /** Only the Leases of these: the run is over, and those of the others say so or are of another run by now. */
  readonly units?: ReadonlySet<string>
}
