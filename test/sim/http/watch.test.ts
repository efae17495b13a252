import { describe, expect, it, onTestFinished } from 'vitest'
import { namespace, shop, web } from '../../support/sim-shop.ts'
import { served, tables } from './support/served.ts'

const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`

interface Event {
  readonly type: string
  readonly object: {
    readonly kind: string
    readonly metadata: {
      readonly name?: string
      readonly resourceVersion: string
      readonly annotations?: Readonly<Record<string, string>>
    }
    readonly columnDefinitions?: readonly unknown[]
  }
}

/** Its events as they come. */
async function* events(url: string, path: string, accept = 'application/json'): AsyncGenerator<Event> {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const { body } = await fetch(`${url}${path}`, { headers: { accept }, signal: stop.signal })
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    const lines = `${text}${decoder.decode(chunk, { stream: true })}`.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as Event
  }
}

const next = async (from: AsyncGenerator<Event>): Promise<Event> => (await from.next()).value as Event

describe('a watch', () => {
  it('goes on from the version that it is given', async () => {
    const { cluster, deployment } = await shop()
    const { url } = await served(cluster)
    const version = deployment().metadata.resourceVersion
    cluster.acts.scale(web, 3)
    const watch = events(url, `${deployments}?watch=true&resourceVersion=${version}`)
    expect(await next(watch)).toMatchObject({ type: 'MODIFIED', object: { spec: { replicas: 3 } } })
  })

  it('without a version begins with what is there', async () => {
    const { cluster } = await shop()
    const { url } = await served(cluster)
    expect(await next(events(url, `${deployments}?watch=true`))).toMatchObject({ type: 'ADDED' })
  })

  it('from a version that nobody remembers is told so', async () => {
    const { cluster } = await shop()
    const { url } = await served(cluster)
    expect((await fetch(`${url}${deployments}?watch=true&resourceVersion=1`)).status).toBe(410)
  })

  it('that asks for everything first is told when that was all', async () => {
    const { cluster } = await shop()
    const { url } = await served(cluster)
    const watch = events(url, `${deployments}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true`)
    expect(await next(watch)).toMatchObject({ type: 'ADDED' })
    const { type, object } = await next(watch)
    expect(type).toBe('BOOKMARK')
    expect(object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
  })

  it('calls an object deleted that its selector no longer holds', async () => {
    const { cluster, deployment } = await shop()
    const { url } = await served(cluster)
    const from = `resourceVersion=${deployment().metadata.resourceVersion}`
    const watch = events(url, `${deployments}?watch=true&labelSelector=app%3Dweb&${from}`)
    cluster.acts.patch(web, [{ op: 'replace', path: '/metadata/labels/app', value: 'other' }])
    expect(await next(watch)).toMatchObject({ type: 'DELETED' })
  })

  it('ends when its time is over', async () => {
    const { cluster } = await shop()
    const { url } = await served(cluster)
    const watch = events(url, `${deployments}?watch=true&timeoutSeconds=1`)
    expect(await next(watch)).toMatchObject({ type: 'ADDED' })
    expect(await watch.next()).toEqual({ done: true, value: undefined })
  })

  it('for kubectl is of rows, whose columns are named once', async () => {
    const { cluster } = await shop()
    const { url } = await served(cluster)
    const watch = events(url, `${deployments}?watch=true`, tables)
    expect((await next(watch)).object.columnDefinitions).not.toEqual([])
    cluster.acts.scale(web, 3)
    const { type, object } = await next(watch)
    expect([type, object.kind, object.columnDefinitions]).toEqual(['MODIFIED', 'Table', []])
  })
})
