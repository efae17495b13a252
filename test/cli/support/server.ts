import { onTestFinished } from 'vitest'
import { type Kind, kinds } from '../../../src/core/kinds.ts'
import type { KubeObject } from '../../../src/core/objects.ts'
import { kubeconfigFile } from '../../adapters/kubernetes/support/connected.ts'
import { type Asked, fakeApi, type Reply } from '../../adapters/kubernetes/support/fake-api.ts'
import { status } from '../../adapters/kubernetes/support/objects.ts'
import { restingWorld } from './world.ts'

export interface Server {
  readonly kubeconfig: string
  readonly asked: readonly Asked[]
  /** What would have changed something, as `POST /path`. */
  readonly mutations: () => readonly string[]
}

export interface ServerOf {
  /** Kinds of the usual world that are not there. */
  readonly without: readonly string[]
  /** Objects beside those of the usual world. */
  readonly more: readonly KubeObject[]
  /** Answers instead of the server, when it does not give `null`. */
  readonly instead: (asked: Asked) => Reply | null
  /** Headers of every answer. */
  readonly headers: () => Readonly<Record<string, string>>
  /** Of `kube-system`: who the cluster is. */
  readonly uid: string
  readonly user: object
  /** PEM of the authority that the kubeconfig trusts, instead of the server's own. */
  readonly ca: string
}

/** An API server on which `web` rests. It reads out what there is, and takes every write for done without doing it. */
export async function server({
  without = [],
  more = [],
  instead,
  headers,
  uid = 'uid-1',
  user,
  ca,
}: Partial<ServerOf> = {}): Promise<Server> {
  const objects = [...(await restingWorld(without)), ...more]
  const api = await fakeApi((asked) => {
    const reply = instead?.(asked) ?? answerTo(asked, objects, uid)
    return headers ? { ...reply, headers: { ...reply.headers, ...headers() } } : reply
  })
  onTestFinished(() => api[Symbol.asyncDispose]())
  const kubeconfig = await kubeconfigFile({ server: api.url, ca: ca ?? api.ca, ...(user && { user }) })
  return {
    kubeconfig,
    asked: api.asked,
    mutations: () => api.asked.filter(isMutation).map(({ method, path }) => `${method} ${path}`),
  }
}

/** Questions for rights are POST requests, too. */
const isMutation = ({ method, path }: Asked): boolean =>
  method !== 'GET' && !path.startsWith('/apis/authorization.k8s.io/')

function answerTo({ path, query, method }: Asked, objects: readonly KubeObject[], uid: string): Reply {
  if (path === '/version') return { body: { gitVersion: 'v1.36.3' } }
  if (path.startsWith('/apis/authorization.k8s.io/')) return { status: 201, body: allowed }
  if (path.endsWith('/namespaces/kube-system')) return { body: { metadata: { name: 'kube-system', uid } } }
  // Nothing happens in this world, so a watch has nothing to say.
  if (query.get('watch') === 'true') return { open: () => {} }
  const [, plural, name] = /\/(?:namespaces\/[^/]+|v\d)\/(\w+)(?:\/([\w-]+))?$/.exec(path) ?? []
  const kind = (Object.keys(kinds) as Kind[]).find((one) => kinds[one].plural === plural)
  const wanted = name ?? /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1]
  const found = objects.filter(
    (object) => object.kind === kind && (wanted ?? object.metadata.name) === object.metadata.name,
  )
  if (name === undefined) return { body: { kind: `${kind}List`, metadata: { resourceVersion: '1000' }, items: found } }
  if (method === 'GET' && found.length === 0) return status(404, 'NotFound', `${plural} "${name}" not found`)
  return { body: found[0] ?? {} }
}

const allowed = {
  status: { allowed: true, resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] },
}
