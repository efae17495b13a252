import type { Process } from '../../../src/cli/process.ts'
import type { SimCluster } from '../../../src/sim/sim.ts'
import { kubeconfigFile } from '../../adapters/kubernetes/support/connected.ts'
import { type DeployOf, type Ended, said } from './deploy.ts'
import { project } from './project.ts'
import { served } from './served.ts'

const config = (more: string): string =>
  [
    'version: 1',
    'services: { web: { image: localhost:1/acme/web } }',
    'strategies:',
    '  canary: { weights: [50], soak: 10s, bake: 10s, deadline: 2m }',
    '  rolling: { batches: [100%], bake: 10s, deadline: 2m }',
    `environments: { prod: { ${more}clusters: [{ name: east, context: lab }] } }`,
    '',
  ].join('\n')

export interface SignalOf {
  readonly name: 'SIGINT' | 'SIGTERM'
  /** Sent once this was said. */
  readonly after: RegExp
}

/** What becomes of its machine once this was said. */
export interface MishapOf {
  readonly after: RegExp
  readonly does: () => void
}

export interface Simulated {
  readonly cwd: string
  readonly cluster: SimCluster
  /** A command line, by the world's clock. */
  readonly deploy: (args: readonly string[], meanwhile?: SignalOf | MishapOf) => Promise<Ended>
  /** The same on another machine: a project of its own, without any run. */
  readonly elsewhere: () => Promise<(args: readonly string[]) => Promise<Ended>>
}

/** A world in which `web` serves v1, reached over HTTP by the real adapters, with a project that releases it. */
export async function simulated({ protected: guarded = false } = {}): Promise<Simulated> {
  const { sim, cluster, url } = await served()
  const cwd = await project({ config: config(guarded ? 'protected: true, ' : '') })
  const kubeconfig = await kubeconfigFile({ server: url })
  const deployIn =
    (folder: string) =>
    (args: readonly string[], meanwhile?: SignalOf | MishapOf): Promise<Ended> => {
      const { process, onSaid } = signalled(meanwhile)
      const own = { clock: sim.clock, random: Math.random, ...process }
      return said(args, { cwd: folder, kubeconfig, onSaid, process: own })
    }
  return {
    cwd,
    cluster,
    deploy: deployIn(cwd),
    elsewhere: async () => deployIn(await project({ config: config(guarded ? 'protected: true, ' : '') })),
  }
}

/** A process that is told to end, or meets a mishap, once it has said something. */
function signalled(
  meanwhile: SignalOf | MishapOf | undefined,
): Pick<DeployOf, 'process'> & Required<Pick<DeployOf, 'onSaid'>> {
  let listening: Parameters<Process['onSignal']>[0] | undefined
  let awaited = meanwhile
  return {
    process: {
      onSignal(listener) {
        listening = listener
        return { [Symbol.dispose]: () => (listening = undefined) }
      },
    },
    onSaid(text) {
      if (!awaited?.after.test(text)) return
      if ('does' in awaited) awaited.does()
      else listening?.(awaited.name)
      awaited = undefined
    },
  }
}
