import { isObject, type JsonObject } from '../json.ts'
import type { KubeObject, ManagedFields } from '../objects.ts'

/** A field that a release writes: how people call it, where a diff has to ignore it, how managedFields name it. */
interface Field {
  readonly called: string
  readonly pointer: string
  /** `*` stands for every list element or key at that place. */
  readonly path: readonly string[]
}

const field = (called: string, pointer: string, ...path: readonly string[]): Field => ({ called, pointer, path })

const template = ['f:spec', 'f:template'] as const
const image = field('image', '/spec/template', ...template, 'f:spec', 'f:containers', '*', 'f:image')
const templateLabels = field('template labels', '/spec/template', ...template, 'f:metadata', 'f:labels')

const fields: Readonly<Record<string, readonly Field[]>> = {
  Deployment: [
    image,
    templateLabels,
    field('strategy', '/spec/strategy', 'f:spec', 'f:strategy'),
    field('minReadySeconds', '/spec/minReadySeconds', 'f:spec', 'f:minReadySeconds'),
    field('progressDeadlineSeconds', '/spec/progressDeadlineSeconds', 'f:spec', 'f:progressDeadlineSeconds'),
    field('paused', '/spec/paused', 'f:spec', 'f:paused'),
  ],
  StatefulSet: [image, templateLabels, field('updateStrategy', '/spec/updateStrategy', 'f:spec', 'f:updateStrategy')],
  Service: [field('selector', '/spec/selector', 'f:spec', 'f:selector')],
  PodDisruptionBudget: [field('selector', '/spec/selector', 'f:spec', 'f:selector')],
  HorizontalPodAutoscaler: [field('behavior', '/spec/behavior', 'f:spec', 'f:behavior')],
  HTTPRoute: [field('rules', '/spec/rules', 'f:spec', 'f:rules')],
  GRPCRoute: [field('rules', '/spec/rules', 'f:spec', 'f:rules')],
}

/** JSON Pointers below which a diff has to look away while a release runs. */
export const pointersOf = ({ kind }: KubeObject): string[] => [
  ...new Set((fields[kind] ?? []).map(({ pointer }) => pointer)),
]

/** Of the fields that a release writes those that a manager has, by the server's own book-keeping. */
export function fieldsHeld(object: KubeObject, by: (entry: ManagedFields) => boolean): string[] {
  const entries = (object.metadata.managedFields ?? []).filter((entry) => by(entry) && !entry.subresource)
  return (fields[object.kind] ?? [])
    .filter(({ path }) => entries.some(({ fieldsV1 }) => fieldsV1 && holds(fieldsV1, path)))
    .map(({ called }) => called)
}

function holds(tree: JsonObject, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true
  const below = key === '*' ? Object.values(tree) : [tree[key]]
  return below.some((part) => isObject(part) && holds(part, rest))
}
