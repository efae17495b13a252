/**
 * Image references by the grammar of github.com/distribution/reference. Our own, because the published port of it
 * takes twice as long for each further character of a malformed name: seconds at 16, hours at 30.
 */
const component = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/
const domain =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d{1,5})?$/
const tag = /^\w[\w.-]{0,127}$/
const digest = /^sha256:[a-f0-9]{64}$/

export interface Reference {
  /** As it was written, without tag and digest: `ghcr.io/acme/web`. */
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
}

export const isTag = (text: string): boolean => tag.test(text)
export const isDigest = (text: string): boolean => digest.test(text)

/** `undefined` when the text is no reference. */
export function referenceOf(text: string): Reference | undefined {
  const [named = '', pinned, ...more] = text.split('@')
  if (more.length > 0 || (pinned !== undefined && !digest.test(pinned))) return undefined
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const tagged = colon < 0 ? undefined : named.slice(colon + 1)
  const repository = colon < 0 ? named : named.slice(0, colon)
  if ((tagged !== undefined && !tag.test(tagged)) || !isRepository(repository)) return undefined
  return { repository, ...(tagged !== undefined && { tag: tagged }), ...(pinned !== undefined && { digest: pinned }) }
}

export const isRepository = (text: string): boolean => {
  return text.length <= 255 && parts(text).path.every((part) => component.test(part))
}

/** The name that registries know: `web` is `docker.io/library/web`. Two references with equal ones are of one repository. */
export function canonicalRepository(repository: string): string {
  const { host = 'docker.io', path } = parts(repository)
  const known = host === 'index.docker.io' ? 'docker.io' : host
  return [known, ...(known === 'docker.io' && path.length === 1 ? ['library'] : []), ...path].join('/')
}

/** The first part is a host only when it can be one and looks like one; `acme/web` is a path on Docker Hub. */
function parts(repository: string): { readonly host?: string; readonly path: readonly string[] } {
  const [first = '', ...rest] = repository.split('/')
  const looksIt = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  return rest.length > 0 && looksIt && domain.test(first) ? { host: first, path: rest } : { path: [first, ...rest] }
}
