import { at, isObject, type JsonObject } from '../../core/json.ts'
import type { KubeObject, LabelSelector } from '../../core/objects.ts'
import { conflict, Refused } from '../api/refused.ts'
import type { Asked, Reply } from './asked.ts'
import { contentType, objectBody, unsupported } from './body.ts'
import { mergePatched } from './merge-patch.ts'
import { labels } from './table/columns.ts'
import { refIn, type Target } from './target.ts'
import type { Served } from './world.ts'
import { through } from './write.ts'

/** `…/deployments/web/scale`: what `kubectl scale` and autoscalers write. */
export async function scaled(served: Served, asked: Asked, target: Target): Promise<Reply> {
  const live = served.cluster.inside.server.get(refIn(target))
  if (asked.method === 'GET') return { json: scaleOf(live) }
  const wanted = wish(asked, scaleOf(live))
  const version = at(wanted, '/metadata/resourceVersion')
  if (version !== null && version !== live.metadata.resourceVersion)
    throw conflict(
      `Operation cannot be fulfilled on ${target.kind} "${live.metadata.name}": the object has been modified`,
    )
  const value = at(wanted, '/spec/replicas') ?? 0
  const ops = [{ op: 'add', path: '/spec/replicas', value }] as const
  return through(served, asked, { verb: 'patch', object: refIn(target), ops }, (made) => ({ json: scaleOf(made) }))
}

function wish(asked: Asked, present: JsonObject): JsonObject {
  if (asked.method === 'PUT') return objectBody(asked)
  if (asked.method !== 'PATCH') throw new Refused(405, 'MethodNotAllowed', `${asked.method} of a scale`)
  if (!contentType(asked).endsWith('merge-patch+json')) throw unsupported(contentType(asked))
  const next = mergePatched(present, objectBody(asked))
  return isObject(next) ? next : {}
}

function scaleOf(live: KubeObject): JsonObject {
  const { name, namespace = '', uid = '', resourceVersion = '', creationTimestamp = '' } = live.metadata
  const spec = live['spec'] as { readonly replicas?: number; readonly selector: LabelSelector }
  const selector = labels(spec.selector.matchLabels)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec.replicas ?? 1 },
    status: { replicas: Number(at(live, '/status/replicas') ?? 0), selector },
  }
}
