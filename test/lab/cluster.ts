import { execa } from 'execa'
import { cached } from './cache.ts'
import { componentKubeconfig } from './components.ts'
import type { ClusterFacts, LabFacts } from './facts.ts'
import { type LabNamespace, createNamespace } from './namespace.ts'
import { within } from './network.ts'
import { certificateKubeconfig, type KubeconfigKind, kubeconfigOf, type Rule, rightsOf } from './users.ts'

export type LabCluster = {
  readonly facts: ClusterFacts
  /** The real kubectl, as admin. Returns what it printed; a failure throws what it complained about. */
  kubectl(...args: readonly string[]): Promise<string>
  /** `kubectl apply` of YAML text or of objects. */
  apply(what: string | readonly object[]): Promise<string>
  /** Posts an object to a path of the API, as `kubectl create --raw` does. */
  create(path: string, body: object): Promise<string>
  /** One object, with its managedFields. */
  get<T = KubeObject>(...args: readonly string[]): Promise<T>
  /** Makes a namespace of a name that nobody has yet. */
  namespace(): Promise<LabNamespace>
  /** Writes a kubeconfig, right or wrong, and returns its path. */
  kubeconfig(kind?: KubeconfigKind): Promise<string>
  /** A user who may do this much in all of the cluster; for one namespace see `LabNamespace.userKubeconfig`. */
  userKubeconfig(name: string, rules: readonly Rule[]): Promise<string>
}

/** As much of an object's shape as all objects have. */
export type KubeObject = {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly generation?: number
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [key: string]: unknown
}

export function connectCluster(lab: LabFacts, facts: ClusterFacts): LabCluster {
  const run = async (args: readonly string[], input?: string): Promise<string> => {
    const argv = [cached('kubectl'), '--kubeconfig', componentKubeconfig(facts, 'admin'), ...args]
    const [command, prefixed] = within(facts.netns, argv)
    const done = await execa(command, prefixed, { reject: false, ...(input !== undefined && { input }) })
    if (done.exitCode === 0) return done.stdout
    throw new Error(`kubectl ${args.join(' ')}: ${done.stderr || done.message}`)
  }
  const cluster: LabCluster = {
    facts,
    kubectl: (...args) => run(args),
    apply: (what) => run(['apply', '-f', '-'], typeof what === 'string' ? what : listOf(what)),
    create: (path, body) => run(['create', '--raw', path, '-f', '-'], JSON.stringify(body)),
    get: async <T>(...args: readonly string[]) =>
      JSON.parse(await run(['get', ...args, '-o', 'json', '--show-managed-fields'])) as T,
    namespace: () => createNamespace(cluster),
    kubeconfig: (kind = 'admin') =>
      kubeconfigOf(
        kind,
        facts,
        lab.clusters.find(({ name }) => name !== facts.name),
      ),
    async userKubeconfig(name, rules) {
      await cluster.apply(rightsOf(name, rules))
      return await certificateKubeconfig(facts, name)
    },
  }
  return cluster
}

function listOf(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
}
