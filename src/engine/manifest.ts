import { parseAllDocuments } from 'yaml'
import { DeployError } from '../core/errors.ts'
import { isObject, type Json } from '../core/json.ts'
import { type Ref, refName } from '../core/kinds.ts'
import type { Deployment, PodTemplate } from '../core/objects.ts'
import type { Cluster } from '../ports.ts'

/** The pod template of the workload in a file of rendered manifests. */
export function templateIn(text: string, path: string, workload: Ref): PodTemplate {
  const documents = parseAllDocuments(text)
  const broken = ('empty' in documents ? [] : documents).flatMap((document) => document.errors)[0]
  if (broken)
    throw unusable(
      path,
      broken.message.split('\n')[0] ?? 'it is no YAML',
      'render it again; this tool reads plain YAML, no templates',
    )
  const objects = ('empty' in documents ? [] : documents)
    .map((document) => document.toJS() as unknown)
    .flatMap((object) =>
      isObject(object) && Array.isArray(object['items']) ? (object['items'] as unknown[]) : [object],
    )
  const found = objects.filter(
    (object) =>
      isObject(object) &&
      object['kind'] === workload.kind &&
      isObject(object['metadata']) &&
      object['metadata']['name'] === workload.name,
  )
  const [manifest] = found as unknown as Deployment[]
  const there = objects.flatMap((object) =>
    isObject(object) && isObject(object['metadata'])
      ? [`${textOf(object['kind'])}/${textOf(object['metadata']['name'])}`]
      : [],
  )
  if (!manifest)
    throw unusable(
      path,
      `it has no ${refName(workload)}; it has ${there.join(', ') || 'nothing'}`,
      'correct manifests or workload in deploy.yaml',
    )
  if (found.length > 1) throw unusable(path, `it has ${refName(workload)} ${found.length} times`, 'leave one')
  if (!isObject(manifest.spec?.template) || !Array.isArray(manifest.spec.template.spec?.containers))
    throw unusable(path, `its ${refName(workload)} has no spec.template.spec.containers`, 'render it again')
  return manifest.spec.template
}

/** The same template with the server's defaults, so that what is planned is what will be read back. */
export async function completed(
  cluster: Cluster,
  workload: Ref,
  template: PodTemplate,
  signal: AbortSignal,
): Promise<PodTemplate> {
  const write = {
    verb: 'patch',
    object: workload,
    ops: [{ op: 'replace', path: '/spec/template', value: template as unknown as Json }],
  } as const
  const object = await cluster.write(write, { signal, dryRun: true })
  return (object as Deployment).spec.template
}

const unusable = (path: string, why: string, remedy: string): DeployError =>
  new DeployError({ code: 'manifest-unusable', what: `${path} can't be used: ${why}`, remedy })

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '?')
