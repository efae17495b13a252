import { describe, expect, it } from 'vitest'
import type { Write } from '../../../src/core/write.ts'
import { mayRepeat, pauses } from '../../../src/adapters/kubernetes/retry.ts'
import { call, failureOf, scene } from './support/connected.ts'
import { until } from './support/fake-watch.ts'
import { fastClock } from './support/fast-clock.ts'
import type { Reply } from './support/fake-api.ts'
import { list, pod, status } from './support/objects.ts'

const web = { kind: 'Pod', namespace: 'web', name: 'a' } as const
const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }
const create: Write = { verb: 'create', object: web, body }
const fenced: Write = {
  verb: 'patch',
  object: web,
  ops: [
    { op: 'test', path: '/x', value: 1 },
    { op: 'replace', path: '/x', value: 2 },
  ],
}
const blind: Write = { verb: 'patch', object: web, ops: [{ op: 'replace', path: '/x', value: 2 }] }
const apply: Write = { verb: 'apply', object: web, body }
const remove: Write = { verb: 'delete', object: web, uid: 'u' }

/** Fails the first answers, then succeeds. Returns how many requests it took, `null` when it failed. */
async function attempts(faults: readonly Reply[], write: Write | 'get', dryRun = false): Promise<number | null> {
  let n = 0
  const { api, cluster } = await scene(() => faults[n++] ?? { body: pod('a', 1) })
  const work = write === 'get' ? cluster.get(web, call) : cluster.write(write, { ...call, dryRun })
  return work.then(
    () => api.asked.length,
    () => null,
  )
}

const throttled: Reply = { ...status(429, 'TooManyRequests', 'slow down'), headers: { 'retry-after': '1' } }
const broken: Reply = { fault: 'reset' }
const down: Reply = status(503, 'ServiceUnavailable', 'down')
const webhook: Reply = status(500, 'InternalError', 'failed calling webhook')

describe('a request is sent again', () => {
  it.each<[string, Reply, Write | 'get', boolean, number | null]>([
    ['reading after 429', throttled, 'get', false, 2],
    ['reading after a reset', broken, 'get', false, 2],
    ['reading after 503', down, 'get', false, 2],
    ['a dry run after a reset', broken, create, true, 2],
    ['a dry run of a blind patch after 500', webhook, blind, true, 2],
    ['a patch that tests first, after a reset', broken, fenced, false, 2],
    ['a patch that tests first, after 500', webhook, fenced, false, 2],
    ['an apply after a reset', broken, apply, false, 2],
    ['a delete by uid after a reset', broken, remove, false, 2],
    ['anything that was turned away: a create after 429', throttled, create, false, 2],
    ['anything that was turned away: a blind patch after 429', throttled, blind, false, 2],
    ['never when it may have happened: a create after a reset', broken, create, false, null],
    ['never when it may have happened: a create after 503', down, create, false, null],
    ['never when it may have happened: a blind patch after a reset', broken, blind, false, null],
    ['never after 403', status(403, 'Forbidden', 'no'), 'get', false, null],
    ['never after 409', status(409, 'Conflict', 'no'), fenced, false, null],
    ['never after 422', status(422, 'Invalid', 'no'), fenced, false, null],
  ])('%s', async (_title, fault, write, dryRun, expected) => {
    expect(await attempts([fault], write, dryRun)).toBe(expected)
  })

  it('only so often', async () => {
    expect(
      await attempts(
        Array.from({ length: 5 }, () => down),
        'get',
      ),
    ).toBeNull()
    expect(
      await attempts(
        Array.from({ length: 4 }, () => down),
        'get',
      ),
    ).toBe(5)
  })

  it('after as long as the server asked for, and some jitter', async () => {
    const clock = fastClock(1000)
    let n = 0
    const { cluster } = await scene(
      () => (n++ === 0 ? { ...throttled, headers: { 'retry-after': '7' } } : { body: pod('a', 1) }),
      { connect: { clock } },
    )
    await cluster.get(web, call)
    expect(clock.slept).toEqual([7500])
  })

  it('not when the server asks to wait longer than the call may take', async () => {
    const { cluster, api } = await scene(() => ({ ...throttled, headers: { 'retry-after': '60' } }))
    expect(await failureOf(cluster.get(web, { ...call, timeout: 10_000 }))).toMatchObject({
      code: 'kube-throttled',
      what: expect.stringContaining('it asks to wait 1 min') as string,
    })
    expect(api.asked).toHaveLength(1)
  })

  it('and each is counted', async () => {
    let n = 0
    const { cluster, notes } = await scene(() => (n++ === 0 ? down : { body: list([], 1) }))
    await cluster.list({ kind: 'Pod', namespace: 'web' }, call)
    expect(notes.map(({ verb, attempt, status: code }) => [verb, attempt, code])).toEqual([
      ['list', 1, 503],
      ['list', 2, 200],
    ])
  })
})

