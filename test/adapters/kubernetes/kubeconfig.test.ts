import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { readKubeconfig } from '../../../src/adapters/kubernetes/kubeconfig.ts'
import { chooseTarget } from '../../../src/adapters/kubernetes/target.ts'
import { failureOf, scratch } from './support/connected.ts'

interface Part {
  readonly current?: string
  readonly clusters?: Readonly<Record<string, object>>
  readonly users?: Readonly<Record<string, object | null>>
  readonly contexts?: Readonly<Record<string, object>>
}

async function file(
  directory: string,
  name: string,
  { current, clusters = {}, users = {}, contexts = {} }: Part,
): Promise<string> {
  const path = join(directory, name)
  const named = (key: string, of: object) => Object.entries(of).map(([one, value]) => ({ name: one, [key]: value }))
  await writeFile(
    path,
    stringify({
      'current-context': current,
      clusters: named('cluster', clusters),
      users: named('user', users),
      contexts: named('context', contexts),
    }),
  )
  return path
}

const east = { server: 'https://east:6443' }
const whole: Part = {
  current: 'prod-east',
  clusters: { east },
  users: { ann: { token: 't' } },
  contexts: { 'prod-east': { cluster: 'east', user: 'ann', namespace: 'web' } },
}

describe('several files', () => {
  it('the first that says something of a name wins, as in kubectl', async () => {
    const directory = await scratch()
    const first = await file(directory, 'a', { clusters: { east: { server: 'https://first' } } })
    const second = await file(directory, 'b', {
      ...whole,
      clusters: { east: { server: 'https://second' }, west: { server: 'https://west' } },
    })
    const config = await readKubeconfig({ KUBECONFIG: `${first}:${second}` })
    expect([...config.clusters].map(([name, { server }]) => `${name} ${server}`)).toEqual([
      'east https://first',
      'west https://west',
    ])
    expect(config.currentContext).toBe('prod-east')
  })

  it('one that is missing is skipped', async () => {
    const directory = await scratch()
    const there = await file(directory, 'there', whole)
    const config = await readKubeconfig({ KUBECONFIG: `${directory}/missing:${there}` })
    expect(config.files).toEqual([there])
  })

  it('without KUBECONFIG it is the one in the home directory', async () => {
    const home = await scratch()
    await mkdir(join(home, '.kube'))
    await file(join(home, '.kube'), 'config', whole)
    expect((await chooseTarget({ env: { HOME: home } })).cluster.server).toBe('https://east:6443')
  })

  it('paths are relative to the file that they stand in; a bare command is looked up in PATH', async () => {
    const directory = await scratch()
    const exec = (command: string) => ({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command } })
    const path = await file(directory, 'config', {
      clusters: { east: { ...east, 'certificate-authority': 'ca.crt' } },
      users: { a: { 'client-certificate': './a.crt', tokenFile: '/t' }, b: exec('./login'), c: exec('login') },
    })
    const { clusters, users } = await readKubeconfig({}, path)
    expect(clusters.get('east')?.['certificate-authority']).toBe(join(directory, 'ca.crt'))
    expect(users.get('a')).toMatchObject({ 'client-certificate': join(directory, 'a.crt'), tokenFile: '/t' })
    expect([users.get('b')?.exec?.command, users.get('c')?.exec?.command]).toEqual([join(directory, 'login'), 'login'])
  })
})

