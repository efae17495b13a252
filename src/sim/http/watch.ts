import type { JsonObject } from '../../core/json.ts'
import { kinds } from '../../core/kinds.ts'
import type { KubeObject } from '../../core/objects.ts'
import { Refused } from '../api/refused.ts'
import { selects } from '../api/selectors.ts'
import type { Change } from '../store.ts'
import { type Asked, isTrue, queried, type Reply, type Wire } from './asked.ts'
import { objectsOf, selectorsIn } from './list.ts'
import { asJson, tableFor } from './shapes.ts'
import type { Target } from './target.ts'
import type { Served } from './world.ts'

/** Of real time, whatever the pace of the world: clients take a longer silence for a broken connection. */
const bookmarkEvery = 30_000
const longest = 1_800_000

type Type = 'ADDED' | 'MODIFIED' | 'DELETED'

/** Every change from a version on, as lines, until the client's `timeoutSeconds` (of real time) are over. */
export function watched(served: Served, asked: Asked, target: Target): Reply {
  const { store, faults } = served.cluster.inside
  if (faults.isSilent()) return { none: 'broken' }
  const from = queried(asked, 'resourceVersion') ?? ''
  const wantsAll = isTrue(queried(asked, 'sendInitialEvents')) || from === '' || from === '0'
  const missed = wantsAll ? [] : served.history.since(Number(from))
  if (missed === null) throw new Refused(410, 'Expired', `too old resource version: ${from} (${store.version()})`)
  const initial = wantsAll ? objectsOf(served, asked, target) : []
  return { stream: (wire) => follow({ served, asked, target, wire, missed, initial }) }
}

interface Following {
  readonly served: Served
  readonly asked: Asked
  readonly target: Target
  readonly wire: Wire
  readonly missed: readonly Change[]
  readonly initial: readonly KubeObject[]
}

function follow({ served, asked, target, wire, missed, initial }: Following): void {
  const { store, faults, timeline } = served.cluster.inside
  const say = sayer(served, asked, target, wire)
  const selectors = selectorsIn(asked)
  let last = timeline.now()

  const isOurs = (object: KubeObject | undefined): boolean =>
    object !== undefined &&
    object.kind === target.kind &&
    (target.namespace === null || (object.metadata.namespace ?? '') === target.namespace) &&
    selects({ kind: target.kind, namespace: object.metadata.namespace ?? '', ...selectors }, object)
  const hear = (change: Change): void => {
    const is = change.type !== 'DELETED' && isOurs(change.object)
    const was = isOurs(change.before)
    if (!is && !was) return
    const type = is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED'
    last = Math.max(last, timeline.now() + faults.staleBy())
    if (last <= timeline.now()) say.changed(type, change.object)
    else timeline.at(last, () => !wire.gone.aborted && say.changed(type, change.object))
  }

  for (const object of initial) say.changed('ADDED', object)
  const marks = isTrue(queried(asked, 'allowWatchBookmarks'))
  if (isTrue(queried(asked, 'sendInitialEvents'))) say.bookmark({ 'k8s.io/initial-events-end': 'true' })
  for (const change of missed) hear(change)

  const timeout = Number(queried(asked, 'timeoutSeconds') ?? 0) * 1000 || longest
  const ending = setTimeout(() => wire.end(), timeout)
  const marking = setInterval(() => marks && last <= timeline.now() && say.bookmark({}), bookmarkEvery)
  const stops = [store.listen(hear), faults.onSilence((isSilent) => isSilent && wire.end())]
  wire.gone.addEventListener('abort', () => {
    clearTimeout(ending)
    clearInterval(marking)
    for (const stop of stops) stop()
  })
}

function sayer({ cluster }: Served, asked: Asked, { kind }: Target, wire: Wire) {
  const { store, timeline } = cluster.inside
  const asTable = tableFor(asked)
  let isContinued = false
  const shown = (object: KubeObject): JsonObject => {
    if (!asTable) return asJson(object)
    const { resourceVersion = '' } = object.metadata
    const row = asTable({ kind, objects: [object], now: timeline.now(), metadata: { resourceVersion }, isContinued })
    isContinued = true
    return row
  }
  const line = (event: JsonObject): void => wire.write(`${JSON.stringify(event)}\n`)
  return {
    changed: (type: Type, object: KubeObject): void => line({ type, object: shown(object) }),
    bookmark: (annotations: JsonObject): void => {
      const metadata = { resourceVersion: store.version(), creationTimestamp: null, annotations }
      line({ type: 'BOOKMARK', object: { apiVersion: kinds[kind].apiVersion, kind, metadata } })
    },
  }
}
