import * as z from 'zod'
import { later } from './later.ts'
import { LabelName, Line, WordName } from './names.ts'
import { says, shown } from '../core/shown.ts'

const Eks = z.strictObject({
  cluster: Line('the name of an EKS cluster').meta({ description: 'Name of the EKS cluster.', examples: ['prod'] }),
  region: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, {
      error: ({ input }) => says(`${shown(input)} is not an AWS region`, 'write it like eu-west-1'),
    })
    .meta({ description: 'Its AWS region.', examples: ['eu-west-1'] }),
  role: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, {
      error: ({ input }) =>
        says(`${shown(input)} is not the ARN of a role`, 'write it like arn:aws:iam::123456789012:role/deploy'),
    })
    .optional()
    .meta({ description: 'ARN of a role to take on first.', examples: ['arn:aws:iam::123456789012:role/deploy'] }),
})

const namespace = (description: string) =>
  LabelName('a namespace')
    .optional()
    .meta({ description, examples: ['web'] })

const Cluster = z
  .strictObject({
    name: WordName('the name of a cluster')
      .optional()
      .meta({
        description: 'What to call it here; without it the context or the EKS cluster.',
        examples: ['us-east-1'],
      }),
    context: Line('a kubeconfig context')
      .optional()
      .meta({ description: 'The kubeconfig context to use.', examples: ['prod-use1'] }),
    kubeconfig: Line('a path')
      .optional()
      .meta({
        description: 'Kubeconfig file, relative to this file; without it $KUBECONFIG or ~/.kube/config.',
        examples: ['~/.kube/prod'],
      }),
    namespace: namespace(
      'Namespace of the services in this cluster; without it the one of the environment, then of the context.',
    ),
    inCluster: z
      .literal(true, {
        error: ({ input }) => says(`${shown(input)} is not true`, 'write inCluster: true, or leave it out'),
      })
      .optional()
      .meta({
        description:
          'The cluster in which deploy itself runs, in a pod: reached with the service account of that pod, without a kubeconfig.',
        examples: [true],
      }),
    eks: Eks.optional().meta({
      description: 'An EKS cluster that needs no kubeconfig: tokens are made in the process.',
      examples: [{ cluster: 'prod', region: 'eu-west-1' }],
    }),
  })
  .superRefine(({ name, context, eks, inCluster, kubeconfig }, refinement) => {
    const ways = [context, eks, inCluster].filter((way) => way !== undefined)
    const message =
      ways.length !== 1
        ? says(
            'a cluster is reached by one of context, eks and inCluster',
            'write { context: staging }, { eks: { cluster: prod, region: eu-west-1 } } or { name: prod, inCluster: true }',
          )
        : context === undefined && kubeconfig !== undefined
          ? says(
              `kubeconfig belongs to context, this cluster has ${eks ? 'eks' : 'inCluster'}`,
              `remove kubeconfig, or name a context instead of ${eks ? 'eks' : 'inCluster'}`,
            )
          : inCluster && name === undefined
            ? says('this cluster has no name', 'add a name: { name: prod, inCluster: true }')
            : undefined
    if (message) refinement.addIssue({ code: 'custom', message })
  })
  .transform((cluster) => ({ ...cluster, name: cluster.name ?? cluster.context ?? cluster.eks?.cluster ?? '' }))

export type ClusterEntry = z.output<typeof Cluster>

/** One entry of `environments`. */
export const Environment = z.strictObject({
  protected: z
    .boolean()
    .prefault(false)
    .meta({
      description: 'Nothing runs here before a human approved the plan, by typing the service or by its hash.',
      examples: [true],
    }),
  namespace: namespace('Namespace of the services in all clusters that name none.'),
  clusters: z
    .array(Cluster, {
      error: ({ input }) => says(`${shown(input)} is not a list of clusters`, 'write [{ context: staging }]'),
    })
    .min(1, { error: () => says('there is no cluster', 'write at least one: [{ context: staging }]') })
    .superRefine((clusters, context) => {
      for (const [index, { name }] of clusters.entries()) {
        if (clusters.findIndex((other) => other.name === name) === index) continue
        const message = says(`two clusters are called ${shown(name)}`, 'give each a name of its own')
        context.addIssue({ code: 'custom', path: [index], message })
      }
    })
    .meta({
      description: 'Where the services run; a release goes through them in this order.',
      examples: [[{ context: 'staging' }]],
    }),
  freeze: later('freeze', 'times in which no release may start.'),
  approvers: later('approvers', 'whose signatures count as an approval.', 'use protected: true'),
})

export type EnvironmentEntry = z.output<typeof Environment>
