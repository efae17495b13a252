import { describe, expect, it } from 'vitest'
import type { Ref } from '../../../src/core/kinds.ts'
import { call, scene } from './support/connected.ts'
import { list, pod } from './support/objects.ts'

const web: Ref = { kind: 'Pod', namespace: 'web', name: 'a' }
const get = () => ({ body: pod('a', 1) })

describe('connections', () => {
  it('50 calls one after another and 50 at once open at most two', async () => {
    const { api, cluster } = await scene(get)
    for (let i = 0; i < 50; i++) await cluster.get(web, call)
    await Promise.all(Array.from({ length: 50 }, () => cluster.get(web, call)))
    expect(api.connections()).toBeLessThanOrEqual(2)
    expect(api.asked).toHaveLength(100)
  })

  it('50 calls at once on a cold start open at most two', async () => {
    const { api, cluster } = await scene(get)
    await Promise.all(Array.from({ length: 50 }, () => cluster.get(web, call)))
    expect(api.connections()).toBeLessThanOrEqual(2)
  })

  it('watches and calls share them', async () => {
    const { api, cluster } = await scene(({ query }) =>
      query.has('watch') ? { open: () => {} } : { body: list([], 1) },
    )
    const kinds = ['Pod', 'Service', 'Deployment', 'ReplicaSet', 'EndpointSlice', 'Event'] as const
    await cluster.watch(
      kinds.map((kind) => ({ kind, namespace: 'web' })),
      call.signal,
    )
    await Promise.all(Array.from({ length: 20 }, () => cluster.get(web, call)))
    expect(api.connections()).toBeLessThanOrEqual(2)
  })

  it('a server without HTTP/2 gets more, but not one for each of 50 calls, and watches never starve the calls', async () => {
    const { api, cluster } = await scene(
      ({ query }) => (query.has('watch') ? { open: () => {} } : { body: list([], 1) }),
      { http1: true },
    )
    const kinds = ['Pod', 'Service', 'Deployment', 'ReplicaSet', 'EndpointSlice', 'Event'] as const
    await cluster.watch(
      kinds.map((kind) => ({ kind, namespace: 'web' })),
      call.signal,
    )
    await Promise.all(Array.from({ length: 50 }, () => cluster.get(web, call)))
    expect(api.connections()).toBeLessThan(40)
  })

  it('a path before the API (a gateway to many clusters) stays in front', async () => {
    const { api, cluster } = await scene(get)
    const behind = await scene(get, {
      cluster: {
        server: `${api.url}/k8s/clusters/c-1/`,
        'certificate-authority-data': Buffer.from(api.ca).toString('base64'),
      },
    })
    await behind.cluster.get(web, call)
    await cluster.get(web, call)
    expect(api.asked.map(({ path }) => path)).toEqual([
      '/k8s/clusters/c-1/api/v1/namespaces/web/pods/a',
      '/api/v1/namespaces/web/pods/a',
    ])
  })
})

describe('headers', () => {
  it('name the tool and its version', async () => {
    const { api, cluster } = await scene(get)
    await cluster.get(web, call)
    expect(api.asked[0]?.headers['user-agent']).toBe('deploy/1.2.3')
  })

  it('impersonate user, uid, extra and each of several groups', async () => {
    const user = {
      token: 'good',
      as: 'jane',
      'as-uid': 'u1',
      'as-groups': ['dev', 'ops'],
      'as-user-extra': { 'example.com/team': ['red'] },
    }
    const { api, cluster } = await scene(get, { user, http1: true })
    await cluster.get(web, call)
    const raw = api.asked[0]?.rawHeaders ?? []
    const pairs = raw.flatMap((name, i) =>
      i % 2 === 0 && /^impersonate/i.test(name) ? [`${name.toLowerCase()}: ${raw[i + 1]}`] : [],
    )
    expect(pairs.sort()).toEqual([
      'impersonate-extra-example.com%2fteam: red',
      'impersonate-group: dev',
      'impersonate-group: ops',
      'impersonate-uid: u1',
      'impersonate-user: jane',
    ])
  })

  it('a user and password are sent as basic authentication', async () => {
    const { api, cluster } = await scene(get, { user: { username: 'ann', password: 'x:y' } })
    await cluster.get(web, call)
    expect(api.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ann:x:y').toString('base64')}`)
  })

  it('a user without a credential sends none, and the CA still counts', async () => {
    const { api, cluster } = await scene(get, { user: {} })
    await cluster.get(web, call)
    expect(api.asked[0]?.headers.authorization).toBeUndefined()
  })
})
