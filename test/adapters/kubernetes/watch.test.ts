import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { linesOf } from '../../../src/adapters/kubernetes/lines.ts'
import { keepWatching, type Sink } from '../../../src/adapters/kubernetes/watch.ts'
import type { Rest } from '../../../src/adapters/kubernetes/rest.ts'
import type { Watched } from '../../../src/ports.ts'
import { call, failureOf, scene, type SceneOf, scratch } from './support/connected.ts'
import { fakeWatch, type FakeWatch, until } from './support/fake-watch.ts'
import { event, list, pod, status } from './support/objects.ts'

const pods = { kind: 'Pod', namespace: 'web' } as const

async function watching(fake: FakeWatch, of: SceneOf = {}) {
  const { cluster, ...rest } = await scene(fake.script, of)
  return { ...rest, cluster, watched: await cluster.watch([pods], call.signal) }
}

const names = (watched: Watched): string[] =>
  [...watched.view().objects.values()].map(({ metadata }) => `${metadata.name}@${metadata.resourceVersion}`).sort()

const sees = (watched: Watched, expected: readonly string[]) =>
  until(
    () => JSON.stringify(names(watched)) === JSON.stringify(expected),
    `seeing ${expected.join(' ')}, not ${names(watched).join(' ')},`,
  )

