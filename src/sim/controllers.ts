import type { Millis } from '../core/time.ts'
import type { Random } from './random.ts'
import type { Change, Store } from './store.ts'
import type { Timeline } from './timeline.ts'
import { type Edit, type Key, keyOfObject, type Rule, stamped } from './world.ts'

export interface ControllersOptions {
  readonly store: Store
  readonly rules: readonly Rule[]
  readonly timeline: Timeline
  readonly random: Random
}

/** What is due later than this is never: the brake asks for 68 years. */
const horizon: Millis = 30 * 24 * 3_600_000

/** Asks each rule about what changed, after its delay; what it is asked twice about in that time, it is asked once. */
export function runControllers({ store, rules, timeline, random }: ControllersOptions): void {
  for (const rule of rules) {
    const due = new Map<Key, { readonly at: Millis; readonly cancel: () => void }>()

    const ask = (key: Key, at: Millis): void => {
      const known = due.get(key)
      if (known && known.at <= at) return
      known?.cancel()
      due.set(key, { at, cancel: timeline.at(at, () => turn(key)) })
    }
    const turn = (key: Key): void => {
      due.delete(key)
      const { edits, again } = rule.act(store, key, timeline.now())
      for (const edit of edits) perform(store, edit, timeline.now())
      if (again !== undefined && again - timeline.now() < horizon) ask(key, Math.max(again, timeline.now() + 1))
    }
    const hear = ({ object, before }: Change): void => {
      const keys = new Set([...rule.concerns(object, store), ...(before ? rule.concerns(before, store) : [])])
      for (const key of keys) ask(key, timeline.now() + Math.round(random.between(...rule.delay)))
    }
    store.listen(hear)
  }
}

function perform(store: Store, edit: Edit, now: Millis): void {
  switch (edit.do) {
    case 'create':
      store.create(edit.object)
      return
    case 'put':
      if (store.get(keyOfObject(edit.object))) store.put(edit.object)
      return
    case 'delete':
      end(store, edit.key, now)
      return
    case 'drop':
      store.drop(edit.key)
      return
    default:
      edit satisfies never
  }
}

/** A pod that a node has taken on is asked to end; its node takes it away. */
export function end(store: Store, key: Key, now: Millis): void {
  const object = store.get(key)
  if (!object) return
  const isOnNode = object.kind === 'Pod' && (object['spec'] as { nodeName?: string }).nodeName !== undefined
  if (!isOnNode) store.drop(key)
  else if (!object.metadata.deletionTimestamp) {
    const { terminationGracePeriodSeconds: grace = 30 } = object['spec'] as { terminationGracePeriodSeconds?: number }
    const metadata = { ...object.metadata, deletionTimestamp: stamped(now + grace * 1000) }
    store.put({ ...object, metadata: { ...metadata, deletionGracePeriodSeconds: grace } as typeof metadata })
  }
}
