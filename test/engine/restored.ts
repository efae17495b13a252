import { canonical, isObject, type Json } from '../../src/core/json.ts'
import { marks } from '../../src/core/marks.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import { all, type View } from '../../src/core/view.ts'

const judged = [
  'Deployment',
  'StatefulSet',
  'Service',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'HTTPRoute',
  'ConfigMap',
] as const

/** What the server, the controllers and clocks write; everything else was somebody's wish. */
const bookkeeping = new Set(['resourceVersion', 'generation', 'managedFields', 'deployment.kubernetes.io/revision'])

/** The record of a run, and who may drive the next one: they are there to stay. */
const isRecord = ({ kind, metadata }: KubeObject): boolean =>
  kind === 'Lease' || metadata.labels?.['deploy/run'] !== undefined

/** What a release left behind that was not there before, as `Kind/name path: before -> after`; nothing is best. */
export function leftBehind(before: View, after: View): string[] {
  return judged.flatMap((kind) => {
    const names = new Set(
      [...all(before, kind), ...all(after, kind)].filter((one) => !isRecord(one)).map(({ metadata: { name } }) => name),
    )
    return [...names].flatMap((name) => {
      const of = (view: View) => all(view, kind).find(({ metadata }) => metadata.name === name)
      return differences(bare(of(before)), bare(of(after)), `${kind}/${name}`)
    })
  })
}

/** Owners of fields that still name the tool, in the order of their names. */
export const stillOurs = (view: View): string[] =>
  [...view.objects.values()]
    .filter((object) => !isRecord(object))
    .filter(({ metadata }) => metadata.managedFields?.some(({ manager }) => manager === 'deploy'))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    .sort()

/** Objects that carry a token; on ReplicaSets also copies of their Deployment's, which fence nothing. */
export const tokensIn = (view: View): string[] =>
  [...view.objects.values()]
    .flatMap(({ kind, metadata: { name, annotations = {} } }) => [
      ...(annotations[marks.setToken] === undefined ? [] : [`${kind}/${name}`]),
      ...(annotations[marks.token] === undefined ? [] : [`${kind}/${name}${kind === 'ReplicaSet' ? ' (a copy)' : ''}`]),
    ])
    .sort()

function bare(object: unknown): unknown {
  if (!isObject(object)) return object
  const { status: _, ...rest } = object
  return without(rest)
}

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without)
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([key]) => !bookkeeping.has(key))
  const entries = kept.map(([key, part]): [string, unknown] => [key, without(part)])
  // The server keeps an empty map of annotations where the last one went.
  return Object.fromEntries(entries.filter(([key, part]) => !(key === 'annotations' && canonical(part) === '{}')))
}

function differences(a: unknown, b: unknown, path: string): string[] {
  if (canonical(a) === canonical(b)) return []
  if (isObject(a) && isObject(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
    return keys.flatMap((key) => differences(a[key], b[key], `${path} ${key}`))
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return a.flatMap((item, index) => differences(item, b[index], `${path} ${index}`))
  return [`${path}: ${text(a as Json)} -> ${text(b as Json)}`]
}

const text = (value: Json | undefined): string => (value === undefined ? 'nothing' : canonical(value))
