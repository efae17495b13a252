import type { KubeObject } from '../../../../src/core/objects.ts'
import type { Asked, Open, Reply, Script } from './fake-api.ts'
import { event, list } from './objects.ts'

/** One kind on a server that lists and watches as an API server does, with faults on request. */
export interface FakeWatch {
  readonly script: Script
  /** Changes the state and tells the open watches. */
  set(object: KubeObject): void
  remove(name: string, version: number): void
  /** What is listed from now on, without an event. */
  readonly state: Map<string, KubeObject>
  version: number
  /** Answers the next lists or watches instead, one each. */
  readonly lists: Reply[]
  readonly watches: Reply[]
  /** Watches that were opened, by their query. */
  readonly opened: Asked[]
  /** Open now. */
  readonly open: Set<Open>
  send(line: unknown): void
}

export function fakeWatch(objects: readonly KubeObject[] = [], version = 100): FakeWatch {
  const fake: FakeWatch = {
    script: (asked) =>
      asked.query.get('watch') === 'true'
        ? watch(asked)
        : (fake.lists.shift() ?? { body: list([...fake.state.values()], fake.version) }),
    state: new Map(objects.map((object) => [object.metadata.name, object])),
    version,
    lists: [],
    watches: [],
    opened: [],
    open: new Set(),
    send: (line) => {
      for (const stream of fake.open) stream.write(line)
    },
    set: (object) => {
      const type = fake.state.has(object.metadata.name) ? 'MODIFIED' : 'ADDED'
      fake.state.set(object.metadata.name, object)
      fake.version = Number(object.metadata.resourceVersion)
      fake.send(event(type, object))
    },
    remove: (name, at) => {
      const object = fake.state.get(name)
      fake.state.delete(name)
      fake.version = at
      if (object)
        fake.send(event('DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: String(at) } }))
    },
  }
  const watch = (asked: Asked): Reply => {
    fake.opened.push(asked)
    const fault = fake.watches.shift()
    if (fault) return fault
    return {
      open: (stream) => {
        fake.open.add(stream)
        void stream.closed.then(() => fake.open.delete(stream))
      },
    }
  }
  return fake
}

/** Polls until it holds: for what the other side of a socket does. */
export async function until(holds: () => boolean, what = 'it'): Promise<void> {
  const end = Date.now() + 5000
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what} did not happen`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
