import type { KubeObject } from '../../core/objects.ts'
import type { Clock, Cluster } from '../../ports.ts'
import { accessOver } from './access.ts'
import { asObject, isAbsent, jsonOf, jsonOrNone } from './calls.ts'
import { toDeployError } from './errors.ts'
import { listAll } from './list.ts'
import { logOf } from './log.ts'
import { pathOf } from './paths.ts'
import type { Rest } from './rest.ts'
import { textAt } from './text.ts'
import { startWatched } from './watched.ts'
import { requestFor } from './writes.ts'

export interface ClusterOptions {
  readonly rest: Rest
  readonly clock: Clock
  readonly random: () => number
  /** Aborts when the cluster is disposed. */
  readonly signal: AbortSignal
}

/** The port over one API server; all but disposing. */
export function clusterOver({
  rest,
  clock,
  random,
  signal,
}: ClusterOptions): Omit<Cluster, typeof Symbol.asyncDispose> {
  return {
    name: rest.peer.name,

    identify: async (call) => {
      const namespace = { kind: 'Namespace', namespace: '', name: 'kube-system' } as const
      const reading = { method: 'GET', repeatable: true } as const
      const [system, version] = await Promise.all([
        jsonOf(rest, { ...reading, about: { verb: 'get', object: namespace }, path: pathOf(namespace) }, call),
        jsonOf(rest, { ...reading, about: { verb: 'get', what: 'version' }, path: '/version' }, call),
      ])
      return { uid: String((system as unknown as KubeObject).metadata.uid), version: textAt(version['gitVersion']) }
    },

    get: async (ref, call) => {
      const request = {
        about: { verb: 'get', object: ref },
        method: 'GET',
        path: pathOf(ref),
        repeatable: true,
      } as const
      const found = await jsonOrNone(rest, request, call)
      return found === null ? null : asObject(ref.kind, found)
    },

    list: async (what, call) => {
      const listing = await listAll(rest, what, call)
      if (listing.kind === 'listing') return listing.objects
      throw toDeployError(listing, { verb: 'list', object: what }, rest.peer)
    },

    watch: (what, outer) => startWatched({ rest, what, clock, random, signal: AbortSignal.any([outer, signal]) }),

    write: async (write, { dryRun = false, ...call }) => {
      const request = requestFor(write, dryRun)
      if (write.verb !== 'delete') return asObject(write.object.kind, await jsonOf(rest, request, call))
      const answer = await rest.ask(request, call)
      // Gone already is what was wanted: the uid says that it is the same object.
      if (typeof answer === 'string' || isAbsent(answer)) return null
      throw toDeployError(answer, request.about, rest.peer)
    },

    may: accessOver(rest),

    log: (pod, options, call) => logOf(rest, { pod, ...options }, call),
  }
}
