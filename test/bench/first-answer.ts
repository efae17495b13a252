import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { stringify } from 'yaml'
import type { Millis } from '../../src/core/time.ts'
import { fakeApi } from '../adapters/kubernetes/support/fake-api.ts'
import { type Pair, type Row, rowOf, timed } from './measure.ts'

/**
 * How long it takes from the start of `deploy plan` until an API server on this machine answers for the first time, against
 * a Node.js that does nothing.
 */
export async function firstAnswer(bundle: string, count: number): Promise<Row> {
  let answered: () => void = () => {}
  const unauthorized = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Unauthorized', code: 401 }
  await using api = await fakeApi(() => {
    answered()
    return { status: 401, body: unauthorized }
  })
  const cwd = await mkdtemp(join(tmpdir(), 'deploy-first-answer-'))
  await writeFile(join(cwd, 'deploy.yaml'), stringify(config))
  await writeFile(join(cwd, 'kubeconfig'), stringify(kubeconfig(api.url, api.ca)))
  const env = { PATH: process.env['PATH'], HOME: bundle, KUBECONFIG: join(cwd, 'kubeconfig') }
  const node = (...args: readonly string[]) =>
    execa(process.execPath, args, { cwd, env, extendEnv: false, reject: false, stdin: 'ignore' })
  const ours = async (): Promise<Millis> => {
    const began = performance.now()
    const first = new Promise<Millis>((resolve) => {
      answered = () => resolve(performance.now() - began)
    })
    const { exitCode, stderr } = await node(join(bundle, 'bin/deploy.cjs'), 'plan', 'rolling', version)
    if (exitCode !== 21) throw new Error(`deploy plan ended with ${exitCode}: ${stderr}`)
    return first
  }
  try {
    await ours()
    const taken: Pair[] = []
    for (let index = 0; index < count; index += 1)
      taken.push({ base: await timed(() => node('-e', '0')), ours: await ours() })
    return rowOf('first API answer', 'bare node', taken, '≤ 4.5x')
  } finally {
    await rm(cwd, { recursive: true })
  }
}

/** A digest: no registry is asked for one at the same time. */
const version = `sha256:${'a'.repeat(64)}`

const config = {
  version: 1,
  services: { web: { image: 'localhost:1/web' } },
  environments: { lab: { clusters: [{ context: 'lab' }] } },
}

const kubeconfig = (server: string, ca: string) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'lab',
  contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab', namespace: 'web' } }],
  clusters: [{ name: 'lab', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
  users: [{ name: 'lab', user: { token: 'unknown' } }],
})
