import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { SimCluster } from '../../src/sim/sim.ts'
import { flat } from './support/deploy.ts'
import { type Simulated, simulated } from './support/simulated.ts'

const secret = 'postgres://app:hunter2@db.internal/shop'

/** A project whose hook of that event says a secret and fails. */
async function withHook(event: string): Promise<Simulated> {
  const world = await simulated()
  const config = join(world.cwd, 'deploy.yaml')
  const hooks = `hooks: { ${event}: [{ run: [./smoke.sh], timeout: 20s, rerun: safe }] }`
  const text = await readFile(config, 'utf8')
  await writeFile(config, text.replace('image: localhost:1/acme/web', `$&, ${hooks}`))
  await writeFile(join(world.cwd, 'smoke.sh'), `#!/bin/sh\necho "connecting to ${secret}"\nexit 7\n`)
  await chmod(join(world.cwd, 'smoke.sh'), 0o755)
  return world
}

/** All that the cluster holds. */
const inCluster = (cluster: SimCluster): string => JSON.stringify([...cluster.see('web').objects.values()])

/** The journal on this machine, and the only file beside it that has the text. */
function kept(cwd: string, text: string) {
  const runs = join(cwd, '.deploy', 'runs')
  const folder = join(runs, readdirSync(runs)[0] ?? '')
  const evidence = readdirSync(join(folder, 'evidence')).map((name) => join(folder, 'evidence', name))
  const path = evidence.find((file) => readFileSync(file, 'utf8').includes(text)) ?? ''
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
  return {
    place: `${path} sha256 ${sha256}`,
    mode: statSync(path).mode & 0o777,
    journal: readFileSync(join(folder, 'journal.ndjson'), 'utf8'),
  }
}

describe('the log of a pod that fails', () => {
  const last = 'fatal: simulated death'

  it('is on the screen and in a file of the operator alone; the journal has the file and its hash', async () => {
    const { deploy, cluster, cwd } = await simulated()
    const { exit, stderr } = await deploy(['canary', 'v2-crash'])
    expect(exit, stderr).toBe(exitCodes.takenBack)
    const { place, mode, journal } = kept(cwd, last)
    expect(stderr).toMatch(/^\d{4}-\S+ +\| fatal: simulated death/m)
    expect(mode).toBe(0o600)
    for (const copy of [journal, inCluster(cluster)]) {
      expect(copy).toContain(place)
      expect(copy).toContain('before: exit code 1')
      expect(copy).not.toContain(last)
    }
  })
})

describe('what a hook says that fails', () => {
  it('is on the screen and in a file of the operator alone; the journal has the file and its hash', async () => {
    const { deploy, cluster, cwd } = await withHook('before-traffic')
    const { exit, stderr } = await deploy(['canary', 'v2'])
    expect(exit, stderr).toBe(exitCodes.takenBack)
    const { place, mode, journal } = kept(cwd, secret)
    expect(stderr).toMatch(/^\d{4}-\S+ +\| connecting to postgres:/m)
    expect(mode).toBe(0o600)
    for (const copy of [journal, inCluster(cluster)]) {
      expect(copy).toContain(`hook ./smoke.sh exited with 7, output: ${place}`)
      expect(copy).not.toContain(secret)
    }
  })

  it('after the release is warned of with its file', async () => {
    const { deploy, cluster, cwd } = await withHook('after')
    const { exit, stderr } = await deploy(['rolling', 'v2'])
    expect(exit, stderr).toBe(exitCodes.done)
    expect(flat(stderr)).toContain(`exited with 7, output: ${kept(cwd, secret).place}`)
    expect(inCluster(cluster)).not.toContain(secret)
  })
})
