import { isObject, type Json } from '../../core/json.ts'
import type { KubeObject } from '../../core/objects.ts'
import type { Call, Watching } from '../../ports.ts'
import { asObject, parsed } from './calls.ts'
import type { About, Failure } from './failure.ts'
import { pathOf, withQuery } from './paths.ts'
import type { Rest } from './rest.ts'
import { textAt } from './text.ts'

export interface Listing {
  readonly kind: 'listing'
  readonly objects: KubeObject[]
  /** The state of the cluster that this is: a watch goes on from here. */
  readonly version: string
}

/** Large enough that most lists are one page, small enough that no answer is tens of megabytes. */
const pageSize = 500

export const selectors = ({ labelSelector, fieldSelector }: Watching) => ({ labelSelector, fieldSelector })

/** All objects, page by page. When the server forgot the state that the pages are of (410), once more from the start. */
export async function listAll(rest: Rest, what: Watching, call: Call): Promise<Listing | Failure> {
  const first = await pages(rest, what, call)
  return first.kind === 'answer' && first.status === 410 ? pages(rest, what, call) : first
}

async function pages(rest: Rest, what: Watching, call: Call): Promise<Listing | Failure> {
  const about: About = { verb: 'list', object: what }
  const objects: KubeObject[] = []
  let next: Json | undefined
  for (;;) {
    const path = withQuery(pathOf(what), { ...selectors(what), limit: pageSize, continue: next as string | undefined })
    const answer = await rest.ask({ about, method: 'GET', path, repeatable: true }, call)
    if (typeof answer !== 'string') return answer
    const list = parsed(rest, { about }, answer)
    for (const item of Array.isArray(list['items']) ? list['items'] : []) objects.push(asObject(what.kind, item))
    const meta = isObject(list['metadata']) ? list['metadata'] : {}
    next = meta['continue']
    if (!next) return { kind: 'listing', objects, version: textAt(meta['resourceVersion']) }
  }
}
