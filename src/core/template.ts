import { DeployError } from './errors.ts'
import type { Json } from './json.ts'
import { marks } from './marks.ts'
import type { Container, PodTemplate } from './objects.ts'
import { placeholders } from './plan.ts'

/** `ghcr.io/acme/web` of `ghcr.io/acme/web:v1@sha256:…`; Docker Hub's short names as themselves. */
const repositoryOf = (image: string): string => {
  const [name = ''] = image.split('@')
  const colon = name.lastIndexOf(':')
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name
}

/** What a person calls the version of an image: its tag, else the start of its digest. */
export function versionOf(image: string): string {
  const [name = '', digest] = image.split('@')
  const colon = name.lastIndexOf(':')
  if (colon > name.lastIndexOf('/')) return name.slice(colon + 1)
  return digest ? digest.slice(0, 19) : 'latest'
}

const withImage = (containers: readonly Container[], repository: string, image: string): Container[] =>
  containers.map((container) => (repositoryOf(container.image) === repository ? { ...container, image } : container))

/**
 * The template of the release: `base` with the image in every container whose repository is the service's, and the
 * label by which the new pods are known while planning and which makes every run a ReplicaSet of its own.
 */
export function releaseTemplate(base: PodTemplate, repository: string, image: string): PodTemplate {
  const { containers, initContainers } = base.spec
  const names = [...containers, ...(initContainers ?? [])]
  if (!names.some((container) => repositoryOf(container.image) === repository)) throw noContainer(names, repository)
  return {
    ...base,
    metadata: { ...base.metadata, labels: { ...base.metadata?.labels, [marks.release]: placeholders.run } },
    spec: {
      ...base.spec,
      containers: withImage(containers, repository, image),
      ...(initContainers && { initContainers: withImage(initContainers, repository, image) }),
    },
  }
}

/** The template without the label of the release that made it: equal means that there is nothing to release. */
export function unlabelled(template: PodTemplate): Json {
  const { [marks.release]: _, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } } as unknown as Json
}

/** The image that the service's containers have now. */
export const imageIn = (template: PodTemplate, repository: string): string | undefined =>
  template.spec.containers.find((container) => repositoryOf(container.image) === repository)?.image

const noContainer = (containers: readonly Container[], repository: string): DeployError =>
  new DeployError({
    code: 'container-missing',
    what: `no container has an image of ${repository}: ${containers.map(({ name, image }) => `${name} has ${image}`).join(', ')}`,
    why: 'the version goes into every container whose image has the repository that services.<name>.image names',
    remedy: 'correct image in deploy.yaml to the repository of one of these',
    exit: 'refused',
  })
