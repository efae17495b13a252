import { onTestFinished } from 'vitest'
import { serve } from '../../../src/sim/http/serve.ts'
import { createSim, type Sim, type SimCluster } from '../../../src/sim/sim.ts'
import { usualObjects } from './world.ts'

/** Seconds of the cluster in a real one. */
const speed = 60

export interface Served {
  readonly sim: Sim
  readonly cluster: SimCluster
  readonly url: string
}

/** A world in which `web` serves v1, reached over HTTP, until the test is over. */
export async function served(): Promise<Served> {
  const sim = createSim()
  const cluster = sim.cluster()
  cluster.acts.apply(usualObjects)
  await sim.settle()
  const serving = await serve(cluster)
  onTestFinished(() => serving[Symbol.asyncDispose]())
  const pace = sim.pace(speed)
  onTestFinished(() => pace[Symbol.dispose]())
  return { sim, cluster, url: serving.url }
}
