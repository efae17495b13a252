import { kinds, type Ref } from '../core/kinds.ts'
import type { KubeObject, Pod } from '../core/objects.ts'
import { type Millis, second } from '../core/time.ts'
import { fieldManager } from '../core/marks.ts'
import type { Call, Cluster, Watched, Write } from '../ports.ts'
import type { Failure } from '../adapters/kubernetes/failure.ts'
import { Refused } from './api/refused.ts'
import type { Server } from './api/server.ts'
import { about, answered, asDeployError } from './failures.ts'
import { brokenConnection, type FaultBook, failureOf, type WriteFault } from './faults.ts'
import { logOf } from './log.ts'
import type { Random } from './random.ts'
import type { Store } from './store.ts'
import { slept, type Timeline } from './timeline.ts'
import { startWatched } from './watched.ts'
import { find } from './world.ts'

export interface PortOptions {
  readonly name: string
  readonly version: string
  readonly store: Store
  readonly server: Server
  readonly faults: FaultBook
  readonly timeline: Timeline
  readonly random: Random
}

/** Half the way of a call: to the server, and back. */
const halfWay: readonly [Millis, Millis] = [1, 4]
const patience: Millis = 30 * second

/** The port of `src/ports.ts` over one simulated API server. */
export function portOf({ name, version, store, server, faults, timeline, random }: PortOptions): Cluster {
  const ended = new AbortController()

  const pass = (ms: Millis, signal: AbortSignal): Promise<void> => slept(timeline, ms, signal)
  const hop = async (signal: AbortSignal): Promise<void> => {
    await pass(Math.round(random.between(...halfWay)), signal)
    signal.throwIfAborted()
  }

  /** To the server, there `act`, and back. */
  const ask = async <T>(verb: 'get' | 'list', ref: Ref, { signal }: Call, act: () => T): Promise<T> => {
    signal.throwIfAborted()
    await hop(signal)
    const fail = (failure: Failure): never => {
      throw asDeployError(failure, about(verb, ref), name)
    }
    if (faults.isDown()) fail(brokenConnection)
    const answer = attempt(act)
    await hop(signal)
    return 'refused' in answer ? fail(answered(answer.refused)) : answer.value
  }

  const send = async (write: Write, call: Call & { readonly dryRun?: boolean }): Promise<KubeObject | null> => {
    const { signal, timeout = patience, dryRun = false } = call
    const fail = (failure: Failure): never => {
      const verb = write.verb === 'apply' ? 'patch' : write.verb
      throw asDeployError(failure, about(verb, write.object), name)
    }
    signal.throwIfAborted()
    const fault: WriteFault | null = faults.isDown() ? { kind: 'refused' } : faults.faultFor(write)
    await hop(signal)
    if (fault?.kind === 'slow') await pass(fault.by, signal)
    if (fault?.kind === 'status' || fault?.kind === 'refused') return fail(failureOf(fault, timeout))
    if (fault?.kind === 'lost-request') {
      await pass(timeout, signal)
      signal.throwIfAborted()
      return fail(failureOf(fault, timeout))
    }
    const answer = attempt(() => server.write(write, { manager: fieldManager, dryRun }))
    if (fault?.kind === 'slow') await pass(fault.by, signal)
    if (fault?.kind === 'lost-reply') {
      await pass(timeout, signal)
      signal.throwIfAborted()
      return fail(failureOf(fault, timeout))
    }
    await hop(signal)
    if ('value' in answer) return write.verb === 'delete' ? null : answer.value
    if (write.verb === 'delete' && answer.refused.status === 404) return null
    return fail(answered(answer.refused))
  }

  return {
    name,
    identify: (call) =>
      ask('get', { kind: 'Namespace', namespace: '', name: 'kube-system' }, call, () => ({
        uid: find(store, 'Namespace', '', 'kube-system')?.metadata.uid ?? '',
        version,
      })),
    get: async (ref, call) => {
      const found = await ask('get', ref, call, () => ({ object: attempt(() => server.get(ref)) }))
      return 'value' in found.object ? found.object.value : null
    },
    list: (what, call) => ask('list', { ...what, name: '' }, call, () => server.list(what)),
    watch: async (what, signal): Promise<Watched> => {
      await ask('list', { kind: what[0]?.kind ?? 'Pod', namespace: '', name: '' }, { signal }, () => null)
      return startWatched({
        what,
        store,
        faults,
        timeline,
        random,
        signal: AbortSignal.any([signal, ended.signal]),
      })
    },
    write: send,
    may: (_verb, kind, namespace, call) => ask('get', { kind, namespace, name: '' }, call, () => kind in kinds),
    log: (pod, { lines, previous }, call) =>
      ask('get', pod, call, () =>
        logOf(store.get(`Pod/${pod.namespace}/${pod.name}`) as Pod | undefined, { lines, previous }),
      ),
    [Symbol.asyncDispose]: async () => ended.abort(),
  }
}

type Answer<T> = { readonly value: T } | { readonly refused: Refused }

function attempt<T>(act: () => T): Answer<T> {
  try {
    return { value: act() }
  } catch (error) {
    if (error instanceof Refused) return { refused: error }
    throw error
  }
}
