import { isObject, type Json } from '../../../core/json.ts'
import type { KubeObject } from '../../../core/objects.ts'
import type { Millis } from '../../../core/time.ts'
import { since } from './ago.ts'

/** One column of `kubectl get`. */
export interface Column {
  readonly name: string
  readonly type: 'string' | 'integer'
  /** Only with `-o wide`. */
  readonly isWide?: true
  readonly cell: (object: KubeObject, now: Millis) => string | number
}

/** Anything of an object that is read for people; what is absent is an empty object. */
export type Loose = { readonly [key: string]: Json }
export const loose = (value: unknown): Loose => (isObject(value) ? value : {})
export const looseList = (value: unknown): readonly Loose[] => (Array.isArray(value) ? value.filter(isObject) : [])
export const spec = (object: KubeObject): Loose => loose(object['spec'])
export const status = (object: KubeObject): Loose => loose(object['status'])

export const text = (value: Json | undefined, otherwise = '<none>'): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise
export const count = (value: Json | undefined): number => (typeof value === 'number' ? value : 0)

export const column = (name: string, cell: Column['cell']): Column => ({ name, type: 'string', cell })
export const counting = (name: string, cell: (object: KubeObject, now: Millis) => number): Column => ({
  name,
  type: 'integer',
  cell,
})
export const wide = (each: Column): Column => ({ ...each, isWide: true })

export const name: Column = column('Name', ({ metadata }) => metadata.name)
export const age: Column = column('Age', ({ metadata }, now) => since(metadata.creationTimestamp, now))

/** `{a: b}` as `a=b`. */
export const labels = (value: unknown): string =>
  Object.entries(loose(value))
    .map(([key, one]) => `${key}=${text(one)}`)
    .join(',') || '<none>'

const containersOf = (template: Loose): readonly Loose[] => looseList(loose(template['spec'])['containers'])
export const ofContainers = (title: string, field: 'name' | 'image', template: (object: KubeObject) => Loose): Column =>
  wide(
    column(title, (object) =>
      containersOf(template(object))
        .map((container) => text(container[field]))
        .join(','),
    ),
  )
