import { join } from 'node:path'
import { homeNotes, type HomeNotes } from '../../../../src/adapters/journal/notes/home.ts'
import { type KeptNotebook, notebook } from '../../../../src/adapters/journal/notes/notebook.ts'
import { DeployError } from '../../../../src/core/errors.ts'
import type { KubeObject } from '../../../../src/core/objects.ts'
import type { Cluster, Note, Write } from '../../../../src/ports.ts'
import { createSim, type Sim, type SimCluster } from '../../../../src/sim/sim.ts'
import { freshRoot } from '../sample.ts'

const run = 'r7f3'
const namespace = 'default'
export const web = 'web@one'
export const noteOf = (judge: string | null, counters: string | null = `counters of ${judge}`): Note => ({
  judge,
  counters,
})

export interface World {
  readonly sim: Sim
  readonly cluster: SimCluster
  readonly folder: string
  /** Writes that arrived at the cluster, in order. */
  readonly writes: Write[]
  readonly warnings: string[]
  /** While this says so the cluster does not answer. */
  away: boolean
  home(epoch: number): HomeNotes
  /** A driver's notebook, with this folder and with the home. */
  driver(epoch?: number, folder?: string): KeptNotebook
  /** What the home holds. */
  map(): KubeObject | undefined
}

export async function world(): Promise<World> {
  const sim = createSim({ seed: 1 })
  const cluster = sim.cluster('home')
  const folder = join(await freshRoot(), 'notes')
  const [writes, warnings]: [Write[], string[]] = [[], []]
  const answers = <T>(work: () => Promise<T>): Promise<T> =>
    made.away ? Promise.reject(new DeployError({ code: 'kube-unavailable', what: 'it is away' })) : work()
  const port: Cluster = {
    ...cluster,
    get: (ref, call) => answers(() => cluster.get(ref, call)),
    write(write, call) {
      writes.push(write)
      return answers(() => cluster.write(write, call))
    },
  }
  const warn = (what: string): void => void warnings.push(what)
  const made: World = {
    sim,
    cluster,
    folder,
    writes,
    warnings,
    away: false,
    home: (epoch) =>
      homeNotes({
        cluster: port,
        place: { namespace, run, service: 'web' },
        clock: sim.clock,
        epoch,
        isBegun: epoch > 1,
        warn,
      }),
    driver: (epoch = 1, own = folder) => notebook({ folder: own, clock: sim.clock, home: made.home(epoch), warn }),
    map: () =>
      [...cluster.see(namespace).objects.values()].find(({ metadata }) => metadata.name === `deploy-run-${run}-judge`),
  }
  return made
}
