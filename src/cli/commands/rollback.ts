import { DeployError, type ExitCode } from '../../core/errors.ts'
import type { PodTemplate, ReplicaSet } from '../../core/objects.ts'
import { imageIn, unlabelled, versionOf } from '../../core/template.ts'
import { same } from '../../core/json.ts'
import { find, replicaSetsOf, type View } from '../../core/view.ts'
import type { Site } from '../../engine/planning.ts'
import { begin } from '../begun.ts'
import type { CommandContext } from '../context.ts'
import { type ReleaseOptions, waits } from '../options.ts'
import { planAndRun } from '../plan-and-run.ts'
import { refuseWithoutReason } from '../reason.ts'
import { requestOf } from '../request.ts'
import { openSites } from '../sites.ts'

export interface RollbackOptions extends ReleaseOptions {
  readonly strategy: string
}

/** `deploy rollback`: a release like any other, to the version that served before. */
export async function rollback(options: RollbackOptions, context: CommandContext): Promise<ExitCode> {
  refuseWithoutReason(options)
  if (!waits(options)) return once(options, context)
  const { process, strategies } = context
  const { waiting } = await import('../wait.ts')
  const { request } = requestOf({ strategies, process, strategy: options.strategy, version: 'previous', options })
  return waiting(options, { clusters: () => request.clusters, attempt: () => once(options, context) }, context)
}

async function once(options: RollbackOptions, context: CommandContext): Promise<ExitCode> {
  const { process, strategies } = context
  const asked = requestOf({ strategies, process, strategy: options.strategy, version: 'previous', options })
  const { image, workload } = asked.request
  if (workload.kind !== 'Deployment') {
    throw new DeployError({
      code: 'rollback-kind',
      what: `rollback knows the earlier versions of Deployments only; ${workload.name} is a ${workload.kind}`,
      remedy: 'release the earlier version by name: deploy rolling <version>',
    })
  }
  const before = await previousImages(asked.request, context)
  const [first, ...others] = [...new Set(before.values())]
  if (first === undefined || others.length > 0) {
    const said = [...before].map(([cluster, reference]) => `${cluster} had ${versionOf(reference)}`).join(', ')
    throw new DeployError({
      code: 'rollback-unclear',
      what: `the clusters did not have the same version before: ${said}`,
      remedy: 'name the version: deploy rolling <version>, or one cluster: --cluster',
      exit: 'refused',
    })
  }
  const version = versionOf(first)
  const request = { ...asked.request, version, image: { ...image, ...imageParts(first), reference: first } }
  const again = { ...asked, request }
  using begun = begin(again, context)
  return await planAndRun({ asked: again, begun, options, command: 'deploy rollback' }, context)
}

async function previousImages(
  request: Parameters<typeof openSites>[0] & { image: { repository: string } },
  context: CommandContext,
): Promise<Map<string, string>> {
  await using opened = await openSites(request, context)
  return new Map(
    opened.sites.map((site) => [site.name, previousIn(site, request.workload.name, request.image.repository)] as const),
  )
}

function previousIn({ name, namespace, reins }: Site, workload: string, repository: string): string {
  const view = reins.watched.view()
  const template = previousTemplate(view, workload)
  const image = template && imageIn(template, repository)
  if (image !== undefined) return image
  throw new DeployError({
    code: 'rollback-nothing',
    what: `deployment ${workload} in ${name} has no earlier version: no other ReplicaSet of it was kept`,
    why: 'it was released only once, or revisionHistoryLimit removed what came before',
    remedy: `kubectl -n ${namespace} rollout history deployment/${workload}, or name the version: deploy rolling <version>`,
    exit: 'refused',
  })
}

const revision = (set: ReplicaSet): number =>
  Number(set.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)

/** The newest revision whose template is another than the live one. Versions that were taken back leave none. */
function previousTemplate(view: View, workload: string): PodTemplate | undefined {
  const deployment = find(view, 'Deployment', workload)
  if (!deployment) return undefined
  const sets = replicaSetsOf(view, deployment).sort((a, b) => revision(b) - revision(a))
  return sets
    .map(({ spec }) => withoutHash(spec.template))
    .find((template) => !same(unlabelled(template), unlabelled(deployment.spec.template)))
}

/** A ReplicaSet's template is the Deployment's, with the hash as one more label. */
function withoutHash(template: PodTemplate): PodTemplate {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {}
  return { ...template, metadata: { ...template.metadata, labels } }
}

function imageParts(reference: string): { tag?: string; digest?: string } {
  const [name = '', digest] = reference.split('@')
  const colon = name.lastIndexOf(':')
  return {
    ...(colon > name.lastIndexOf('/') && { tag: name.slice(colon + 1) }),
    ...(digest !== undefined && { digest }),
  }
}
