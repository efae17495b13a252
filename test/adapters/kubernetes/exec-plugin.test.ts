import { appendFile, chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cached } from '../../../src/adapters/kubernetes/credential.ts'
import { execPlugin, type Plugin } from '../../../src/adapters/kubernetes/exec-plugin.ts'
import { virtualClock } from '../../support/virtual-clock.ts'
import { certificate } from './support/certificate.ts'
import type { Asked } from './support/fake-api.ts'
import { call, failureOf, scene, scratch } from './support/connected.ts'
import { pod, status } from './support/objects.ts'

const apiVersion = 'client.authentication.k8s.io/v1'
const web = { kind: 'Pod', namespace: 'web', name: 'a' } as const

/** A plugin that notes each run in `runs` and then does what its script says. */
async function plugin(script: string): Promise<{ command: string; runs: () => Promise<string[]> }> {
  const directory = await scratch()
  const [command, log] = [join(directory, 'plugin'), join(directory, 'runs')]
  await appendFile(log, '')
  await writeFile(
    command,
    `#!${process.execPath}
const { appendFileSync } = require('node:fs')
appendFileSync(${JSON.stringify(log)}, (process.env.KUBERNETES_EXEC_INFO ?? '') + '\\n')
const credential = (status) => console.log(JSON.stringify({ apiVersion: ${JSON.stringify(apiVersion)}, kind: 'ExecCredential', status }))
${script}
`,
  )
  await chmod(command, 0o755)
  return { command, runs: async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '') }
}

const running = (
  command: string,
  more: Omit<Partial<Plugin>, 'exec'> & { readonly exec?: Partial<Plugin['exec']> } = {},
): Plugin => ({
  user: 'ann',
  cluster: { server: 'https://east' },
  env: process.env,
  signal: call.signal,
  ...more,
  exec: { apiVersion, command, ...more.exec },
})

