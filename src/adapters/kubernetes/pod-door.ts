import { Readable } from 'node:stream'
import { DeployError } from '../../core/errors.ts'
import type { Millis } from '../../core/time.ts'
import type { Call, Cluster, PodDoor, PodPort } from '../../ports.ts'
import { statusIn } from './answer.ts'
import { contextFlag, place } from './asked.ts'
import { protocolError, toDeployError } from './errors.ts'
import type { About, Failure } from './failure.ts'
import { Forwarded } from './forwarded.ts'
import { pathOf, withQuery } from './paths.ts'
import type { Rest } from './rest.ts'
import { printable, textAt } from './text.ts'
import type { Transport } from './transport.ts'

export interface DoorOptions {
  readonly rest: Rest
  readonly transport: Transport
  readonly may: Cluster['may']
  /** Aborts when the cluster is disposed. */
  readonly ending: AbortSignal
}

const defaultTimeout: Millis = 10_000

export function podDoor({ rest, transport, may, ending }: DoorOptions): PodDoor {
  /** A WebSocket that is refused says nothing; the same path without one does. */
  const whyNot = async (path: string, about: About, pod: PodPort, call: Call): Promise<DeployError> => {
    const answer = await rest.ask({ about, method: 'GET', path, repeatable: true }, call)
    const status = typeof answer === 'string' ? 400 : answer.kind === 'answer' ? answer.status : 0
    // 400 asks for an upgrade. To open a WebSocket newer servers want `create` beside the `get` of its method.
    if (status !== 400 && status !== 403) return toDeployError(answer as Failure, about, rest.peer)
    const allowed = await may('create', 'Pod', pod.namespace, { ...call, subresource: 'portforward' })
    if (allowed !== false)
      return status === 400
        ? protocolError('no WebSocket', about, rest.peer)
        : toDeployError(answer as Failure, about, rest.peer)
    return new DeployError({
      code: 'kube-forbidden',
      what: `user ${rest.peer.user} may not create pods/portforward in namespace ${pod.namespace} of ${place(rest.peer)}`,
      remedy: `grant get and create with a Role and RoleBinding; check it with: kubectl auth can-i create pods/portforward -n ${pod.namespace}${contextFlag(rest.peer)}`,
      exit: 'refused',
    })
  }

  return {
    forward: async (pod, { signal, timeout = defaultTimeout }) => {
      const object = { kind: 'Pod', namespace: pod.namespace, name: pod.name } as const
      const about = { verb: 'create', object: { ...object, subresource: 'portforward' } } as const
      const path = withQuery(`${pathOf(object)}/portforward`, { ports: pod.port })
      const either = AbortSignal.any([signal, ending, AbortSignal.timeout(timeout)])
      try {
        const socket = await transport.dial({ path, protocol: 'v4.channel.k8s.io', signal: either })
        const stream = new Forwarded(socket)
        const end = (): void => void stream.destroy()
        ending.addEventListener('abort', end)
        stream.once('close', () => ending.removeEventListener('abort', end))
        return stream
      } catch (error) {
        either.throwIfAborted()
        throw error instanceof DeployError ? error : await whyNot(path, about, pod, { signal: either, timeout })
      }
    },

    get: async (pod, { scheme, path }, { signal, timeout = defaultTimeout }) => {
      const object = { kind: 'Pod', namespace: pod.namespace, name: pod.name } as const
      const about = { verb: 'get', object: { ...object, subresource: 'proxy' } } as const
      const address = `${scheme === 'https' ? 'https:' : ''}${pod.name}:${pod.port}`
      const whole = `${pathOf({ kind: 'Pod', namespace: pod.namespace })}/${address}/proxy${path}`
      const stream = await rest.stream(whole, about, { signal, silence: timeout, brief: true })
      if (stream.kind === 'stream') return { status: 200, body: stream.chunks }
      signal.throwIfAborted()
      if (stream.kind !== 'answer') throw toDeployError(stream, about, rest.peer)
      // A Status is the API server's own; anything else is what the pod says.
      const { message } = statusIn(stream)
      if (message === undefined) return { status: stream.status, body: Readable.from([Buffer.from(stream.body)]) }
      const unreached = /^error trying to reach service: (.*)/s.exec(textAt(message))
      if (!unreached) throw toDeployError(stream, about, rest.peer)
      throw new DeployError({ code: 'pod-unreachable', what: printable(unreached[1] ?? ''), exit: 'refused' })
    },
  }
}
