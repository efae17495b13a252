import type { JsonObject } from '../../core/json.ts'
import { kinds } from '../../core/kinds.ts'
import type { KubeObject } from '../../core/objects.ts'
import { Refused } from '../api/refused.ts'
import { selects } from '../api/selectors.ts'
import { type Asked, queried, type Reply } from './asked.ts'
import { asJson, tableFor } from './shapes.ts'
import type { Target } from './target.ts'
import type { Served } from './world.ts'

/** What is left of lists that are read page by page, each of the moment in which its first page was asked for. */
export interface Snapshots {
  keep(rest: Listing): string
  /** Throws 410 for what is not known (any more). */
  take(token: string): Listing
}

interface Listing {
  readonly objects: readonly KubeObject[]
  readonly version: string
}

const mostSnapshots = 100

export function newSnapshots(): Snapshots {
  const kept = new Map<string, Listing>()
  let next = 0
  return {
    keep: (rest) => {
      next += 1
      kept.set(`${next}`, rest)
      const [oldest] = kept.keys()
      if (kept.size > mostSnapshots && oldest !== undefined) kept.delete(oldest)
      return Buffer.from(`page ${next}`).toString('base64url')
    },
    take: (token) => {
      const id = Buffer.from(token, 'base64url').toString().replace('page ', '')
      const listing = kept.get(id)
      if (!listing)
        throw new Refused(
          410,
          'Expired',
          'The provided continue parameter is too old to display a consistent list result.',
        )
      return listing
    },
  }
}

/** Objects of a kind in the order of their keys, as they are now. */
export function objectsOf({ cluster }: Served, asked: Asked, { kind, namespace }: Target): KubeObject[] {
  const selectors = selectorsIn(asked)
  const place = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`
  return cluster.inside.store
    .all(kind, namespace ?? undefined)
    .filter((object) => selects({ kind, namespace: object.metadata.namespace ?? '', ...selectors }, object))
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
}

export const selectorsIn = (asked: Asked): { labelSelector?: string; fieldSelector?: string } => {
  const [labelSelector, fieldSelector] = [queried(asked, 'labelSelector'), queried(asked, 'fieldSelector')]
  return {
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  }
}

export function listed(served: Served, asked: Asked, target: Target): Reply {
  const { store, timeline } = served.cluster.inside
  const token = queried(asked, 'continue')
  const listing = token
    ? served.snapshots.take(token)
    : { objects: objectsOf(served, asked, target), version: store.version() }
  const limit = Number(queried(asked, 'limit') ?? 0) || Number.POSITIVE_INFINITY
  const page = listing.objects.slice(0, limit)
  const rest = listing.objects.slice(limit)
  const metadata = {
    resourceVersion: listing.version,
    ...(rest.length > 0 && {
      continue: served.snapshots.keep({ ...listing, objects: rest }),
      remainingItemCount: rest.length,
    }),
  }
  const asTable = tableFor(asked)
  if (asTable) return { json: asTable({ kind: target.kind, objects: page, now: timeline.now(), metadata }) }
  return { json: plainList(target, page, metadata) }
}

/** Items of a list don't say again what they are, unless they are served from a CustomResourceDefinition. */
function plainList({ kind }: Target, objects: readonly KubeObject[], metadata: JsonObject): JsonObject {
  const { apiVersion } = kinds[kind]
  const isCustom = apiVersion.startsWith('gateway.')
  const items = objects.map((object) => {
    const { apiVersion: _, kind: __, ...rest } = asJson(object)
    return isCustom ? asJson(object) : rest
  })
  return { kind: `${kind}List`, apiVersion, metadata, items }
}
