import { isObject, jsonIn, type JsonObject } from '../../core/json.ts'
import type { Kind } from '../../core/kinds.ts'
import { kinds } from '../../core/kinds.ts'
import type { KubeObject } from '../../core/objects.ts'
import type { Call } from '../../ports.ts'
import { isPage } from './answer.ts'
import { protocolError, toDeployError } from './errors.ts'
import type { Failure } from './failure.ts'
import type { ApiRequest, Rest } from './rest.ts'

/** The object in the answer. Throws a DeployError of `kube-*`. */
export async function jsonOf(rest: Rest, request: ApiRequest, call: Call): Promise<JsonObject> {
  const answer = await rest.ask(request, call)
  if (typeof answer === 'string') return parsed(rest, request, answer)
  throw toDeployError(answer, request.about, rest.peer)
}

/** `null` where there is none: 404 from the API server itself, not from a proxy. */
export async function jsonOrNone(rest: Rest, request: ApiRequest, call: Call): Promise<JsonObject | null> {
  const answer = await rest.ask(request, call)
  if (typeof answer === 'string') return parsed(rest, request, answer)
  if (isAbsent(answer)) return null
  throw toDeployError(answer, request.about, rest.peer)
}

export function parsed(rest: Rest, request: Pick<ApiRequest, 'about'>, body: string): JsonObject {
  const value = jsonIn(body)
  if (isObject(value)) return value
  throw protocolError('what is not a JSON object', request.about, rest.peer)
}

export const isAbsent = (failure: Failure): boolean =>
  failure.kind === 'answer' && failure.status === 404 && !isPage(failure)

/** Items of a list come without these two; everything else stays as the server sent it. */
export const asObject = (kind: Kind, item: unknown): KubeObject =>
  ({ apiVersion: kinds[kind].apiVersion, kind, ...(item as object) }) as KubeObject
