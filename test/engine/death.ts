import type { Clock, Cluster, Journal, Watched } from '../../src/ports.ts'

/**
 * A process that may be killed. Counts the moments at which that could be (around each thing that it writes), and dies at
 * the k-th: from then on nothing that it waits for ever comes, as after a SIGKILL. No `catch` of it runs, and no `finally`.
 */
export interface Mortality {
  moment(what: string): Promise<void>
  readonly died: Promise<void>
  readonly isDead: () => boolean
  readonly count: () => number
  readonly where: () => string
  /** What it waits for. */
  alive<T>(work: Promise<T>): Promise<T>
}

const forever = <T>(): Promise<T> => new Promise(() => {})

export function mortality(dieAt: number): Mortality {
  const { promise: died, resolve: die } = Promise.withResolvers<void>()
  let count = 0
  let dead = false
  let where = 'never'
  return {
    moment(what) {
      if (dead) return forever()
      count += 1
      if (count !== dieAt) return Promise.resolve()
      dead = true
      where = `${what}, moment ${count}`
      die()
      return forever()
    },
    died,
    isDead: () => dead,
    count: () => count,
    where: () => where,
    alive: (work) =>
      work.then(
        (value) => (dead ? forever() : value),
        (error: unknown) => {
          if (dead) return forever()
          throw error
        },
      ),
  }
}

/** The same cluster, to which a dead driver says nothing more, and of which it hears nothing. `ended` takes its connections. */
export function mortalCluster(cluster: Cluster, { moment, alive }: Mortality, ended: AbortSignal): Cluster {
  return {
    ...cluster,
    get: (ref, call) => alive(cluster.get(ref, call)),
    list: (what, call) => alive(cluster.list(what, call)),
    async watch(what, signal) {
      return mortalWatched(await alive(cluster.watch(what, AbortSignal.any([signal, ended]))), alive)
    },
    async write(write, call) {
      const what = `${write.verb} ${write.object.kind}/${write.object.name}`
      await moment(`before ${what}`)
      const object = await alive(cluster.write(write, call))
      await moment(`after ${what}`)
      return object
    },
  }
}

export const mortalWatched = (watched: Watched, alive: Mortality['alive']): Watched => ({
  ...watched,
  changed: (signal, since) => alive(watched.changed(signal, since)),
})

export const mortalClock = (clock: Clock, { alive }: Mortality): Clock => ({
  now: clock.now,
  elapsed: clock.elapsed,
  sleep: (ms, signal) => alive(clock.sleep(ms, signal)),
})

/** An append that was not finished may be on the disk, or not. */
export const mortalJournal = (journal: Journal, { moment, alive }: Mortality): Journal => ({
  get entries() {
    return journal.entries
  },
  async append(facts, at) {
    await moment('before append')
    const added = await alive(journal.append(facts, at))
    await moment('after append')
    return added
  },
  shared: (signal) => alive(journal.shared(signal)),
  [Symbol.asyncDispose]: async () => alive(Promise.resolve(journal[Symbol.asyncDispose]())),
})
