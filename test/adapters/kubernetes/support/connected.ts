import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { onTestFinished } from 'vitest'
import { type Connected, connect, type ConnectOptions } from '../../../../src/adapters/kubernetes/connect.ts'
import type { RequestNote } from '../../../../src/adapters/kubernetes/rest.ts'
import { fastClock } from './fast-clock.ts'
import { type FakeApi, fakeApi, type FakeApiOptions, type Script } from './fake-api.ts'

/** A directory that is gone after the test. */
export async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'deploy-kube-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

export interface KubeconfigOf {
  readonly server: string
  readonly ca?: string
  readonly user?: object
  readonly cluster?: object
}

/** A kubeconfig with one context, `lab`, and its user `admin`. Returns the file's path. */
export async function kubeconfigFile({
  server,
  ca,
  user = { token: 'good' },
  cluster = {},
}: KubeconfigOf): Promise<string> {
  const file = join(await scratch(), 'config')
  const data = ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'lab',
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'admin', namespace: 'web' } }],
    clusters: [{ name: 'lab', cluster: { server, ...data, ...cluster } }],
    users: [{ name: 'admin', user }],
  }
  await writeFile(file, stringify(config))
  return file
}

export interface Scene {
  readonly api: FakeApi
  readonly cluster: Connected
  /** Each request of the adapter, as its observer heard of it. */
  readonly notes: RequestNote[]
}

export interface SceneOf extends FakeApiOptions {
  readonly user?: object
  readonly cluster?: object
  readonly connect?: Partial<ConnectOptions>
}

/** The adapter connected to a fake API server; both end with the test. */
export async function scene(
  script: Script,
  { user, cluster: more, connect: options, ...server }: SceneOf = {},
): Promise<Scene> {
  const api = await fakeApi(script, server)
  const kubeconfig = await kubeconfigFile({
    server: api.url,
    ca: api.ca,
    ...(user === undefined ? {} : { user }),
    ...(more === undefined ? {} : { cluster: more }),
  })
  const notes: RequestNote[] = []
  const cluster = await connect({
    name: 'east',
    kubeconfig,
    env: {},
    clock: fastClock(),
    random: () => 0.5,
    version: '1.2.3',
    onRequest: (note) => notes.push(note),
    ...options,
  })
  onTestFinished(async () => {
    await cluster[Symbol.asyncDispose]()
    await api[Symbol.asyncDispose]()
  })
  return { api, cluster, notes }
}

/** For calls that nothing aborts. */
export const call = { signal: new AbortController().signal }

/** What a call throws. */
export const failureOf = async (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: Error) => error,
  )
