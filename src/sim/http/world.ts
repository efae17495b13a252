import type { SimCluster } from '../sim.ts'
import type { History } from './history.ts'
import type { Snapshots } from './list.ts'

/** What every answer can be made from. */
export interface Served {
  readonly cluster: SimCluster
  readonly history: History
  readonly snapshots: Snapshots
}
