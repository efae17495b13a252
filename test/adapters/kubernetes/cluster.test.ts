import { execa } from 'execa'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Ref } from '../../../src/core/kinds.ts'
import { call, failureOf, kubeconfigFile, scene, scratch } from './support/connected.ts'
import { fakeApi } from './support/fake-api.ts'
import { fakeWatch } from './support/fake-watch.ts'
import { list, pod, status } from './support/objects.ts'

const web: Ref = { kind: 'Deployment', namespace: 'web', name: 'web' }
const stored = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', resourceVersion: '7' },
  future: { field: true },
}

/** The one request that was made, in the order method, path, query, content type, body. */
async function sent(
  act: (cluster: Awaited<ReturnType<typeof scene>>['cluster']) => Promise<unknown>,
  reply: object = stored,
) {
  const { api, cluster } = await scene(() => ({ body: reply }))
  const result = await act(cluster)
  const [{ method, path, query, headers, body }] = api.asked as [(typeof api.asked)[0]]
  return {
    request: `${method} ${path}?${query.toString()}`,
    type: headers['content-type'],
    body: body === '' ? null : (JSON.parse(body) as unknown),
    result,
  }
}

describe('a write', () => {
  it('of one field is a JSON Patch with our field manager', async () => {
    const ops = [
      { op: 'test', path: '/spec/paused', value: null },
      { op: 'add', path: '/spec/paused', value: true },
    ] as const
    expect(await sent((cluster) => cluster.write({ verb: 'patch', object: web, ops }, call))).toEqual({
      request: 'PATCH /apis/apps/v1/namespaces/web/deployments/web?fieldManager=deploy',
      type: 'application/json-patch+json',
      body: ops,
      result: stored,
    })
  })

  it('of an object of ours is a forced server-side apply', async () => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a/b' } }
    const object: Ref = { kind: 'ConfigMap', namespace: 'web', name: 'a' }
    expect(await sent((cluster) => cluster.write({ verb: 'apply', object, body }, call))).toMatchObject({
      request: 'PATCH /api/v1/namespaces/web/configmaps/a?fieldManager=deploy&force=true',
      type: 'application/apply-patch+yaml',
      body,
    })
  })

  it('of a new object is a create', async () => {
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }
    expect(await sent((cluster) => cluster.write({ verb: 'create', object: web, body }, call))).toMatchObject({
      request: 'POST /apis/apps/v1/namespaces/web/deployments?fieldManager=deploy',
      type: 'application/json',
      body,
    })
  })

  it('that deletes names the uid and does not wait for what belongs to it', async () => {
    expect(await sent((cluster) => cluster.write({ verb: 'delete', object: web, uid: 'u1' }, call))).toEqual({
      request: 'DELETE /apis/apps/v1/namespaces/web/deployments/web?',
      type: 'application/json',
      body: { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', preconditions: { uid: 'u1' } },
      result: null,
    })
  })

  it('that deletes what was seen names its resourceVersion, too', async () => {
    const write = { verb: 'delete', object: web, uid: 'u1', resourceVersion: '7' } as const
    expect((await sent((cluster) => cluster.write(write, call))).body).toMatchObject({
      preconditions: { uid: 'u1', resourceVersion: '7' },
    })
  })

  it('of a dry run says so, each in its way', async () => {
    const dry = { ...call, dryRun: true }
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } }
    const ops = [{ op: 'replace', path: '/a', value: 1 }] as const
    const requests = [
      await sent((cluster) => cluster.write({ verb: 'patch', object: web, ops }, dry)),
      await sent((cluster) => cluster.write({ verb: 'apply', object: web, body }, dry)),
      await sent((cluster) => cluster.write({ verb: 'create', object: web, body }, dry)),
    ]
    for (const { request } of requests) expect(request).toContain('dryRun=All')
    expect((await sent((cluster) => cluster.write({ verb: 'delete', object: web, uid: 'u' }, dry))).body).toMatchObject(
      { dryRun: ['All'] },
    )
  })

  it('that deletes what is gone already is done', async () => {
    const { cluster } = await scene(() => status(404, 'NotFound', 'not found', { name: 'web', kind: 'deployments' }))
    expect(await cluster.write({ verb: 'delete', object: web, uid: 'u' }, call)).toBeNull()
  })

  it('keeps fields that we do not know', async () => {
    const { result } = await sent((cluster) => cluster.get(web, call))
    expect(result).toEqual(stored)
  })
})

