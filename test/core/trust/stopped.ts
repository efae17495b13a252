import { strategies } from '../../../strategies/index.ts'
import { at } from '../../../src/core/json.ts'
import type { Entry } from '../../../src/core/journal.ts'
import type { Hook, Plan } from '../../../src/core/plan.ts'
import { unitsOf } from '../../../src/core/plan.ts'
import { fold, stateOf } from '../../../src/core/state.ts'
import { type Known, trusted, type Trusted } from '../../../src/core/trust/index.ts'
import { find, type View } from '../../../src/core/view.ts'
import { type Bench, bench } from '../../engine/bench.ts'
import { namespace, type Wish } from '../../engine/manifests.ts'

export const run = 'r7f3'

export interface Stopped extends Bench {
  readonly known: Known
  /** By cluster, as it was before the release. */
  readonly before: ReadonlyMap<string, View>
  /** What would be done without proof. */
  trusts(plan?: Plan): Trusted
  /** Why it would not. */
  refuses(plan: Plan): string | null
}

/** A release whose driver left at that moment, and what is known of it without its plan. */
export async function stopped(
  wish: Wish,
  moment: (entry: Entry) => boolean,
  hooks: Readonly<Record<string, readonly Hook[]>> = {},
): Promise<Stopped> {
  const stage = await bench(wish, hooks)
  const { sim, plan, paper, clusters, asks } = stage
  const before = new Map([...clusters].map(([name, cluster]) => [name, cluster.see(namespace)] as const))
  const driving = stage.drives({ attended: true })
  await sim.runUntil(stage.until(moment))
  asks.ask({ verb: 'detach', by: 'anna', exit: 'interrupted' })
  await sim.runUntil(driving)
  await sim.settle()
  const kind = wish.stateful ? 'StatefulSet' : 'Deployment'
  const views = new Map(
    unitsOf(plan).map((unit) => [unit.id, (clusters.get(unit.cluster) ?? sim.cluster()).see(namespace)] as const),
  )
  const revisions = unitsOf(plan).map((unit) => {
    const view = views.get(unit.id)
    const revision = view && find(view, 'ControllerRevision', unit.seen.stable.name)
    return [unit.id, at(revision, '/data/spec/template')] as const
  })
  const [home] = plan.clusters.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const known: Known = {
    run,
    state: fold(stateOf(plan), paper.entries),
    places: plan.clusters.map((cluster) => ({ ...cluster, namespace })),
    home: { cluster: home?.name ?? '', namespace },
    workload: { kind, name: 'web' },
    besides: strategies.map(({ secondary }) => secondary),
    views,
    revisions: new Map(revisions),
  }
  return {
    ...stage,
    known,
    before,
    trusts(stored = plan) {
      const result = trusted(stored, known)
      if ('wrong' in result) throw new Error(result.wrong)
      return result
    },
    refuses(stored) {
      const result = trusted(stored, known)
      return 'wrong' in result ? result.wrong : null
    },
  }
}
