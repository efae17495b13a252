import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import { type Kind, kinds } from '../../core/kinds.ts'
import type { KubeObject } from '../../core/objects.ts'
import type { Write } from '../../core/write.ts'
import { conflict, notModelled, Refused } from '../api/refused.ts'
import { failureOf, type WriteFault } from '../faults.ts'
import { wordOf } from '../random.ts'
import { slept } from '../timeline.ts'
import type { Asked, Reply } from './asked.ts'
import { queried } from './asked.ts'
import { contentType, isDry, managerOf, objectBody, opsBody, textIn, unsupported } from './body.ts'
import { mergePatched } from './merge-patch.ts'
import { asJson } from './shapes.ts'
import { strategicallyPatched } from './strategic-patch.ts'
import { refIn, type Target } from './target.ts'
import type { Served } from './world.ts'

/** POST, PUT, PATCH and DELETE of an object. */
export async function written(served: Served, asked: Asked, target: Target): Promise<Reply> {
  switch (asked.method) {
    case 'POST':
      return created(served, asked, target)
    case 'PUT':
      return replaced(served, asked, target)
    case 'PATCH':
      return patched(served, asked, target)
    case 'DELETE':
      return deleted(served, asked, target)
    default:
      throw new Refused(405, 'MethodNotAllowed', `${asked.method} is not supported on resources of kind ${target.kind}`)
  }
}

/** Does it to the world, unless a fault meets it. */
export async function through(
  { cluster }: Served,
  asked: Asked,
  write: Write,
  reply: (object: KubeObject) => Reply,
  dryRun = isDry(asked),
): Promise<Reply> {
  const { server, faults, timeline } = cluster.inside
  const fault = faults.faultFor(write)
  const never = new AbortController().signal
  if (fault?.kind === 'refused') return { none: 'broken' }
  if (fault?.kind === 'lost-request') return { none: 'silence' }
  if (fault?.kind === 'status') return faulty(fault)
  if (fault?.kind === 'slow') await slept(timeline, fault.by, never)
  const object = server.write(write, { manager: managerOf(asked), dryRun })
  if (fault?.kind === 'slow') await slept(timeline, fault.by, never)
  return fault?.kind === 'lost-reply' ? { none: 'silence' } : reply(object)
}

function faulty(fault: Extract<WriteFault, { kind: 'status' }>): Reply {
  const failure = failureOf(fault, 0)
  if (failure.kind !== 'answer') return { none: 'broken' }
  const { status, body, retryAfter } = failure
  return {
    status,
    text: body,
    headers: retryAfter === null ? json : { ...json, 'retry-after': `${retryAfter / 1000}` },
  }
}

const json = { 'content-type': 'application/json' }

function created(served: Served, asked: Asked, target: Target): Promise<Reply> {
  const body = objectBody(asked)
  const metadata = isObject(body['metadata']) ? body['metadata'] : {}
  const { version } = served.cluster.inside.store
  const given = textIn(metadata['name'], `${textIn(metadata['generateName'])}${wordOf(version(), 5)}`)
  const namespace = target.namespace ?? ''
  if ((metadata['namespace'] ?? namespace) !== namespace)
    throw new Refused(
      400,
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  const object = { kind: target.kind, namespace, name: given }
  return through(served, asked, { verb: 'create', object, body }, (made) => ({ status: 201, json: asJson(made) }))
}

/** Everything of an object is exchanged; without a resourceVersion, whatever stands there. */
function replaced(served: Served, asked: Asked, target: Target): Promise<Reply> {
  const live = served.cluster.inside.server.get(refIn(target))
  const body = objectBody(asked)
  const metadata = isObject(body['metadata']) ? body['metadata'] : {}
  const { uid = '', resourceVersion = '', namespace } = live.metadata
  const value = { ...body, metadata: { uid, resourceVersion, ...(namespace && { namespace }), ...metadata } }
  return exchange(served, asked, target, live, value)
}

async function patched(served: Served, asked: Asked, target: Target): Promise<Reply> {
  const object = refIn(target)
  const ok = (made: KubeObject): Reply => ({ json: asJson(made) })
  switch (contentType(asked)) {
    case 'application/json-patch+json':
      return through(served, asked, { verb: 'patch', object, ops: opsBody(asked) }, ok)
    case 'application/merge-patch+json': {
      const live = served.cluster.inside.server.get(object)
      return exchange(served, asked, target, live, mergePatched(asJson(live), objectBody(asked)))
    }
    case 'application/strategic-merge-patch+json': {
      if (isCustom(target.kind)) throw unsupported(contentType(asked))
      const live = served.cluster.inside.server.get(object)
      return exchange(served, asked, target, live, strategicallyPatched(asJson(live), objectBody(asked)))
    }
    case 'application/apply-patch+yaml':
      if (queried(asked, 'force') !== 'true') throw notModelled('server-side apply without force')
      return through(served, asked, { verb: 'apply', object, body: objectBody(asked) }, ok)
    default:
      throw unsupported(contentType(asked))
  }
}

const isCustom = (kind: Kind): boolean => kinds[kind].apiVersion.startsWith('gateway.')

async function exchange(served: Served, asked: Asked, target: Target, live: KubeObject, value: Json): Promise<Reply> {
  const wanted = isObject(value) && isObject(value['metadata']) ? value['metadata']['resourceVersion'] : undefined
  if (wanted !== live.metadata.resourceVersion)
    throw conflict(
      `Operation cannot be fulfilled on ${kinds[target.kind].plural} "${live.metadata.name}": the object has been modified; please apply your changes to the latest version and try again`,
    )
  const write = { verb: 'patch', object: refIn(target), ops: [{ op: 'replace', path: '', value }] } as const
  return through(served, asked, write, (made) => ({ json: asJson(made) }))
}

function deleted(served: Served, asked: Asked, target: Target): Promise<Reply> {
  const options = objectBody(asked)
  const { kind } = target
  const policy = textIn(options['propagationPolicy'], queried(asked, 'propagationPolicy') ?? 'Background')
  if (policy !== 'Background') throw notModelled(`propagation policy ${policy}`)
  if (kind === 'Namespace') throw notModelled('deleting a Namespace')
  const ref = refIn(target)
  const { uid = '' } = served.cluster.inside.server.get(ref).metadata
  const wanted: JsonObject = isObject(options['preconditions']) ? options['preconditions'] : {}
  const resourceVersion = textIn(wanted['resourceVersion'])
  const details = { name: ref.name, kind: kinds[kind].plural, uid }
  const write = {
    verb: 'delete',
    object: ref,
    uid: textIn(wanted['uid'], uid),
    ...(resourceVersion !== '' && { resourceVersion }),
  } as const
  const reply = (object: KubeObject): Reply => ({
    json:
      kind === 'Pod'
        ? asJson(served.cluster.inside.store.get(`Pod/${ref.namespace}/${ref.name}`) ?? object)
        : { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
  })
  return through(served, asked, write, reply, isDry(asked, options))
}
