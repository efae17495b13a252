import { DeployError } from '../core/errors.ts'
import { canonicalRepository, isDigest, isTag, type Reference, referenceOf } from './image.ts'
import { shown } from './text.ts'

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
  return imageOf(fullReference(repository, version))
}

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
  const why =
    version === ''
      ? 'it is empty'
      : reference
        ? 'it names an image and no version of it'
        : /^sha\d+:/i.test(version)
          ? 'a digest is sha256: and 64 digits from 0-9a-f'
          : version.length > 128 && !/[/:@]/.test(version)
            ? 'a tag has at most 128 characters'
            : 'a tag has letters, digits, "_", "." and "-", and starts with a letter, a digit or "_"'
  return new DeployError({
    code: 'config-version',
    what: `${shown(version)} is not a version: ${why}`,
    remedy: 'name a tag (v1.2.3), a digest (sha256:…) or a whole image reference',
  })
}