describe('a context', () => {
  it('is the one asked for, with its namespace', async () => {
    const path = await file(await scratch(), 'config', {
      ...whole,
      contexts: { ...whole.contexts, plain: { cluster: 'east', user: 'ann' } },
    })
    expect(await chooseTarget({ env: {}, kubeconfig: path })).toMatchObject({ context: 'prod-east', namespace: 'web' })
    expect(await chooseTarget({ env: {}, kubeconfig: path, context: 'plain' })).toMatchObject({
      context: 'plain',
      namespace: 'default',
    })
  })

  it('that is unknown is refused with the nearest name', async () => {
    const path = await file(await scratch(), 'config', whole)
    expect(await failureOf(chooseTarget({ env: {}, kubeconfig: path, context: 'prod-eats' }))).toMatchObject({
      code: 'context-unknown',
      what: `context prod-eats is not in ${path}`,
      why: 'it has contexts prod-east',
      remedy: 'did you mean prod-east?',
      exit: 'usage',
    })
  })

  it('that names a missing cluster or user says which', async () => {
    const directory = await scratch()
    const a = await file(directory, 'a', { current: 'x', contexts: { x: { cluster: 'gone', user: 'ann' } } })
    const b = await file(directory, 'b', {
      current: 'x',
      clusters: { east },
      contexts: { x: { cluster: 'east', user: 'gone' } },
    })
    expect((await failureOf(chooseTarget({ env: {}, kubeconfig: a }))).message).toBe(
      `context x names cluster gone, which is not in ${a}`,
    )
    expect((await failureOf(chooseTarget({ env: {}, kubeconfig: b }))).message).toBe(
      `context x names user gone, which is not in ${b}`,
    )
  })

  it('must be named when there is no current one', async () => {
    const path = await file(await scratch(), 'config', { contexts: { a: { cluster: 'east', user: 'ann' } } })
    expect(await failureOf(chooseTarget({ env: {}, kubeconfig: path }))).toMatchObject({
      code: 'context-unknown',
      what: `${path} has no current-context`,
      remedy: 'name a context',
    })
  })

  it('whose certificate file cannot be read says which file', async () => {
    const directory = await scratch()
    const path = await file(directory, 'config', { ...whole, users: { ann: { 'client-certificate': 'gone.crt' } } })
    expect(await failureOf(chooseTarget({ env: {}, kubeconfig: path }))).toMatchObject({
      code: 'kubeconfig-unreadable',
      what: `client-certificate ${directory}/gone.crt of context prod-east cannot be read (ENOENT)`,
    })
  })
})

describe('a bad kubeconfig', () => {
  it('that was named but does not exist is refused', async () => {
    expect(await failureOf(readKubeconfig({}, '/nonexistent/config'))).toMatchObject({
      code: 'kubeconfig-unreadable',
      what: 'kubeconfig /nonexistent/config cannot be read (ENOENT)',
      remedy: 'name a file that exists',
    })
  })

  it('that may not be read is refused', async () => {
    const directory = await scratch()
    await mkdir(join(directory, 'config'))
    await chmod(directory, 0o700)
    expect((await failureOf(readKubeconfig({ KUBECONFIG: join(directory, 'config') }))).message).toBe(
      `kubeconfig ${directory}/config cannot be read (EISDIR)`,
    )
  })

  it('that is not YAML is refused with its line, and without its content', async () => {
    const path = join(await scratch(), 'config')
    await writeFile(path, 'users:\n  - name: a\n  token: "secret\n')
    const error = await failureOf(readKubeconfig({}, path))
    expect(error.message).toMatch(new RegExp(`^kubeconfig ${path} is not valid: .*at line 3`))
    expect(error.message).not.toContain('secret')
  })

  it('that has a wrong value is refused with the place', async () => {
    const path = await file(await scratch(), 'config', { clusters: { east: { server: 'east:6443' } } })
    expect((await failureOf(readKubeconfig({}, path))).message).toBe(
      `kubeconfig ${path} is not valid: clusters[0].cluster.server: Invalid URL`,
    )
  })

  it('there is none at all', async () => {
    expect(await failureOf(chooseTarget({ env: { KUBECONFIG: '/nonexistent/a' } }))).toMatchObject({
      code: 'kubeconfig-missing',
      remedy: 'set KUBECONFIG to a kubeconfig file, or make one with your provider’s command',
    })
  })
})

describe('in a pod', () => {
  it('the service account serves when there is no kubeconfig', async () => {
    const serviceAccount = await scratch()
    await writeFile(join(serviceAccount, 'token'), 't')
    await writeFile(join(serviceAccount, 'ca.crt'), 'ca')
    await writeFile(join(serviceAccount, 'namespace'), 'web\n')
    const env = { KUBECONFIG: '/nonexistent/a', KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
    expect(await chooseTarget({ env, serviceAccount })).toMatchObject({
      context: null,
      namespace: 'web',
      cluster: { server: 'https://[fd00::1]:443' },
      user: { tokenFile: join(serviceAccount, 'token') },
    })
  })

  it('the service account serves the cluster around, whatever kubeconfig there is', async () => {
    const serviceAccount = await scratch()
    await writeFile(join(serviceAccount, 'token'), 't')
    const kubeconfig = join(serviceAccount, 'kubeconfig')
    await writeFile(kubeconfig, JSON.stringify({ contexts: [{ name: 'a', context: { cluster: 'a' } }] }))
    const env = { KUBECONFIG: kubeconfig, KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' }
    const choice = { env, serviceAccount, inCluster: true }
    expect(await chooseTarget(choice)).toMatchObject({ context: null, cluster: { server: 'https://10.0.0.1:443' } })
    await expect(chooseTarget({ ...choice, env: { KUBECONFIG: kubeconfig } })).rejects.toMatchObject({
      code: 'not-in-cluster',
    })
  })
})
