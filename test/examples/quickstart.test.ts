import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { strategies } from '../../strategies/index.ts'
import { disk } from '../../src/config/disk.ts'
import { plannedHooks } from '../../src/config/hook-files.ts'
import { loadConfig } from '../../src/config/load.ts'
import { type Resolved, resolve } from '../../src/config/resolve.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { Strategy } from '../../src/core/strategy.ts'
import { type Planned, planRelease } from '../../src/engine/planning.ts'
import { openSite } from '../../src/engine/site.ts'
import { createSim } from '../../src/sim/sim.ts'

const folder = join(import.meta.dirname, '../../examples/quickstart')
const loaded = loadConfig({ cwd: folder, asked: undefined, files: disk, strategies })

const asked = (strategy: string, env: string): Resolved =>
  resolve({ asked: { strategy, version: 'v1.2.3', env }, variables: {}, loaded, strategies })

/** The plan for this release of the example's service in the example's namespace, on simulated clusters. */
async function planned(request: Resolved): Promise<Planned> {
  const sim = createSim()
  const objects = parseAllDocuments(readFileSync(join(folder, 'web.yaml'), 'utf8')).map(
    (document) => document.toJS() as JsonObject & { metadata: JsonObject },
  )
  const clusters = request.clusters.map(({ name, namespace = 'default' }) => {
    const cluster = sim.cluster(name)
    cluster.acts.apply(objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } })))
    return { cluster, namespace }
  })
  await sim.settle()
  const { signal } = new AbortController()
  const opening = clusters.map(({ cluster, namespace }) =>
    openSite(cluster, { ...request.workload, namespace }, signal),
  )
  const sites = await sim.runUntil(Promise.all(opening))
  return planRelease({
    tool: '0.1',
    request,
    strategy: strategies.find(({ name }) => name === request.strategy.type) as Strategy,
    hooks: plannedHooks({ hooks: request.hooks, folder, files: disk, variables: {} }),
    image: request.image.reference,
    emergency: false,
    sites,
  })
}

describe('examples/quickstart', () => {
  it.each(['canary', 'careful', 'blue-green', 'rolling'])('can be released with %s', async (strategy) => {
    const { plan, complaints } = await planned(asked(strategy, 'staging'))
    expect(complaints.filter(({ level }) => level === 'refuse')).toEqual([])
    expect(plan.waves.flatMap((wave) => wave.units).map(({ id }) => id)).toEqual(['web@staging'])
  })

  it('goes to both clusters of production, after an approval', async () => {
    const { plan } = await planned(asked('canary', 'production'))
    expect(plan.release.protected).toBe(true)
    expect(plan.waves.flatMap((wave) => wave.units).map(({ id }) => id)).toEqual(['web@us-east-1', 'web@eu-west-1'])
  })

  it('finds the route by itself', async () => {
    const { plan } = await planned(asked('canary', 'staging'))
    const steps = plan.waves.flatMap((wave) =>
      wave.units.flatMap(({ stages }) => stages.flatMap((stage) => stage.steps)),
    )
    expect(steps.map(({ does }) => does)).toContain('route web: web 95, web-canary 5')
  })
})
