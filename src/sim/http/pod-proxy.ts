import type { Pod } from '../../core/objects.ts'
import { absent, notModelled, Refused } from '../api/refused.ts'
import { slept } from '../timeline.ts'
import type { Asked, Reply } from './asked.ts'
import { answerOf, portsOf } from './pod-app.ts'
import { refIn, type Target } from './target.ts'
import type { Served } from './world.ts'

/** `…/pods/[http:]NAME[:PORT]/proxy/PATH`: what the pod itself answers. */
export async function proxied({ cluster }: Served, asked: Asked, target: Target): Promise<Reply> {
  const { name, port: asName, scheme } = addressOf(target.name ?? '')
  if (scheme === 'https') throw notModelled('pods that speak HTTPS')
  const ref = { ...refIn(target), name }
  const pod = cluster.inside.store.get(`Pod/${ref.namespace}/${name}`) as Pod | undefined
  if (!pod) throw absent(ref)
  if (asked.method !== 'GET') throw notModelled(`${asked.method} of the pod proxy`)
  const port = portOf(pod, asName)
  const path = `/${target.below.slice(1).join('/')}`
  const answer = answerOf(cluster, pod, port, path)
  if (answer === 'hangs') return { none: 'silence' }
  if (answer === null) {
    const address = `${pod.status?.podIP ?? ''}:${port}`
    throw new Refused(
      503,
      'ServiceUnavailable',
      `error trying to reach service: dial tcp ${address}: connect: connection refused`,
    )
  }
  await slept(cluster.inside.timeline, answer.after, new AbortController().signal)
  return { status: answer.status, text: answer.body, headers: answer.headers }
}

function addressOf(text: string): { scheme: string; name: string; port: string | null } {
  const parts = text.split(':')
  const [scheme = '', name = '', port = null] = parts.length > 2 ? parts : ['http', ...parts]
  return { scheme: scheme || 'http', name, port: port === '' ? null : port }
}

function portOf(pod: Pod, asName: string | null): number {
  const named = pod.spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === asName)
  return named?.containerPort ?? Number(asName ?? portsOf(pod)[0])
}
