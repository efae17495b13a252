import * as z from 'zod'
import { referenceOf } from './image.ts'
import { LabelName, ObjectName } from './names.ts'
import { says, shown } from '../core/shown.ts'

const imageError = ({ input }: { readonly input?: unknown }): string =>
  typeof input === 'string' && referenceOf(input)
    ? says(
        `${shown(input)} has no digest, and a tag may be another image when the pod is started again`,
        'write it like ghcr.io/acme/deploy@sha256:…',
      )
    : says(`${shown(input)} is not an image`, 'write it like ghcr.io/acme/deploy@sha256:…')

/** An image that can't become another one. */
const PinnedImage = z
  .string({ error: imageError })
  .refine((text) => referenceOf(text)?.digest !== undefined, { error: imageError })

/** `detach`: how a run is driven inside of a cluster. */
export const Detach = z.strictObject({
  image: PinnedImage.optional().meta({
    description: 'An image that has deploy on its PATH, by digest; without it --detach-image says it.',
    examples: [`ghcr.io/acme/deploy@sha256:${'41c2'.repeat(16)}`],
  }),
  serviceAccount: LabelName('the name of a service account')
    .prefault('deploy-driver')
    .meta({
      description: 'Service account of the pod; deploy doctor --rbac prints what it has to be allowed.',
      examples: ['deploy-driver'],
    }),
  namespace: LabelName('a namespace')
    .optional()
    .meta({
      description: "Namespace of the Job; without it the one of the run's first unit by name.",
      examples: ['deploy'],
    }),
  kubeconfigs: ObjectName('the name of a secret')
    .optional()
    .meta({
      description:
        'Secret in that namespace with a kubeconfig for each cluster but the one that the Job runs in; keys are the names of the clusters here.',
      examples: ['deploy-kubeconfigs'],
    }),
  env: ObjectName('the name of a secret')
    .optional()
    .meta({
      description:
        'Secret in that namespace whose keys become variables of the pod: for env: in metrics, and for hooks.',
      examples: ['deploy-env'],
    }),
})