describe('a credential plugin', () => {
  it('is run once for twenty calls at once', async () => {
    const { command, runs } = await plugin(`setTimeout(() => credential({ token: 'good' }), 50)`)
    const { api, cluster } = await scene(() => ({ body: pod('a', 1) }), { user: { exec: { apiVersion, command } } })
    await Promise.all(Array.from({ length: 20 }, () => cluster.get(web, call)))
    expect(await runs()).toHaveLength(1)
    expect(new Set(api.asked.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer good']))
  })

  it('is run again after a 401, once, and the call is sent again', async () => {
    const { command, runs } = await plugin(
      `credential({ token: 'token-' + require('node:fs').readFileSync(__dirname + '/runs', 'utf8').split('\\n').length })`,
    )
    const script = ({ headers }: Asked) =>
      headers.authorization === 'Bearer token-3' ? { body: pod('a', 1) } : status(401, 'Unauthorized', 'Unauthorized')
    const { cluster, api } = await scene(script, { user: { exec: { apiVersion, command } } })
    await Promise.all([cluster.get(web, call), cluster.get(web, call)])
    expect(await runs()).toHaveLength(2)
    expect(api.asked).toHaveLength(4)
  })

  it('that gives refused tokens again and again is not asked for ever', async () => {
    const { command, runs } = await plugin(`credential({ token: 'old' })`)
    const { cluster } = await scene(() => status(401, 'Unauthorized', 'Unauthorized'), {
      user: { exec: { apiVersion, command } },
    })
    expect(await failureOf(cluster.get(web, call))).toMatchObject({ code: 'kube-unauthorized' })
    expect(await runs()).toHaveLength(2)
  })

  it('may give a client certificate instead of a token', async () => {
    const pem = certificate()
    const { command } = await plugin(
      `credential({ clientCertificateData: ${JSON.stringify(pem.cert)}, clientKeyData: ${JSON.stringify(pem.key)} })`,
    )
    const { api, cluster } = await scene(() => ({ body: pod('a', 1) }), { user: { exec: { apiVersion, command } } })
    await cluster.get(web, call)
    expect(api.asked[0]?.clientCert).toBe(pem.cert)
    expect(api.asked[0]?.headers.authorization).toBeUndefined()
  })

  it('may give a new client certificate after a 401: it is used on a new connection', async () => {
    const pems = [certificate(), certificate()]
    const { command } = await plugin(`
const run = require('node:fs').readFileSync(__dirname + '/runs', 'utf8').split('\\n').length - 2
const pem = ${JSON.stringify(pems)}[run]
credential({ clientCertificateData: pem.cert, clientKeyData: pem.key })`)
    const { api, cluster } = await scene(
      ({ clientCert }) =>
        clientCert === pems[1]?.cert ? { body: pod('a', 1) } : status(401, 'Unauthorized', 'Unauthorized'),
      { user: { exec: { apiVersion, command } } },
    )
    await cluster.get(web, call)
    expect(api.connections()).toBe(2)
  })

  it('is told of its caller, and of the cluster when it wants that', async () => {
    const { command, runs } = await plugin(`credential({ token: 'x' })`)
    const config = { audience: 'a' }
    const cluster = {
      server: 'https://east',
      'certificate-authority-data': 'Y2E=',
      extensions: [{ name: 'client.authentication.k8s.io/exec', extension: config }],
    }
    await execPlugin(running(command))()
    await execPlugin(running(command, { cluster, exec: { provideClusterInfo: true } }))()
    expect((await runs()).map((line) => JSON.parse(line))).toEqual([
      { apiVersion, kind: 'ExecCredential', spec: { interactive: false } },
      {
        apiVersion,
        kind: 'ExecCredential',
        spec: { interactive: false, cluster: { server: 'https://east', 'certificate-authority-data': 'Y2E=', config } },
      },
    ])
  })

  it('gets the variables of the kubeconfig', async () => {
    const { command } = await plugin(`credential({ token: process.env.REGION })`)
    const fetch = execPlugin(running(command, { exec: { env: [{ name: 'REGION', value: 'west' }] } }))
    expect(await fetch()).toEqual({ token: 'west' })
  })

  it('is one of at most four that run at once', async () => {
    const { command } = await plugin(`
const { readFileSync } = require('node:fs')
appendFileSync(__dirname + '/live', '+')
setTimeout(() => { appendFileSync(__dirname + '/live', '-'); credential({ token: 'x' }) }, 700)`)
    await Promise.all(Array.from({ length: 7 }, () => execPlugin(running(command))()))
    let live = 0
    const counts = (await readFile(join(command, '..', 'live'), 'utf8'))
      .split('')
      .map((sign) => (live += sign === '+' ? 1 : -1))
    expect(Math.max(...counts)).toBeLessThanOrEqual(4)
  })

  it.each([
    [
      'that fails',
      `console.error('Token eyJhbGciOiJIUzI1NiJ9.e30.abc expired\\x1b[2J'); process.exit(3)`,
      'exit code 3: Token [hidden] expired\\x1b[2J',
      /^run it by hand and mend what it says: /,
    ],
    ['that prints something else', `console.log('hello')`, 'its output is not an ExecCredential', /^run it by hand/],
    [
      'that gives nothing',
      `credential({})`,
      'it gave neither a token nor a client certificate with its key',
      /^run it by hand/,
    ],
    [
      'of another version',
      `console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1beta1', kind: 'ExecCredential', status: { token: 'x' } }))`,
      `it speaks client.authentication.k8s.io/v1beta1, the kubeconfig asks for ${apiVersion}`,
      /^set the same apiVersion/,
    ],
  ])('%s is reported with what it said', async (_title, script, why, remedy) => {
    const { command } = await plugin(script)
    const error = await failureOf(execPlugin(running(command))())
    expect(error).toMatchObject({
      code: 'kube-unauthorized',
      what: `the credential plugin of user ann failed: ${command}`,
      why,
      exit: 'refused',
    })
    expect((error as { remedy?: string }).remedy).toMatch(remedy)
  })

  it('that hangs is ended', async () => {
    const { command } = await plugin(`setTimeout(() => {}, 60_000)`)
    expect(await failureOf(execPlugin(running(command, { timeout: 1000 }))())).toMatchObject({
      why: 'no answer within 1 s',
    })
  })

  it('that is not installed is reported with its own hint', async () => {
    const fetch = execPlugin(running('no-such-plugin', { exec: { installHint: 'brew install no-such-plugin' } }))
    expect(await failureOf(fetch())).toMatchObject({
      why: 'no-such-plugin is not installed, or not in PATH',
      remedy: 'brew install no-such-plugin',
    })
  })

  it('that must ask on a terminal is not started', async () => {
    const { command, runs } = await plugin(`credential({ token: 'x' })`)
    const fetch = execPlugin(running(command, { exec: { interactiveMode: 'Always' } }))
    expect(await failureOf(fetch())).toMatchObject({ why: 'it wants to ask on a terminal (interactiveMode: Always)' })
    expect(await runs()).toHaveLength(0)
  })
})

describe('a credential', () => {
  const minute = 60_000

  it.each([
    ['a minute before its end', 15 * minute, 14 * minute],
    ['a third of its life before, when it lives shorter', 90_000, 60_000],
  ])('is fetched again %s', async (_title, life, kept) => {
    const clock = virtualClock()
    let fetched = 0
    const source = cached(() => Promise.resolve({ token: String(++fetched), expires: clock.now() + life }), clock)
    await source.get()
    await clock.sleep(kept - 1, call.signal)
    expect((await source.get()).token).toBe('1')
    await clock.sleep(1, call.signal)
    expect((await source.get()).token).toBe('2')
  })

  it('that somebody renewed already is not thrown away by a late refusal of the old one', async () => {
    let fetched = 0
    const source = cached(() => Promise.resolve({ token: String(++fetched) }), virtualClock())
    await source.get()
    source.forget({ token: '1' })
    await source.get()
    source.forget({ token: '1' })
    expect((await source.get()).token).toBe('2')
  })

  it('that could not be fetched is tried again by the next call', async () => {
    let fetched = 0
    const source = cached(
      () => (++fetched === 1 ? Promise.reject(new Error('once')) : Promise.resolve({ token: 'x' })),
      virtualClock(),
    )
    await expect(source.get()).rejects.toThrow('once')
    expect(await source.get()).toEqual({ token: 'x' })
  })
})

describe('a token file', () => {
  it('is read, without its line end, and again after a 401', async () => {
    const file = join(await scratch(), 'token')
    await writeFile(file, 'old\n')
    const { api, cluster } = await scene(
      async ({ headers }) => {
        if (headers.authorization === 'Bearer new') return { body: pod('a', 1) }
        await writeFile(file, 'new\n')
        return status(401, 'Unauthorized', 'Unauthorized')
      },
      { user: { tokenFile: file } },
    )
    await cluster.get(web, call)
    expect(api.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new'])
  })
})