describe('reading', () => {
  it('what is not there is null', async () => {
    const { cluster } = await scene(() => status(404, 'NotFound', 'not found', { name: 'web', kind: 'deployments' }))
    expect(await cluster.get(web, call)).toBeNull()
  })

  it('a 404 of a proxy is not an absence', async () => {
    const { cluster } = await scene(() => ({
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<html>no such host</html>',
    }))
    expect(await failureOf(cluster.get(web, call))).toMatchObject({ code: 'kube-protocol' })
  })

  it('items of a list get the kind that the server leaves out', async () => {
    const { cluster } = await scene(() => ({ body: list([pod('a', 1)], 1) }))
    expect(await cluster.list({ kind: 'Pod', namespace: 'web' }, call)).toEqual([pod('a', 1)])
  })

  it('objects without a namespace are asked for without one', async () => {
    const { request } = await sent((cluster) => cluster.list({ kind: 'Node', namespace: 'web' }, call), list([], 1))
    expect(request).toBe('GET /api/v1/nodes?limit=500')
  })

  it('a cluster is known by the uid of kube-system and the version of its server', async () => {
    const { cluster } = await scene(({ path }) => ({
      body: path === '/version' ? { gitVersion: 'v1.36.3' } : { metadata: { name: 'kube-system', uid: 'u-1' } },
    }))
    expect(await cluster.identify(call)).toEqual({ uid: 'u-1', version: 'v1.36.3' })
  })

  it('a log is its last lines, of the container and the restart that was asked for', async () => {
    const { api, cluster } = await scene(() => ({ body: 'one\ntwo\n' }))
    const of = { kind: 'Pod', namespace: 'web', name: 'p' } as const
    expect(await cluster.log(of, { container: 'app', previous: true, lines: 20 }, call)).toBe('one\ntwo\n')
    expect(`${api.asked[0]?.path}?${api.asked[0]?.query.toString()}`).toBe(
      '/api/v1/namespaces/web/pods/p/log?container=app&previous=true&tailLines=20&limitBytes=81920',
    )
  })

  it('a log may look like a web page', async () => {
    const { cluster } = await scene(() => ({ body: '<html>\n' }))
    const of = { kind: 'Pod', namespace: 'web', name: 'p' } as const
    expect(await cluster.log(of, { container: 'app', previous: false, lines: 20 }, call)).toBe('<html>\n')
  })

  it('a log that does not exist yet is empty', async () => {
    const { cluster } = await scene(() =>
      status(400, 'BadRequest', 'previous terminated container "app" in pod "p" not found'),
    )
    const of = { kind: 'Pod', namespace: 'web', name: 'p' } as const
    expect(await cluster.log(of, { container: 'app', previous: true, lines: 20 }, call)).toBe('')
  })
})