describe('a watch', () => {
  it('shows what is listed, then every change', async () => {
    const fake = fakeWatch([pod('a', 1)])
    const { watched } = await watching(fake)
    expect(names(watched)).toEqual(['a@1'])
    fake.set(pod('b', 101))
    fake.set(pod('a', 102))
    await sees(watched, ['a@102', 'b@101'])
    fake.remove('a', 103)
    await sees(watched, ['b@101'])
  })

  it('asks for bookmarks, from the version of the list, for four to five minutes', async () => {
    const fake = fakeWatch([pod('a', 1)])
    await watching(fake)
    const { query } = fake.opened[0]!
    expect(Object.fromEntries(query)).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '100',
      timeoutSeconds: '270',
    })
  })

  it('sends its selectors with the list and the watch', async () => {
    const fake = fakeWatch()
    const { cluster, api } = await watching(fake)
    await cluster.watch([{ ...pods, labelSelector: 'app=web', fieldSelector: 'spec.nodeName=n1' }], call.signal)
    for (const { query } of api.asked.slice(-2)) {
      expect([query.get('labelSelector'), query.get('fieldSelector')]).toEqual(['app=web', 'spec.nodeName=n1'])
    }
  })

  it('reads a list of several pages', async () => {
    const fake = fakeWatch()
    const page = (name: string, next?: string) => ({
      body: { ...list([pod(name, 1)], 100), metadata: { resourceVersion: '100', ...(next ? { continue: next } : {}) } },
    })
    fake.lists.push(page('a', 'two'), page('b', 'three'), page('c'))
    const { watched, api } = await watching(fake)
    expect(names(watched)).toEqual(['a@1', 'b@1', 'c@1'])
    expect(api.asked.slice(0, 3).map(({ query }) => `${query.get('limit')} ${query.get('continue')}`)).toEqual([
      '500 null',
      '500 two',
      '500 three',
    ])
  })

  it('reads the list again when the server forgot its pages', async () => {
    const fake = fakeWatch([pod('a', 1)])
    const gone = status(410, 'Expired', 'The provided continue parameter is too old')
    fake.lists.push(
      { body: { ...list([pod('x', 1)], 90), metadata: { resourceVersion: '90', continue: 'two' } } },
      gone,
    )
    const { watched } = await watching(fake)
    expect(names(watched)).toEqual(['a@1'])
  })

  it.each<[string, (fake: FakeWatch) => void]>([
    ['a reset of its stream', (fake) => fake.open.forEach((stream) => stream.reset())],
    ['the end that the server announced', (fake) => fake.open.forEach((stream) => stream.end())],
    ['a line that is no event', (fake) => fake.send('not json')],
    [
      'an error event that is not about its place',
      (fake) => fake.send(event('ERROR', status(500, 'InternalError', 'etcd').body as never)),
    ],
  ])('goes on where it was after %s', async (_title, fault) => {
    const fake = fakeWatch([pod('a', 1)])
    const { watched, api } = await watching(fake)
    fake.set(pod('b', 101))
    await sees(watched, ['a@1', 'b@101'])
    fault(fake)
    await until(() => fake.opened.length === 2, 'the second watch')
    expect(fake.opened[1]?.query.get('resourceVersion')).toBe('101')
    await until(() => fake.open.size === 1)
    fake.set(pod('c', 102))
    await sees(watched, ['a@1', 'b@101', 'c@102'])
    expect(api.asked.filter(({ query }) => !query.has('watch'))).toHaveLength(1)
  })

  it('goes on where a bookmark was', async () => {
    const fake = fakeWatch([pod('a', 1)])
    const { watched } = await watching(fake)
    await until(() => fake.open.size === 1)
    fake.send(event('BOOKMARK', { apiVersion: 'v1', kind: 'Pod', metadata: { resourceVersion: '250' } } as never))
    fake.set(pod('b', 251))
    await sees(watched, ['a@1', 'b@251'])
    fake.send(event('BOOKMARK', { apiVersion: 'v1', kind: 'Pod', metadata: { resourceVersion: '300' } } as never))
    for (const stream of fake.open) stream.end()
    await until(() => fake.opened.length === 2)
    expect(fake.opened[1]?.query.get('resourceVersion')).toBe('300')
  })

  it.each<[string, (fake: FakeWatch) => void]>([
    [
      'an error event',
      (fake) => fake.send(event('ERROR', status(410, 'Expired', 'too old resource version').body as never)),
    ],
    [
      'the status of the next watch',
      (fake) => {
        fake.watches.push(status(410, 'Expired', 'too old resource version'))
        for (const stream of fake.open) stream.end()
      },
    ],
  ])('lists again when its place is forgotten (410 as %s), and what went meanwhile is gone', async (_title, fault) => {
    const fake = fakeWatch([pod('a', 1), pod('b', 2)])
    const { watched } = await watching(fake)
    await until(() => fake.open.size === 1)
    fake.state.delete('a')
    fake.state.set('c', pod('c', 150))
    fake.version = 200
    fault(fake)
    await sees(watched, ['b@2', 'c@150'])
    await until(() => fake.open.size === 1)
    expect(fake.opened.at(-1)?.query.get('resourceVersion')).toBe('200')
  })

  it('waits as long as a 429 asks for', async () => {
    const fake = fakeWatch([pod('a', 1)])
    const { watched } = await watching(fake)
    await until(() => fake.open.size === 1)
    fake.watches.push({ ...status(429, 'TooManyRequests', 'slow down'), headers: { 'retry-after': '10' } })
    const started = Date.now()
    for (const stream of fake.open) stream.reset()
    await until(() => fake.opened.length === 3, 'the third watch')
    expect(Date.now() - started).toBeGreaterThanOrEqual(95) // 10 s of a clock that runs 100 times as fast
    await until(() => fake.open.size === 1)
    fake.set(pod('b', 101))
    await sees(watched, ['a@1', 'b@101'])
  })

  it('survives that the whole connection breaks, again and again', async () => {
    const fake = fakeWatch([pod('a', 1)])
    const { watched, api } = await watching(fake)
    for (let i = 1; i <= 3; i++) {
      await until(() => fake.open.size === 1)
      api.breakAll()
      await until(() => fake.opened.length === i + 1, `watch ${i + 1}`)
    }
    await until(() => fake.open.size === 1)
    fake.set(pod('b', 101))
    await sees(watched, ['a@1', 'b@101'])
  })

  it('lists again after a break that was long: a server that has just started may be quiet about what went on', async () => {
    const fake = fakeWatch([pod('a', 1)])
    const { watched, api } = await watching(fake)
    await until(() => fake.open.size === 1)
    fake.watches.push({ ...status(429, 'TooManyRequests', 'slow down'), headers: { 'retry-after': '5' } })
    fake.state.set('b', pod('b', 150))
    fake.version = 150
    for (const stream of fake.open) stream.reset()
    await sees(watched, ['a@1', 'b@150'])
    expect(api.asked.filter(({ query }) => !query.has('watch'))).toHaveLength(2)
  })

  it('finds nothing of a kind that the server does not know, and does not ask again', async () => {
    const { cluster, api } = await scene(({ path }) =>
      path.includes('gateway')
        ? { status: 404, body: '404 page not found\n' }
        : fakeWatch([pod('a', 1)]).script({ query: new URLSearchParams() } as never),
    )
    const watched = await cluster.watch([{ kind: 'HTTPRoute', namespace: 'web' }], call.signal)
    expect(names(watched)).toEqual([])
    expect(watched.view().silentSince).toBeNull()
    expect(api.asked).toHaveLength(1)
  })

  it.each([
    ['list', 403],
    ['watch', 403],
  ])('that may not %s fails with what is missing, and leaves no other watch behind', async (verb, code) => {
    const fake = fakeWatch([pod('a', 1)])
    const message = `services is forbidden: User "ann" cannot ${verb} resource "services" in API group "" in the namespace "web"`
    const { cluster } = await scene((asked) => {
      const isRefused = asked.path.endsWith('/services') && asked.query.has('watch') === (verb === 'watch')
      return isRefused ? status(code, 'Forbidden', message) : fake.script(asked)
    })
    expect(await failureOf(cluster.watch([pods, { kind: 'Service', namespace: 'web' }], call.signal))).toMatchObject({
      code: 'kube-forbidden',
      what: expect.stringMatching(`^user ann may not ${verb} services in namespace web`) as string,
    })
    await until(() => fake.open.size === 0, 'the end of the other watch')
  })
})

