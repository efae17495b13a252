import { createHash } from 'node:crypto'
import { DeployError } from '../../core/errors.ts'
import { second } from '../../core/time.ts'
import type { Registry } from '../../ports.ts'
import { asking } from './ask.ts'
import { dockerCredentials, type Variables } from './credentials.ts'
import { httpOf, type Reply } from './http.ts'
import { type Place, placeOf } from './place.ts'

/**
 * Registries by the OCI distribution API, with the accounts of `docker login`. Throws `image-reference`, and
 * `image-not-found` when the registry knows that it has no such image; every other trouble is a `null`.
 */
export const registry = ({ env }: { readonly env: Variables }): Registry => ({
  async digest(image, { signal, timeout = 5 * second }) {
    signal.throwIfAborted()
    const place = placeOf(image)
    if (place.digest !== null) return place.digest
    const credentials = await dockerCredentials(env)
    await using http = httpOf(env, AbortSignal.any([signal, AbortSignal.timeout(timeout)]))
    const ask = asking({ send: http.send, credentials, name: place.name })
    try {
      return await digestOf(place, (method) => ask(method, place.manifest, { accept, 'user-agent': 'deploy' }))
    } catch (error) {
      signal.throwIfAborted()
      if (isOfTheNetwork(error)) return null
      throw error
    }
  },
})

/** An index comes first: its digest covers every platform. */
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

async function digestOf(place: Place, ask: (method: 'GET' | 'HEAD') => Promise<Reply | null>): Promise<string | null> {
  const head = await ask('HEAD')
  if (head?.status === 200) {
    const digest = digestIn(head)
    if (digest !== null) return digest
  }
  // Only a GET has a body: with the reason, or with what the digest is of.
  if (head === null || ![200, 404, 405].includes(head.status)) return null
  const reply = await ask('GET')
  if (reply?.status === 404 && saysUnknown(reply.body)) throw notFound(place)
  if (reply?.status !== 200) return null
  return digestIn(reply) ?? `sha256:${createHash('sha256').update(reply.body).digest('hex')}`
}

const digestIn = (reply: Reply): string | null =>
  reply.header('docker-content-digest').find((digest) => /^sha256:[0-9a-f]{64}$/.test(digest)) ?? null

/** A 404 in its own words. One without them can come from a proxy, or a wrong address. */
function saysUnknown(body: Uint8Array): boolean {
  return /"(MANIFEST_UNKNOWN|NAME_UNKNOWN|NOT_FOUND)"/.test(Buffer.from(body).toString())
}

/** What goes wrong outside has a code (undici, system, TLS) or is our own timeout. Anything else is a bug. */
const isOfTheNetwork = (error: unknown): boolean =>
  error instanceof DOMException || (error instanceof Error && !(error instanceof DeployError) && 'code' in error)

const notFound = ({ host, name, tag }: Place): DeployError =>
  new DeployError({
    code: 'image-not-found',
    what: `the registry ${host} has no image ${name}:${tag}`,
    why: 'no pod could pull it',
    remedy: 'push it, or correct the version',
    exit: 'refused',
  })
