import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { registry } from '../../../src/adapters/registry/registry.ts'
import { type Answer, fakeRegistry, guarded, manifest, unknown } from './fake-registry.ts'

const never = new AbortController().signal
const digest = `sha256:${'ab'.repeat(32)}`
const nowhere = { DOCKER_CONFIG: '/nowhere' }

const asked = (host: string, env: Record<string, string> = nowhere, timeout = 5_000) =>
  registry({ env }).digest(`${host}/team/web:v1`, { signal: never, timeout })

/** A folder with a config.json of Docker. */
async function dockerConfig(config: unknown): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-registry-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config))
  return { DOCKER_CONFIG: folder }
}

const secret = 'robot:hunter2:with-colon'
const basic = `Basic ${Buffer.from(secret).toString('base64')}`
const login = (host: string) => dockerConfig({ auths: { [host]: { auth: Buffer.from(secret).toString('base64') } } })

describe('the digest of a tag', () => {
  it('is asked for by HEAD, any kind of manifest being welcome', async () => {
    const { host, seen } = await fakeRegistry(manifest(digest))
    expect(await asked(host)).toBe(digest)
    expect(seen).toMatchObject([{ method: 'HEAD', path: '/v2/team/web/manifests/v1', authorization: undefined }])
    expect(seen[0]?.accept).toContain('application/vnd.oci.image.index.v1+json')
    expect(seen[0]?.accept).toContain('application/vnd.docker.distribution.manifest.list.v2+json')
  })

  it('is not asked for when the image has one', async () => {
    expect(await registry({ env: nowhere }).digest(`no.example/web@${digest}`, { signal: never })).toBe(digest)
  })

  it.each(['none', 'sha256:tooshort', `sha256:${'AB'.repeat(32)}`, 'sha512:x'])(
    'is that of the manifest itself where the header says %s',
    async (header) => {
      const body = '{"schemaVersion":2}'
      const { host } = await fakeRegistry((request, response) => {
        response.writeHead(200, header === 'none' ? {} : { 'docker-content-digest': header })
        response.end(request.method === 'GET' ? body : undefined)
      })
      expect(await asked(host)).toBe(`sha256:${createHash('sha256').update(body).digest('hex')}`)
    },
  )

  it('is had by a token for anybody', async () => {
    const { host, seen } = await fakeRegistry(guarded({ token: 't1', inside: manifest(digest) }))
    expect(await asked(host)).toBe(digest)
    expect(seen.map(({ method, path, authorization }) => [method, path, authorization])).toEqual([
      ['HEAD', '/v2/team/web/manifests/v1', undefined],
      ['GET', '/token?service=fake.example&scope=repository%3Ateam%2Fweb%3Apull', undefined],
      ['HEAD', '/v2/team/web/manifests/v1', 'Bearer t1'],
    ])
  })

  it('is had by a token for an account, which only the token server sees', async () => {
    const { host, seen } = await fakeRegistry(guarded({ token: 't1', account: basic, inside: manifest(digest) }))
    expect(await asked(host, await login(host))).toBe(digest)
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined, basic, 'Bearer t1'])
  })

  it('is had by an account alone', async () => {
    const { host } = await fakeRegistry((request, response, itself) => {
      if (request.headers.authorization === basic) return manifest(digest)(request, response, itself)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    })
    expect(await asked(host, await login(`https://${host}`))).toBe(digest)
    expect(await asked(host)).toBeNull()
  })

  it('is found where the registry sends us, but no account goes there', async () => {
    const other = await fakeRegistry(manifest(digest))
    const first = await fakeRegistry(
      guarded({
        token: 't1',
        account: basic,
        inside: (_request, response) => void response.writeHead(307, { location: `http://${other.host}/else` }).end(),
      }),
    )
    expect(await asked(first.host, await login(first.host))).toBe(digest)
    expect(other.seen).toMatchObject([{ method: 'HEAD', path: '/else', authorization: undefined }])
  })
})

describe('an image that is not there', () => {
  it.each(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND'])('is an error when the registry says %s', async (code) => {
    const { host } = await fakeRegistry(unknown(code))
    await expect(asked(host)).rejects.toMatchObject({
      code: 'image-not-found',
      what: `the registry ${host} has no image team/web:v1`,
      remedy: expect.any(String),
      exit: 'refused',
    })
  })

  it('is not known to be missing when somebody else says 404', async () => {
    const { host } = await fakeRegistry((_request, response) => void response.writeHead(404).end('<h1>Not found</h1>'))
    expect(await asked(host)).toBeNull()
  })
})