describe('a watch that cannot be opened', () => {
  it('fails when that does not pass', async () => {
    const fake = fakeWatch([pod('a', 1)])
    fake.watches.push(...Array.from({ length: 9 }, () => status(503, 'ServiceUnavailable', 'down')))
    const { cluster } = await scene(fake.script)
    expect(await failureOf(cluster.watch([pods], call.signal))).toMatchObject({
      code: 'kube-unavailable',
      what: expect.stringContaining('watch pods in namespace web') as string,
    })
    expect(fake.opened).toHaveLength(4)
  })

  it('is tried again when it does', async () => {
    const fake = fakeWatch([pod('a', 1)])
    fake.watches.push(status(503, 'ServiceUnavailable', 'down'))
    const { watched } = await watching(fake)
    expect(names(watched)).toEqual(['a@1'])
  })

  it('later on is tried for ever, and the view says how long it has been silent', async () => {
    const fake = fakeWatch([pod('a', 1)])
    const { watched } = await watching(fake)
    await until(() => fake.open.size === 1)
    fake.watches.push(...Array.from({ length: 12 }, () => status(503, 'ServiceUnavailable', 'down')))
    for (const stream of fake.open) stream.reset()
    await until(() => watched.view().silentSince !== null, 'silence')
    await until(() => watched.view().silentSince === null, 'its end')
    expect(fake.opened.length).toBeGreaterThan(4)
  })

  it('later on because the credential plugin fails is tried again too', async () => {
    const fake = fakeWatch([pod('a', 1)])
    const file = join(await scratch(), 'token')
    await writeFile(file, 'good')
    const { watched, api } = await watching(fake, { user: { tokenFile: file } })
    await until(() => fake.open.size === 1)
    await rm(file)
    fake.watches.push(status(401, 'Unauthorized', 'Unauthorized'))
    api.breakAll()
    await until(() => watched.view().silentSince !== null, 'silence')
    await writeFile(file, 'good')
    await until(() => fake.open.size === 1)
    fake.set(pod('b', 101))
    await sees(watched, ['a@1', 'b@101'])
  })
})

