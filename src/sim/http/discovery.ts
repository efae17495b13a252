import type { JsonObject } from '../../core/json.ts'
import { accepted, type Asked, type Reply } from './asked.ts'
import { type KindFacts, kindFacts, reviews, verbs } from './kind-facts.ts'

const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** `/api`, `/apis` and what is below them as long as it names no kind; `null`: something else was asked. */
export function discovered(asked: Asked): Reply | null {
  const [root, ...rest] = asked.path
  const isCore = root === 'api'
  if (!isCore && root !== 'apis') return null
  if (rest.length === 0) {
    if (accepted(asked).includes(aggregatedType)) return { json: aggregated(isCore), type: aggregatedType }
    return { json: isCore ? coreVersions : groupList }
  }
  const [group = '', version] = isCore ? ['', rest[0]] : rest
  if (rest.length > (isCore ? 1 : 2)) return null
  const found = groups().find(([name, versions]) => name === group && (version === undefined || version in versions))
  if (!found) return null
  return { json: version === undefined ? groupOf(found) : resourceList(group, version) }
}

/** The versions of each group that is modelled. */
function groups(): [string, Readonly<Record<string, true>>][] {
  const all = new Map<string, Record<string, true>>()
  for (const { group, version } of [...kindFacts, ...reviews.map((review) => ({ ...review, version: 'v1' }))])
    all.set(group, { ...all.get(group), [version]: true })
  return [...all]
}

const coreVersions: JsonObject = { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }

const groupOf = ([name, versions]: [string, object]): JsonObject => {
  const all = Object.keys(versions).map((version) => ({ groupVersion: `${name}/${version}`, version }))
  return { kind: 'APIGroup', apiVersion: 'v1', name, versions: all, ...(all[0] && { preferredVersion: all[0] }) }
}

const groupList: JsonObject = {
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groups()
    .filter(([name]) => name !== '')
    .map(groupOf),
}

const factsOf = (group: string, version: string): KindFacts[] =>
  kindFacts.filter((facts) => facts.group === group && facts.version === version)

function resourceList(group: string, version: string): JsonObject {
  const resources = factsOf(group, version).flatMap(({ plural, singular, isNamespaced, kind, ...facts }) => [
    {
      name: plural,
      singularName: singular,
      namespaced: isNamespaced,
      kind,
      verbs,
      shortNames: facts.shortNames,
      ...(facts.isInAll && { categories: ['all'] }),
    },
    ...facts.subresources.map((sub) => ({
      name: `${plural}/${sub.name}`,
      singularName: '',
      namespaced: isNamespaced,
      group: sub.group,
      version: sub.version,
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ])
  const questions = reviews
    .filter((review) => review.group === group)
    .map(({ plural, kind }) => ({
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced: false,
      kind,
      verbs: ['create'],
    }))
  const groupVersion = group === '' ? version : `${group}/${version}`
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: [...resources, ...questions] }
}

/** Everything in one answer, as clients ask for it since 1.26. */
function aggregated(isCore: boolean): JsonObject {
  const items = groups()
    .filter(([name]) => (name === '') === isCore)
    .map(([name, versions]) => ({
      metadata: { name },
      versions: Object.keys(versions).map((version) => ({
        version,
        freshness: 'Current',
        resources: [...factsOf(name, version).map(resource), ...questions(name)],
      })),
    }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
}

const resource = ({ group, version, kind, plural, singular, isNamespaced, ...facts }: KindFacts): JsonObject => ({
  resource: plural,
  responseKind: { group, version, kind },
  scope: isNamespaced ? 'Namespaced' : 'Cluster',
  singularResource: singular,
  verbs,
  shortNames: facts.shortNames,
  ...(facts.isInAll && { categories: ['all'] }),
  subresources: facts.subresources.map((sub) => ({
    subresource: sub.name,
    responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
    verbs: sub.verbs,
  })),
})

const questions = (group: string): JsonObject[] =>
  reviews
    .filter((review) => review.group === group)
    .map(({ plural, kind }) => ({
      resource: plural,
      responseKind: { group, version: 'v1', kind },
      scope: 'Cluster',
      singularResource: kind.toLowerCase(),
      verbs: ['create'],
    }))
