import type { Ref } from '../kinds.ts'
import type { Service } from '../objects.ts'
import { all, matches, type View } from '../view.ts'

type Labels = Readonly<Record<string, string>>

/** The Services that a release pins while two versions run: all that select its pods, but those left out by name. */
export const pinsOf = (view: View, labels: Labels, excluded: readonly string[]): Ref[] =>
  servicesOf(view, labels)
    .filter(({ metadata: { name } }) => !excluded.includes(name))
    .map(({ metadata: { name } }) => ({ kind: 'Service', namespace: view.namespace, name }))

/** Every Service of the namespace that selects pods with these labels, by name. */
export const servicesOf = (view: View, labels: Labels): Service[] =>
  all(view, 'Service')
    .filter((service) => selects(service, labels))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))

/** A Service without a selector has its endpoints from somebody else; one of type ExternalName has none. */
export function selects({ spec: { type, selector = {} } }: Service, labels: Labels): boolean {
  if (type === 'ExternalName' || Object.keys(selector).length === 0) return false
  return matches({ matchLabels: selector }, labels)
}
