import { canonicalRepository, isDigest, referenceOf } from '../config/image.ts'
import { DeployError } from '../core/errors.ts'
import type { KubeObject, Pod } from '../core/objects.ts'
import { second } from '../core/time.ts'
import type { Site } from './planning.ts'

/**
 * What pods of the release's namespaces run for this tag, where its registry does not say: the digests, each once. Several,
 * when the tag was moved between two of them; none, when no pod runs it or nobody may look.
 */
export async function runningDigests(
  reference: string,
  sites: readonly Site[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const pods = await Promise.all(sites.map((site) => podsOf(site, signal)))
  return [...new Set(pods.flat().flatMap((pod) => digestsIn(pod, reference)))]
}

/** All of the namespace, not only those of the workload: another may have the version already. */
const podsOf = ({ namespace, reins: { cluster } }: Site, signal: AbortSignal): Promise<readonly Pod[]> =>
  cluster
    .list({ kind: 'Pod', namespace, fieldSelector: 'status.phase=Running' }, { signal, timeout: 3 * second })
    .then((pods) => pods as readonly KubeObject[] as readonly Pod[])
    .catch((error: unknown) => {
      if (error instanceof DeployError) return []
      throw error
    })

function digestsIn({ spec, status }: Pod, reference: string): string[] {
  return (status?.containerStatuses ?? []).flatMap(({ name, imageID = '', state }) => {
    const image = spec.containers.find((container) => container.name === name)?.image
    const digest = digestOf(imageID, reference)
    return state?.running && image !== undefined && isSame(image, reference) && digest !== null ? [digest] : []
  })
}

/**
 * Of `ghcr.io/acme/web@sha256:…`, also with a scheme before it. A digest alone is of the image's configuration, and that of
 * another repository need not be in ours: neither can be pulled.
 */
function digestOf(imageID: string, reference: string): string | null {
  const [named = '', digest = ''] = imageID.replace(/^[a-z-]+:\/\//, '').split('@')
  return isDigest(digest) && repositoryOf(named) === repositoryOf(reference) ? digest : null
}

const isSame = (image: string, reference: string): boolean =>
  repositoryOf(image) === repositoryOf(reference) && tagOf(image) === tagOf(reference)

const repositoryOf = (text: string): string => canonicalRepository(referenceOf(text)?.repository ?? text)

const tagOf = (text: string): string => referenceOf(text)?.tag ?? 'latest'