describe('a registry that can not be asked', () => {
  it.each<[string, Answer]>([
    ['forbids', (_request, response) => void response.writeHead(403).end()],
    ['is too busy', (_request, response) => void response.writeHead(429).end()],
    ['is broken', (_request, response) => void response.writeHead(503).end()],
    ['hangs up', (request) => void request.socket.destroy()],
    ['speaks nonsense', (request) => void request.socket.end('nonsense\r\n\r\n')],
    [
      'wants what we do not know',
      (_request, response) => void response.writeHead(401, { 'www-authenticate': 'Negotiate' }).end(),
    ],
    ['wants nothing that it names', (_request, response) => void response.writeHead(401).end()],
    [
      'refuses its own token',
      guarded({ token: 't1', inside: (_request, response) => void response.writeHead(401).end() }),
    ],
    ['sends us in circles', (request, response) => void response.writeHead(302, { location: request.url }).end()],
    [
      'sends us elsewhere without TLS',
      (_request, response) => void response.writeHead(302, { location: 'http://192.0.2.1/' }).end(),
    ],
    [
      'gives tokens elsewhere without TLS',
      (_request, response) =>
        void response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://192.0.2.1/token"' }).end(),
    ],
    [
      'has a token that is none',
      (request, response) =>
        void (request.url?.startsWith('/token')
          ? response.writeHead(200).end('{"token":1}')
          : response.writeHead(401, { 'www-authenticate': 'Bearer realm="/token"' }).end()),
    ],
    [
      'never stops talking',
      (request, response) => void (request.method === 'HEAD' ? response.writeHead(200).end() : endless(response)),
    ],
  ])('since it %s is no obstacle: the image is just not pinned', async (_why, answer) => {
    const { host } = await fakeRegistry(answer)
    expect(await asked(host, await login(host))).toBeNull()
  })

  it('since nobody listens is no obstacle', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    expect(await asked(`127.0.0.1:${port}`)).toBeNull()
    expect(await asked('no-such-host.invalid')).toBeNull()
  })

  it('is not waited for longer than its time', async () => {
    const { host } = await fakeRegistry(() => {})
    const start = performance.now()
    expect(await asked(host, nowhere, 150)).toBeNull()
    expect(performance.now() - start).toBeLessThan(2_000)
  })

  it('is not waited for once the signal aborts, and that is no answer', async () => {
    const { host } = await fakeRegistry(() => {})
    const abort = new AbortController()
    const answer = registry({ env: nowhere }).digest(`${host}/web`, { signal: abort.signal })
    setTimeout(() => abort.abort(new Error('enough')), 50)
    await expect(answer).rejects.toThrow('enough')
  })
})

describe('the accounts of docker login', () => {
  it.each([
    ['is no JSON', '{"auths": hunter2'],
    ['is of another shape', { auths: 'hunter2' }],
    ['keeps them in a helper', { auths: { HOST: {} }, credsStore: 'desktop' }],
    ['has half of one', { auths: { HOST: { auth: Buffer.from('hunter2').toString('base64') } } }],
  ])('are none when the file %s, and nothing of it is said', async (_how, config) => {
    const { host, seen } = await fakeRegistry(guarded({ token: 't1', account: basic, inside: manifest(digest) }))
    const text = (typeof config === 'string' ? config : JSON.stringify(config)).replace('HOST', host)
    expect(await asked(host, await dockerConfig(text))).toBeNull()
    expect(seen.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
  })

  it('are never in a message', async () => {
    const { host } = await fakeRegistry(
      guarded({ token: 'hunter2-token', account: basic, inside: unknown('MANIFEST_UNKNOWN') }),
    )
    const error: unknown = await asked(host, await login(host)).catch((caught: unknown) => caught)
    const said = JSON.stringify({ ...(error as object), stack: (error as Error).stack })
    expect(said).toContain('image-not-found')
    expect(said).not.toMatch(/hunter2|cm9ib3Q/)
  })
})

it('a text that is no image reference is said to be none', async () => {
  await expect(registry({ env: nowhere }).digest('Web:v1:v2', { signal: never })).rejects.toMatchObject({
    code: 'image-reference',
  })
})

function endless(response: import('node:http').ServerResponse): void {
  response.writeHead(200)
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  }
  response.on('drain', more)
  more()
}
