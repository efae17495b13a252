import { strategies } from '../../strategies/index.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import type { Plan } from '../../src/core/plan.ts'
import { planRelease } from '../../src/engine/planning.ts'
import { openSite } from '../../src/engine/site.ts'
import { loadFrom } from '../../src/rehearse/load.ts'
import type { Load } from '../../src/rehearse/load.ts'
import { type Asked, rehearse } from '../../src/rehearse/rehearse.ts'
import type { Rehearsal } from '../../src/rehearse/rehearsal.ts'
import type { SeenUnit } from '../../src/rehearse/seen.ts'
import { createSim } from '../../src/sim/sim.ts'
import { manifests, namespace, requestFor, type Wish } from '../engine/manifests.ts'

export interface Rehearsed extends Wish {
  readonly load?: Partial<Load>
}

/** A plan, and what was seen while it was made: of a small world that stands for a real cluster. */
export async function planned(wish: Rehearsed): Promise<Pick<Asked, 'plan' | 'hash' | 'seen'>> {
  const sim = createSim({ seed: 7 })
  const clusters = (wish.clusters ?? ['one']).map((name) => sim.cluster(name))
  for (const cluster of clusters) cluster.acts.apply(manifests(wish))
  await sim.settle()
  const strategy = strategies.find(({ name }) => name === (wish.strategy ?? 'canary'))
  if (!strategy) throw new Error('no such strategy')
  const open = new AbortController()
  const workload = { kind: wish.stateful ? 'StatefulSet' : 'Deployment', namespace, name: 'web' } as const
  const sites = await sim.runUntil(Promise.all(clusters.map((one) => openSite(one, workload, open.signal))))
  const request = requestFor(wish, strategy)
  const hooks = { before: [], 'before-traffic': [], 'after-weight': [], after: [], 'on-rollback': [] }
  const image = request.image.reference
  const { plan, complaints } = planRelease({ tool: '0.1', request, strategy, image, emergency: false, sites, hooks })
  open.abort()
  const refused = complaints.filter(({ level }) => level === 'refuse')
  if (refused.length > 0) throw new Error(`refused: ${refused.map(({ what }) => what).join('; ')}`)
  const seen = new Map(
    unitsIn(plan).map((unit): [string, SeenUnit] => {
      const site = sites.find(({ name }) => name === unit.cluster)
      if (!site) throw new Error('no site')
      return [unit.id, { view: site.reins.watched.view(), nodes: site.nodes, load: loadFrom({}, wish.load ?? {}) }]
    }),
  )
  return { plan, hash: planHash(plan), seen }
}

const unitsIn = (plan: Plan) => plan.waves.flatMap(({ units }) => units)

/** The whole rehearsal, or the part of it that is named. */
export async function rehearsed(
  wish: Rehearsed,
  part: Pick<Asked, 'faults' | 'stages'> & { readonly seed?: number } = {},
): Promise<Rehearsal> {
  return rehearse({ ...(await planned(wish)), seed: 1, ...part })
}
