import type { Change, Store } from '../store.ts'

/** The last changes, so that a watch can go on from a version that its client has seen. */
export interface History {
  /** Everything after this version, oldest first; `null`: it is not known any more. */
  since(version: number): readonly Change[] | null
}

const most = 20_000

export function keepHistory(store: Store): History {
  let changes: Change[] = []
  let forgotten = Number(store.version())
  store.listen((change) => {
    changes.push(change)
    if (changes.length <= most) return
    forgotten = versionOf(changes[most / 2 - 1])
    changes = changes.slice(most / 2)
  })
  return {
    since: (version) => (version < forgotten ? null : changes.filter((change) => versionOf(change) > version)),
  }
}

const versionOf = (change: Change | undefined): number => Number(change?.object.metadata.resourceVersion ?? 0)
