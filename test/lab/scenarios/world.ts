import type { KubeObject } from '../cluster.ts'
import { differences } from '../differences.ts'
import type { LabNamespace } from '../namespace.ts'

/** Every object of a namespace that a release may touch, by `Kind/name`. */
export type World = ReadonlyMap<string, Thing>

type Thing = KubeObject & {
  readonly metadata: KubeObject['metadata'] & {
    readonly managedFields?: readonly { readonly manager: string }[]
  }
  readonly spec?: { readonly template?: { readonly metadata?: Marked } }
}
type Marked = { readonly annotations?: object; readonly labels?: object }

const kinds =
  'deployments,statefulsets,replicasets,services,configmaps,poddisruptionbudgets,horizontalpodautoscalers,httproutes'

export async function worldOf(namespace: LabNamespace): Promise<World> {
  const { items } = await namespace.get<{ items: Thing[] }>(kinds)
  return new Map(items.filter((item) => !isKept(item)).map((item) => [`${item.kind}/${item.metadata.name}`, item]))
}

/** The journal and the plan of a run: they stay when it is over. */
const isKept = ({ kind, metadata: { name } }: Thing): boolean => kind === 'ConfigMap' && name.startsWith('deploy-run-')

/**
 * What a release has left behind, in words: objects that came or went, fields that are not as before, marks and field
 * ownership of ours. The image, the label of the release in the template, and ReplicaSets themselves may stay.
 */
export function traces(before: World, after: World): string[] {
  const lasting = (world: World): string[] => [...world.keys()].filter((key) => !key.startsWith('ReplicaSet/'))
  const came = lasting(after).filter((key) => !before.has(key))
  const gone = lasting(before).filter((key) => !after.has(key))
  const changed = lasting(after).flatMap((key) => {
    const was = before.get(key)
    return was
      ? differences(was, after.get(key) ?? {}).map((one) => `${key} ${one.path}: ${one.before} → ${one.after}`)
      : []
  })
  return [
    ...came.map((key) => `${key} is new`),
    ...gone.map((key) => `${key} is gone`),
    ...changed,
    ...[...after].flatMap(([key, thing]) => ours(thing).map((mark) => `${key} has ${mark}`)),
  ]
}

function ours({ metadata, spec }: Thing): string[] {
  const template = spec?.template?.metadata ?? {}
  const annotations = [...keysOf(metadata.annotations), ...keysOf(template.annotations)]
  const labels = [...keysOf(metadata.labels), ...keysOf(template.labels)].filter((key) => key !== 'deploy/release')
  const managers = (metadata.managedFields ?? []).map(({ manager }) => manager)
  return [
    ...annotations.concat(labels).filter((key) => key.startsWith('deploy/')),
    ...managers.filter((manager) => manager === 'deploy').map(() => 'fields of manager deploy'),
  ]
}

const keysOf = (fields: object = {}): string[] => Object.keys(fields)

/** What went back to a version must be that version, to the letter: also image and labels. */
export function specOf(world: World, key: string): unknown {
  return world.get(key)?.spec
}