describe('a connection that breaks', () => {
  it('under a call: it is asked again on a new one', async () => {
    const { api, cluster } = await scene((): Reply => {
      if (api.asked.length === 1) api.breakAll()
      return { body: pod('a', 1) }
    })
    expect(await cluster.get(web, call)).toEqual(pod('a', 1))
    expect(api.connections()).toBe(2)
  })

  it('because the server is going away (GOAWAY): calls go to a new one, and no more than two are open', async () => {
    const { api, cluster } = await scene(({ query }) =>
      query.has('watch') ? { open: () => {} } : { body: list([], 1) },
    )
    await cluster.watch([{ kind: 'Pod', namespace: 'web' }], call.signal)
    const soon = { ...call, timeout: 5000 }
    for (let i = 0; i < 5; i++) {
      await cluster.get(web, call)
      api.goAway()
      // Undici would queue these behind the watch until it ends.
      await Promise.all([cluster.get(web, soon), cluster.write(create, soon)])
      await cluster.get(web, soon)
    }
    await cluster.watch([{ kind: 'Service', namespace: 'web' }], AbortSignal.timeout(5000))
    await until(() => api.openNow() <= 3, 'an end of the old connections but that of the first watch')
  })
})

describe('a connection that is refused', () => {
  it('is tried for any request, but not for long', () => {
    const failure = { kind: 'broken', error: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) } as const
    const tries = [1, 2, 3].map((attempt) => mayRepeat(failure, { repeatable: false, attempt }))
    expect(tries).toEqual([true, true, false])
  })
})

describe('pauses', () => {
  it('lie between the first and three times the last, up to the longest', async () => {
    const clock = fastClock(10_000)
    const rolls = [0, 1, 1, 0.5, 1, 1]
    const pause = pauses({ clock, random: () => rolls.shift() ?? 0, first: 100, longest: 1000 })
    for (let i = 0; i < 6; i++) await pause.wait(null, call.signal)
    pause.reset()
    await pause.wait(null, call.signal)
    expect(clock.slept).toEqual([100, 300, 900, 1000, 1000, 1000, 100])
  })
})

describe('a call', () => {
  it('ends at its deadline, however often it was tried', async () => {
    const { cluster } = await scene(() => ({ fault: 'hang' }))
    const started = Date.now()
    expect(await failureOf(cluster.get(web, { ...call, timeout: 300 }))).toMatchObject({ code: 'kube-timeout' })
    expect(Date.now() - started).toBeLessThan(2000)
  })

  it('ends with the reason of its signal, at once', async () => {
    const { cluster } = await scene(() => ({ fault: 'hang' }))
    const abort = new AbortController()
    setTimeout(() => abort.abort(new Error('stopped by the operator')), 50)
    expect((await failureOf(cluster.get(web, { signal: abort.signal }))).message).toBe('stopped by the operator')
  })

  it('is not sent when its signal aborted before', async () => {
    const { cluster, api } = await scene(() => ({ body: pod('a', 1) }))
    await failureOf(cluster.get(web, { signal: AbortSignal.abort() }))
    expect(api.asked).toHaveLength(0)
  })

  it('ends its pause when its signal aborts', async () => {
    const { cluster } = await scene(() => ({ ...throttled, headers: { 'retry-after': '20' } }), {
      connect: { clock: fastClock(1) },
    })
    const started = Date.now()
    await failureOf(cluster.get(web, { signal: AbortSignal.timeout(100) }))
    expect(Date.now() - started).toBeLessThan(2000)
  })
})
