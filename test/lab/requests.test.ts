import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { observed } from '../bench/bundled.ts'
import { published } from '../build/bundle.ts'
import { freshNamespace, lab } from './fixture.ts'
import { makeProject, removeProject } from './scenarios/project.ts'

let bundle = ''
beforeAll(async () => {
  bundle = await published()
  return () => rm(bundle, { recursive: true })
})

it('a canary of three weights asks little of the cluster and of the machine', async () => {
  const namespace = await freshNamespace()
  await namespace.web({ replicas: 20, internal: true, budget: { maxUnavailable: 1 } })
  const cwd = await makeProject({
    clusters: [{ context: 'a', namespace: namespace.name }],
    traffic: { router: 'gateway-api' },
    strategies: { canary: { weights: [10, 25, 50], soak: '1s', bake: '1s' } },
  })
  onTestFinished(() => removeProject(cwd))

  const { run, seen } = await observed({ package: bundle, lab: lab.facts, cwd }, ['canary', '2.0.0'])
  const sockets = mostSockets(run.pid ?? 0, 6443)
  const { exitCode, stderr } = await run
  expect(exitCode, stderr).toBe(0)

  const { requests, connections, peakBytes } = await seen()
  const server = lab.cluster('a').facts.server
  const all = requests.filter(({ origin }) => origin === server)
  const watched = new Set(all.filter(({ path }) => path.includes('watch=true')).map(({ path }) => kindIn(path)))
  // A watch begins with a list.
  const asked = all.filter(({ method, path }) => method !== 'GET' || !watched.has(kindIn(path)) || !path.includes('?'))
  const sent = asked.map(({ method, path }) => `${method} ${path}`).join('\n')
  const appends = asked.filter(isAppend)
  const others = asked.length - appends.length
  expect(others, sent).toBeGreaterThan(20) // The observer does see them.
  expect(others, sent).toBeLessThanOrEqual(60)
  // What each step begins with, and one a second of what nobody waits for.
  expect(appends.length, sent).toBeGreaterThan(10)
  expect(appends.length, sent).toBeLessThanOrEqual(60)
  expect(connections.filter((host) => server.endsWith(host))).toHaveLength(2)
  expect(await sockets).toBe(2)
  expect(peakBytes / 2 ** 20).toBeGreaterThan(20)
  expect(peakBytes / 2 ** 20).toBeLessThanOrEqual(120)
})

/** To the run's journal in its home, which has a pace of its own. */
const isAppend = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === 'PATCH' && path.includes('/configmaps/deploy-run-')

const kindIn = (path: string): string => path.split('?')[0] ?? ''

/** The most connections to this port that a process had at once, as the kernel counts them. */
async function mostSockets(pid: number, port: number): Promise<number> {
  let most = 0
  for (;;) {
    const now = await socketsOf(pid, port).catch(() => null)
    if (now === null) return most
    most = Math.max(most, now)
    await sleep(20)
  }
}

/** Established ones; those of the whole network namespace are listed, its own are among its open files. */
async function socketsOf(pid: number, port: number): Promise<number> {
  const table = await readFile(`/proc/${pid}/net/tcp`, 'utf8')
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
  const inodes = rows.filter(([, , to = '', state]) => to.endsWith(remote) && state === '01').map((row) => row[9])
  const files = await readdir(`/proc/${pid}/fd`)
  const open = new Set(await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => ''))))
  return inodes.filter((inode) => open.has(`socket:[${inode}]`)).length
}
