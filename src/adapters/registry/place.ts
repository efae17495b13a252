import { canonicalRepository, referenceOf } from '../../config/image.ts'
import { DeployError } from '../../core/errors.ts'

/** Where a registry answers for an image. */
export interface Place {
  /** As people write it, and `docker login` keeps it: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly host: string
  readonly name: string
  readonly tag: string
  /** The image was given by digest: nobody needs to be asked. */
  readonly digest: string | null
  readonly manifest: URL
}

/** Throws `image-reference`. */
export function placeOf(image: string): Place {
  const reference = referenceOf(image)
  if (reference === undefined) {
    throw new DeployError({
      code: 'image-reference',
      what: `${JSON.stringify(image)} is not an image reference`,
      remedy: 'write it as registry.example.com/team/web:v1.2.3',
    })
  }
  const [host = '', ...path] = canonicalRepository(reference.repository).split('/')
  const { tag = 'latest', digest = null } = reference
  const name = path.join('/')
  return { host, name, tag, digest, manifest: new URL(`${originOf(host)}/v2/${name}/manifests/${tag}`) }
}

/** Docker Hub answers under another name than its images have. A registry on this machine has no certificate. */
const originOf = (host: string): string =>
  host === 'docker.io' ? 'https://registry-1.docker.io' : `${isLoopback(host) ? 'http' : 'https'}://${host}`

export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3})(:\d+)?$/.test(host)
