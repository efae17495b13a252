import { randomBytes } from 'node:crypto'
import type { KubeObject, LabCluster } from './cluster.ts'
import { type Load, type LoadOptions, startLoad } from './load.ts'
import { certificateKubeconfig, type Rule, rightsOf } from './users.ts'
import { type Web, type WebOptions, createWeb } from './web.ts'

/** A namespace of one test's own. Commands are limited to it. */
export type LabNamespace = {
  readonly name: string
  readonly cluster: LabCluster
  kubectl(...args: readonly string[]): Promise<string>
  apply(what: string | readonly object[]): Promise<string>
  get<T = KubeObject>(...args: readonly string[]): Promise<T>
  /** The pods of a selector that are not being deleted, oldest first. */
  pods(selector: string): Promise<readonly Pod[]>
  /** Their uids, sorted: equal before and after means that no pod was restarted or replaced. */
  podUids(selector: string): Promise<readonly string[]>
  /** The standard scenario, applied and serving. */
  web(options?: WebOptions): Promise<Web>
  /** Requests through the real data plane to a Service or a host of this namespace. */
  startLoad(options: LoadOptions): Promise<Load>
  /** A kubeconfig of a user who may do this much here, and nothing elsewhere. */
  userKubeconfig(rules: readonly Rule[]): Promise<string>
  /** Ends every load and deletes the namespace, without waiting until its pods are gone. */
  delete(): Promise<void>
}

export type Pod = KubeObject & {
  readonly metadata: { readonly deletionTimestamp?: string; readonly creationTimestamp: string }
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] }
  readonly status: {
    readonly phase: string
    readonly podIP?: string
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
}

export async function createNamespace(cluster: LabCluster): Promise<LabNamespace> {
  const name = `t-${randomBytes(4).toString('hex')}`
  await cluster.kubectl('create', 'namespace', name)
  const loads: Load[] = []
  let users = 0
  const namespace: LabNamespace = {
    name,
    cluster,
    kubectl: (...args) => cluster.kubectl('-n', name, ...args),
    apply: (what) => cluster.apply(typeof what === 'string' ? what : what.map((object) => placed(object, name))),
    get: (...args) => cluster.get('-n', name, ...args),
    async pods(selector) {
      const { items } = await namespace.get<{ items: Pod[] }>('pods', '-l', selector)
      const kept = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      return kept.sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))
    },
    async podUids(selector) {
      return (await namespace.pods(selector)).map(({ metadata }) => metadata.uid).sort()
    },
    web: (options = {}) => createWeb(namespace, options),
    async startLoad(options) {
      const load = await startLoad(namespace, options)
      loads.push(load)
      return load
    },
    async userKubeconfig(rules) {
      const user = `${name}-${++users}`
      await cluster.apply(rightsOf(user, rules, name))
      return await certificateKubeconfig(cluster.facts, user)
    },
    async delete() {
      await Promise.all(loads.map((load) => load.stop()))
      await cluster.kubectl('delete', 'namespace', name, '--wait=false', '--ignore-not-found')
    },
  }
  return namespace
}

/** Text is applied as it is; an object without a namespace gets this one. */
function placed(object: object, namespace: string): object {
  const { metadata } = object as { metadata?: object }
  return { ...object, metadata: { namespace, ...metadata } }
}
