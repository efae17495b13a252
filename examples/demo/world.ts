import { createWriteStream } from 'node:fs'
import type { Clock } from '../../src/ports.ts'
import { serve } from '../../src/sim/http/serve.ts'
import { createSim, type SimCluster } from '../../src/sim/sim.ts'
import { startRegistry } from './registry.ts'
import { namespace, shop } from './shop.ts'
import { type Workspace, workspace } from './workspace.ts'

export interface World extends AsyncDisposable {
  readonly clock: Clock
  readonly cluster: SimCluster
  readonly workspace: Workspace
  /** Of the simulated API server. */
  readonly url: string
  /** What users have asked until now, and how often that failed. */
  users(): { readonly sent: number; readonly failed: number }
}

/** Of the users, in requests a second: through the gateway, and from inside of the cluster. */
const rates = { gateway: 100, inside: 20 }
/** Everything in it is over by now for programs that go by the machine's clock, as `kubectl describe` does. */
const ago = 7 * 86_400_000

/** A cluster that serves `stable` to its users, so many times as fast as the real world; reached over HTTP. */
export async function startWorld({ stable, speed }: { stable: string; speed: number }): Promise<World> {
  const stack = new AsyncDisposableStack()
  const registry = stack.use(await startRegistry())
  const image = `${registry.host}/shop/web`
  const sim = createSim({ start: Date.now() - ago })
  const cluster = sim.cluster('demo')
  cluster.acts.apply(shop(`${image}:${stable}`))
  await sim.settle()
  const traffic = [
    cluster.traffic({ namespace, route: 'web', rate: rates.gateway }),
    cluster.traffic({ namespace, service: 'web-internal', rate: rates.inside }),
  ]
  const place = await workspace()
  const log = createWriteStream(place.refused)
  stack.defer(() => void log.end())
  const serving = stack.use(await serve(cluster, { log: (line) => void log.write(`${line}\n`) }))
  await place.furnish({ url: serving.url, image, speed })
  stack.use(sim.pace(speed))
  return {
    clock: sim.clock,
    cluster,
    workspace: place,
    url: serving.url,
    users: () =>
      traffic
        .map((one) => one.counted())
        .reduce((sum, { sent, failed }) => ({ sent: sum.sent + sent, failed: sum.failed + failed }), nobody),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const nobody = { sent: 0, failed: 0 }