describe('after it was ended', () => {
  it.each<[string, (of: { abort: AbortController; watched: Watched }) => unknown]>([
    ['by its signal', ({ abort }) => abort.abort()],
    ['by disposing', ({ watched }) => watched[Symbol.asyncDispose]()],
  ])('%s no watch is opened any more, though it was waiting to reconnect', async (_title, end) => {
    const fake = fakeWatch([pod('a', 1)])
    const { cluster } = await scene(fake.script)
    const abort = new AbortController()
    const watched = await cluster.watch([pods], abort.signal)
    await until(() => fake.open.size === 1)
    fake.watches.push(...Array.from({ length: 50 }, () => status(503, 'ServiceUnavailable', 'down')))
    for (const stream of fake.open) stream.reset()
    await until(() => fake.opened.length >= 2)
    await end({ abort, watched })
    const opened = fake.opened.length
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(fake.opened.length).toBe(opened)
    expect(fake.open.size).toBe(0)
  })

  it('by disposing the cluster its stream is closed', async () => {
    const fake = fakeWatch([pod('a', 1)])
    const { cluster } = await watching(fake)
    await until(() => fake.open.size === 1)
    await cluster[Symbol.asyncDispose]()
    await until(() => fake.open.size === 0)
  })

  it('before it was ready, it fails with the reason', async () => {
    const { cluster } = await scene(() => ({ fault: 'hang' }))
    const abort = new AbortController()
    setTimeout(() => abort.abort(new Error('enough')), 30)
    expect((await failureOf(cluster.watch([pods], abort.signal))).message).toBe('enough')
  })
})

describe('a connection that is silent but not closed', () => {
  it('is given up after 90 s, and counts as lost since its last word', async () => {
    let now = 1000
    const lost: number[] = []
    const abort = new AbortController()
    const silence = Object.assign(new Error('body timeout'), { code: 'UND_ERR_BODY_TIMEOUT' })
    async function* chunks() {
      now = 5000
      yield Buffer.from(`${JSON.stringify(event('ADDED', pod('a', 101)))}\n`)
      now = 95_000
      throw silence
    }
    const limits: number[] = []
    const rest = {
      peer: {},
      ask: () => Promise.resolve(JSON.stringify(list([], 100))),
      stream: (_path: string, _about: unknown, { silence: limit }: { silence: number }) => {
        limits.push(limit)
        return Promise.resolve({ kind: 'stream', chunks: chunks() })
      },
    } as unknown as Rest
    const sink: Sink = {
      listed: () => {},
      happened: () => {},
      heard: () => {},
      lost: (since) => {
        lost.push(since)
        abort.abort()
      },
    }
    const clock = { now: () => now, elapsed: () => now, sleep: () => Promise.resolve() }
    await keepWatching({ rest, what: pods, sink, clock, random: () => 0.5, signal: abort.signal }, () => {})
    expect(lost[0]).toBe(5000)
    expect(limits).toEqual([90_000])
  })
})

describe('the lines of a stream', () => {
  const linesFrom = async (...parts: (string | Uint8Array)[]) => {
    async function* chunks() {
      for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part
    }
    const lines: string[] = []
    for await (const line of linesOf(chunks())) lines.push(line)
    return lines
  }
  it('are whole, however the bytes were cut', async () => {
    expect(await linesFrom('a', 'b\nc', 'd\n\ne\n')).toEqual(['ab', 'cd', 'e'])
    const smile = Buffer.from('"😀"\n')
    expect(await linesFrom(smile.subarray(0, 3), smile.subarray(3))).toEqual(['"😀"'])
  })
  it('do not include a torn last one', async () => {
    expect(await linesFrom('a\nb')).toEqual(['a'])
  })
})
