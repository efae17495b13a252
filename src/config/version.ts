import { DeployError } from '../core/errors.ts'
import { canonicalRepository, isDigest, isTag, type Reference, referenceOf } from './image.ts'
import { shown } from '../core/shown.ts'

/** The image that a release brings. */
export interface Image extends Reference {
  /** All of it, as Kubernetes takes it: `ghcr.io/acme/web:v1.2.3@sha256:…`. */
  readonly reference: string
}

/**
 * The image of a version: a tag (`v1.2.3`), a digest (`sha256:…`), both (`v1.2.3@sha256:…`), or a whole reference into
 * the same repository.
 * @throws DeployError `config-version`
 */
export function imageFor(repository: string, version: string): Image {
  if (isDigest(version)) return imageOf({ repository, digest: version })
  const [tag = '', digest, ...more] = version.split('@')
  if (isTag(tag) && more.length === 0 && (digest === undefined || isDigest(digest)))
    return imageOf({ repository, tag, ...(digest !== undefined && { digest }) })
  if (looksLikeDigest.test(version)) throw malformed(version, undefined)
  return imageOf(fullReference(repository, version))
}

/** By the grammar `sha256:12` is also the tag 12 of an image sha256; nobody means that. */
const looksLikeDigest = /^sha\d+:/i

function fullReference(repository: string, version: string): Reference {
  const reference = referenceOf(version)
  if (!reference || (reference.tag === undefined && reference.digest === undefined)) throw malformed(version, reference)
  if (canonicalRepository(reference.repository) === canonicalRepository(repository)) return { ...reference, repository }
  throw new DeployError({
    code: 'config-version',
    what: `version ${shown(version)} is an image of ${reference.repository}, the service has ${repository}`,
    remedy: `name the tag only: ${reference.tag ?? reference.digest}; or change image in deploy.yaml`,
  })
}

const imageOf = (reference: Reference): Image => ({
  ...reference,
  reference: `${reference.repository}${reference.tag === undefined ? '' : `:${reference.tag}`}${reference.digest === undefined ? '' : `@${reference.digest}`}`,
})

function malformed(version: string, reference: Reference | undefined): DeployError {
  return new DeployError({
    code: 'config-version',
    what: `${shown(version)} is not a version: ${whyNot(version, reference)}`,
    remedy: 'name a tag (v1.2.3), a digest (sha256:…) or a whole image reference',
  })
}

function whyNot(version: string, reference: Reference | undefined): string {
  if (version === '') return 'it is empty'
  if (looksLikeDigest.test(version)) return 'a digest is sha256: and 64 digits from 0-9a-f'
  if (/^[\w.-]{129,}$/.test(version)) return 'a tag has at most 128 characters'
  if (reference) return 'it names an image and no version of it'
  return 'a tag has letters, digits, "_", "." and "-", and starts with a letter, a digit or "_"'
}
