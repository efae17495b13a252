import * as z from 'zod'
import { Detach } from './detach.ts'
import { Environment } from './environment.ts'
import { later } from './later.ts'
import { LabelName, WordName } from './names.ts'
import { hint } from './nearest.ts'
import { Service } from './service.ts'
import { type StrategySchema, strategiesSection } from './strategies.ts'
import { says, shown } from '../core/shown.ts'

const atLeastOne =
  (noun: string, example: string) =>
  (entries: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void => {
    if (Object.keys(entries).length > 0) return
    context.addIssue({ code: 'custom', message: says(`there is no ${noun}`, `add one: ${example}`) })
  }

/** All of deploy.yaml. `reserved` are names that a strategy variant cannot have because the command line uses them. */
export const fileSchema = (strategies: readonly StrategySchema[], reserved: readonly string[] = []) =>
  sections(strategies, reserved).superRefine(knownClusters)

const sections = (strategies: readonly StrategySchema[], reserved: readonly string[]) =>
  z.strictObject({
    version: z
      .literal(1, {
        error: ({ input }) =>
          input === undefined
            ? says('missing', 'add version: 1')
            : says(`${shown(input)} is not a version of this file's format that this tool knows`, 'write version: 1'),
      })
      .meta({ description: "Version of this file's format.", examples: [1] }),
    services: z
      .record(LabelName('the name of a service'), Service)
      .superRefine(atLeastOne('service', 'services: { web: { image: ghcr.io/acme/web } }'))
      .meta({ description: 'What can be released, by name.', examples: [{ web: { image: 'ghcr.io/acme/web' } }] }),
    strategies: strategiesSection(strategies, reserved)
      .optional()
      .meta({
        description:
          'How releases go: other defaults for the built-in strategies, and variants with names of their own.',
        examples: [{ [strategies[0]?.name ?? '']: {} }],
      }),
    environments: z
      .record(WordName('the name of an environment'), Environment)
      .superRefine(atLeastOne('environment', 'environments: { staging: { clusters: [{ context: staging }] } }'))
      .meta({
        description: 'Where releases go, by name. With one, it need not be named on the command line.',
        examples: [{ staging: { clusters: [{ context: 'staging' }] } }],
      }),
    detach: Detach.optional().meta({
      description: 'How --detach drives a run: as a Job in the cluster.',
      examples: [{ image: `ghcr.io/acme/deploy@sha256:${'41c2'.repeat(16)}` }],
    }),
    databases: later('databases', 'databases whose changes belong to a release.'),
    dns: later('dns', 'DNS records that move with a release.'),
    notify: later('notify', 'who is told.', 'tell them with hooks'),
    pipelines: later('pipelines', 'waves over services and regions.', 'list the clusters in one environment'),
    approvers: later('approvers', 'whose signatures count as an approval.', 'use protected: true'),
    validate: later('validate', 'checks before and after a release.', 'run them as hooks'),
  })

/** What differs by cluster names clusters that there are. */
function knownClusters(
  { services, environments }: z.output<ReturnType<typeof sections>>,
  context: z.RefinementCtx,
): void {
  const known = Object.values(environments).flatMap(({ clusters }) => clusters.map(({ name }) => name))
  for (const [service, { metrics }] of Object.entries(services))
    for (const name of Object.keys((metrics && 'clusters' in metrics && metrics.clusters) || {})) {
      if (known.includes(name)) continue
      const path = ['services', service, 'metrics', 'clusters', name]
      context.addIssue({
        code: 'custom',
        path,
        message: says(`there is no cluster ${shown(name)}`, hint(name, known)),
      })
    }
}

/** deploy.yaml as it was understood: durations in milliseconds, percentages as numbers, defaults filled in. */
export type Config = z.output<ReturnType<typeof fileSchema>>