describe('may we', () => {
  const rules = (...resourceRules: object[]) => ({ body: { status: { resourceRules } } })
  const deployments = { verbs: ['get', 'patch'], apiGroups: ['apps'], resources: ['deployments'] }

  it('is answered by the rules of the namespace, asked for once', async () => {
    const { api, cluster } = await scene(() => rules(deployments))
    expect(await cluster.may('patch', 'Deployment', 'web', call)).toBe(true)
    expect(await cluster.may('get', 'Deployment', 'web', call)).toBe(true)
    expect(api.asked.map(({ path }) => path)).toEqual(['/apis/authorization.k8s.io/v1/selfsubjectrulesreviews'])
  })

  it.each([
    ['of another verb', { ...deployments, verbs: ['get'] }],
    ['of another group', { ...deployments, apiGroups: ['extensions'] }],
    ['for some names only', { ...deployments, resourceNames: ['other'] }],
  ])('is asked for by itself when there are only rules %s', async (_title, rule) => {
    const { api, cluster } = await scene(({ path }) =>
      path.endsWith('rulesreviews') ? rules(rule) : { body: { status: { allowed: true } } },
    )
    expect(await cluster.may('patch', 'Deployment', 'web', call)).toBe(true)
    expect(api.asked).toHaveLength(2)
  })

  it('asks by group, resource and subresource', async () => {
    const { api, cluster } = await scene(() => ({ body: { status: { allowed: true } } }))
    expect(await cluster.may('create', 'Pod', 'web', { ...call, subresource: 'eviction' })).toBe(true)
    const attributes = { verb: 'create', group: '', resource: 'pods', namespace: 'web', subresource: 'eviction' }
    expect(api.asked.at(-1)?.path).toBe('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')
    expect(JSON.parse(api.asked.at(-1)?.body ?? '')).toMatchObject({ spec: { resourceAttributes: attributes } })
  })

  it('asks for what has no namespace without one', async () => {
    const { api, cluster } = await scene(() => ({ body: { status: { allowed: true } } }))
    await cluster.may('list', 'Node', 'web', call)
    expect(JSON.parse(api.asked.at(-1)?.body ?? '')).toMatchObject({
      spec: { resourceAttributes: { verb: 'list', group: '', resource: 'nodes' } },
    })
    expect(api.asked).toHaveLength(1)
  })

  it('is no when the server says no, and unknown when it does not say', async () => {
    const no = await scene(() => ({ body: { status: { allowed: false, reason: 'no' } } }))
    expect(await no.cluster.may('patch', 'Deployment', 'web', call)).toBe(false)
    const refused = await scene(() => status(403, 'Forbidden', 'cannot create resource "selfsubjectaccessreviews"'))
    expect(await refused.cluster.may('patch', 'Deployment', 'web', call)).toBeNull()
  })

  it('is asked again when asking failed', async () => {
    let isDown = true
    const { cluster } = await scene(() => (isDown ? status(401, 'Unauthorized', 'Unauthorized') : rules(deployments)))
    await failureOf(cluster.may('patch', 'Deployment', 'web', call))
    isDown = false
    expect(await cluster.may('patch', 'Deployment', 'web', call)).toBe(true)
  })
})

describe('counting', () => {
  it('an observer hears of every request, watches apart', async () => {
    const fake = fakeWatch([pod('a', 1)])
    const { cluster, notes } = await scene((asked) => (asked.method === 'GET' ? fake.script(asked) : { body: stored }))
    await cluster.watch([{ kind: 'Pod', namespace: 'web' }], call.signal)
    await cluster.write({ verb: 'patch', object: web, ops: [] }, call)
    expect(notes.map(({ verb }) => verb)).toEqual(['list', 'watch', 'patch'])
  })
})

describe('the end', () => {
  it('of a cluster leaves nothing that keeps the process alive', async () => {
    const fake = fakeWatch([pod('a', 1)])
    await using api = await fakeApi((asked) => (asked.path.endsWith('/pods') ? fake.script(asked) : { body: stored }))
    const kubeconfig = await kubeconfigFile({ server: api.url, ca: api.ca })
    const program = join(await scratch(), 'program.ts')
    const src = join(import.meta.dirname, '../../../src/adapters')
    await writeFile(
      program,
      `import { connect } from '${src}/kubernetes/connect.ts'
import { systemClock } from '${src}/clock.ts'
const { signal } = new AbortController()
{
  await using cluster = await connect({ name: 'east', kubeconfig: '${kubeconfig}', env: {}, clock: systemClock, version: '1' })
  await using watched = await cluster.watch([{ kind: 'Pod', namespace: 'web' }], signal)
  await cluster.get({ kind: 'Deployment', namespace: 'web', name: 'web' }, { signal })
  console.log([...watched.view().objects.keys()].join())
}
`,
    )
    const { stdout, timedOut } = await execa(process.execPath, [program], { timeout: 15_000, reject: false })
    expect({ stdout, timedOut }).toEqual({ stdout: 'Pod/a', timedOut: false })
  })
})
