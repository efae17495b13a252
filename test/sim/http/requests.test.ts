import { describe, expect, it } from 'vitest'
import { namespace, shop, web } from '../../support/sim-shop.ts'
import { ask, served, tables } from './support/served.ts'

const place = `/apis/apps/v1/namespaces/${namespace}/deployments/web`
const podsPath = `/api/v1/namespaces/${namespace}/pods`

interface Listing {
  readonly items: readonly { readonly metadata: { readonly name: string } }[]
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number }
}
interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[]
  readonly rows: readonly { readonly cells: readonly unknown[] }[]
}

describe('a list', () => {
  it('comes page by page, and all pages are of one moment', async () => {
    const { cluster } = await shop({ replicas: 5 })
    const { url } = await served(cluster)
    const names: string[] = []
    let next: string | undefined = ''
    while (next !== undefined) {
      const page = (await ask(url, `${podsPath}?limit=2&continue=${next}`)).json() as unknown as Listing
      names.push(...page.items.map(({ metadata }) => metadata.name))
      next = page.metadata.continue
      cluster.acts.delete({ kind: 'Pod', namespace, name: names[0] ?? '' })
    }
    expect(names).toHaveLength(5)
    expect(names).toEqual(names.toSorted())
  })

  it('of a page that is not known (any more) has to begin anew', async () => {
    const { cluster } = await shop()
    const { url } = await served(cluster)
    expect((await ask(url, `${podsPath}?limit=2&continue=bm9uZQ`)).status).toBe(410)
  })

  it('of all namespaces has them all', async () => {
    const { cluster } = await shop({ replicas: 2 })
    const { url } = await served(cluster)
    const { items } = (await ask(url, '/api/v1/pods')).json() as unknown as Listing
    expect(items).toHaveLength(2)
  })
})

describe('a patch', () => {
  const strategic = { method: 'PATCH', type: 'application/strategic-merge-patch+json' }

  it('of kind strategic finds a container by its name', async () => {
    const { cluster, deployment } = await shop()
    const { url } = await served(cluster)
    const containers = [{ name: 'app', image: 'shop:2' }]
    await ask(url, place, { ...strategic, body: { spec: { template: { spec: { containers } } } } })
    expect(deployment().spec.template.spec.containers).toMatchObject([
      { name: 'app', image: 'shop:2', ports: [{ containerPort: 8080 }] },
    ])
  })

  it('of kind strategic is refused for what comes from a CustomResourceDefinition', async () => {
    const { cluster } = await shop()
    const { url } = await served(cluster)
    const route = `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes/web`
    expect((await ask(url, route, { ...strategic, body: {} })).status).toBe(415)
  })

  it('of kind merge takes away what is null', async () => {
    const { cluster, deployment } = await shop({ spec: { minReadySeconds: 3 } })
    const { url } = await served(cluster)
    const body = { spec: { minReadySeconds: null } }
    await ask(url, place, { method: 'PATCH', type: 'application/merge-patch+json', body })
    expect(deployment().spec.minReadySeconds).toBeUndefined()
  })

  it('that names an older version is a conflict', async () => {
    const { cluster } = await shop()
    const { url } = await served(cluster)
    const { metadata } = (await ask(url, place)).json() as { metadata: object }
    cluster.acts.scale(web, 3)
    const answer = await ask(url, place, { ...strategic, body: { metadata, spec: { paused: true } } })
    expect(answer.json()).toMatchObject({ code: 409, reason: 'Conflict' })
  })
})

describe('what kubectl asks for to print', () => {
  it('is a table, with the columns of the kind', async () => {
    const { cluster } = await shop({ replicas: 3 })
    const { url } = await served(cluster)
    const { columnDefinitions, rows } = (await ask(url, place, { accept: tables })).json() as unknown as Table
    const shown = columnDefinitions.map(({ name, priority }) => (priority > 0 ? `(${name})` : name))
    expect(shown).toEqual(['Name', 'Ready', 'Up-to-date', 'Available', 'Age', '(Containers)', '(Images)', '(Selector)'])
    expect(rows.map(({ cells }) => cells.toSpliced(4, 1))).toEqual([
      ['web', '3/3', 3, 3, 'app', 'registry.lab/shop:1.0.0', 'app=web'],
    ])
  })

  it('shows what is wrong with a pod', async () => {
    const { sim, cluster } = await shop({ replicas: 1, tag: '2.0.0-crash3' })
    const { url } = await served(cluster)
    await sim.advance(5000)
    const { rows } = (await ask(url, podsPath, { accept: tables })).json() as unknown as Table
    expect(rows[0]?.cells.slice(1, 4)).toEqual(['0/1', 'CrashLoopBackOff', expect.stringMatching(/^\d+ \(\d+s ago\)$/)])
  })

  it.each([
    { accept: 'application/json', path: '/apis', kind: 'APIGroupList' },
    { accept: 'application/json', path: '/apis/apps/v1', kind: 'APIResourceList' },
    {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
      path: '/apis',
      kind: 'APIGroupDiscoveryList',
    },
  ])('is discovered: $path as $kind', async ({ accept, path, kind }) => {
    const { cluster } = await shop()
    const { url } = await served(cluster)
    const { json, text } = await ask(url, path, { accept })
    expect(json()).toMatchObject({ kind })
    expect(text).toContain(path === '/apis' ? 'gateway.networking.k8s.io' : 'deployments/scale')
  })
})

describe('what is not modelled', () => {
  it.each([
    { method: 'GET', path: '/apis/batch/v1/namespaces/shop/cronjobs' },
    { method: 'POST', path: '/apis/batch/v1/namespaces/shop/jobs', body: { metadata: { name: 'a' } } },
    { method: 'DELETE', path: podsPath },
    { method: 'DELETE', path: '/api/v1/namespaces/shop' },
    { method: 'GET', path: `${podsPath}/any/log?follow=true` },
    { method: 'POST', path: `${podsPath}/any/exec` },
    { method: 'PATCH', path: `${place}?force=false`, type: 'application/apply-patch+yaml', body: {} },
    { method: 'POST', path: '/apis/apps/v1/namespaces/shop/daemonsets', body: { metadata: { name: 'a' } } },
  ])('is refused by name and noted: $method $path', async ({ path, ...rest }) => {
    const { cluster, pods } = await shop({ replicas: 1 })
    const { url, log } = await served(cluster)
    const there = path.replace('any', pods()[0]?.metadata.name ?? '')
    const { status, json } = await ask(url, there, rest)
    expect(status).toBe(501)
    expect(json()).toMatchObject({ kind: 'Status', reason: 'NotImplemented' })
    expect(json()['message']).toMatch(/^the simulated cluster does not model .+/)
    expect(log).toEqual([expect.stringContaining(`501 ${rest.method} ${there}`)])
  })
})

describe('the clock of the answers', () => {
  it('is that of the world', async () => {
    const { cluster, sim } = await shop({ start: Date.UTC(2030, 0, 1) })
    const { url } = await served(cluster)
    const { headers } = await ask(url, '/version')
    expect(Date.parse(headers.get('date') ?? '')).toBe(Math.floor(sim.clock.now() / 1000) * 1000)
  })
})
