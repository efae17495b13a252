import type { Kind } from '../../core/kinds.ts'
import type { Pod } from '../../core/objects.ts'
import { notModelled, Refused } from '../api/refused.ts'
import { type Asked, isTrue, queried, type Reply } from './asked.ts'
import { discovered } from './discovery.ts'
import { kindFacts } from './kind-facts.ts'
import { listed } from './list.ts'
import { openApi } from './openapi.ts'
import { logged } from './pod-log.ts'
import { proxied } from './pod-proxy.ts'
import { reviewed } from './reviews.ts'
import { scaled } from './scale.ts'
import { asJson, tableFor } from './shapes.ts'
import { refIn, type Target, targetOf } from './target.ts'
import { watched } from './watch.ts'
import type { Served } from './world.ts'
import { written } from './write.ts'

/** The API server's answer to one request. Throws `Refused`; what is not modelled, with status 501. */
export async function answer(served: Served, asked: Asked): Promise<Reply> {
  if (served.cluster.inside.faults.isDown()) return { none: 'broken' }
  const page = pageOf(served, asked) ?? discovered(asked) ?? reviewed(asked)
  if (page) return page
  const target = targetOf(asked.path)
  if (!target) throw notModelled(`${asked.method} ${asked.url.pathname}`)
  if (target.below.length > 0) return below(served, asked, target)
  if (asked.method !== 'GET') return changed(served, asked, target)
  return target.name === null ? collection(served, asked, target) : single(served, asked, target)
}

/** What is no object: health, version, documents. */
function pageOf({ cluster }: Served, asked: Asked): Reply | null {
  const { path, method } = asked
  if (method !== 'GET') return null
  const [first = ''] = path
  if (['healthz', 'livez', 'readyz'].includes(first)) return { text: 'ok' }
  if (first === 'version') return { json: versionOf(cluster.inside.version) }
  return openApi(asked)
}

function versionOf(gitVersion: string) {
  const [, major = '1', minor = '0'] = /^v(\d+)\.(\d+)/.exec(gitVersion) ?? []
  return { major, minor, gitVersion, gitCommit: '', goVersion: '', compiler: '', platform: 'simulated' }
}

function collection(served: Served, asked: Asked, target: Target): Reply {
  return isTrue(queried(asked, 'watch')) ? watched(served, asked, target) : listed(served, asked, target)
}

function single(served: Served, asked: Asked, target: Target): Reply {
  const { server, timeline } = served.cluster.inside
  const object = server.get(refIn(target))
  const asTable = tableFor(asked)
  if (!asTable) return { json: asJson(object) }
  const { resourceVersion = '' } = object.metadata
  return { json: asTable({ kind: target.kind, objects: [object], now: timeline.now(), metadata: { resourceVersion } }) }
}

function changed(served: Served, asked: Asked, target: Target): Promise<Reply> {
  const isCreation = asked.method === 'POST'
  if (isCreation !== (target.name === null) || target.namespace === null)
    throw notModelled(`${asked.method} ${asked.url.pathname}`)
  return written(served, asked, target)
}

/** Subresources. */
async function below(served: Served, asked: Asked, target: Target): Promise<Reply> {
  const [subresource = '', ...more] = target.below
  const { server } = served.cluster.inside
  if (target.kind === 'Pod' && subresource === 'proxy') return proxied(served, asked, target)
  if (more.length === 0 && offers(target.kind, subresource)) {
    if (subresource === 'scale') return scaled(served, asked, target)
    if (subresource === 'portforward') throw new Refused(400, 'BadRequest', 'Upgrade request required')
    if (subresource === 'log') return logged(asked, server.get(refIn(target)) as Pod)
    if (subresource === 'eviction' && asked.method === 'POST') {
      served.cluster.acts.evict(refIn(target))
      return { status: 201, json: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } }
    }
  }
  if (subresource === 'status' && asked.method === 'GET') return single(served, asked, { ...target, below: [] })
  throw notModelled(`${asked.method} of subresource ${target.below.join('/')} of a ${target.kind}`)
}

const offers = (kind: Kind, subresource: string): boolean =>
  kindFacts.find((facts) => facts.kind === kind)?.subresources.some(({ name }) => name === subresource) ?? false
