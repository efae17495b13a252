import { homeOf } from '../home.ts'
import type { Json } from '../json.ts'
import { type Ref, refName } from '../kinds.ts'
import { passedReturn } from '../next/turn.ts'
import { type ClusterId, type Plan, type Unit, unitsOf } from '../plan.ts'
import { type RunState, unitState } from '../state.ts'
import type { View } from '../view.ts'
import { type BuiltIn, builtInUndo } from './undo.ts'

/** What is known of a run without its plan: from deploy.yaml, and from the clusters themselves. */
export interface Known {
  readonly run: string
  readonly state: RunState
  /** Where deploy.yaml has the service in each cluster, and who that cluster is. */
  readonly places: readonly (ClusterId & { readonly namespace: string })[]
  /** What was read of the run came from there. */
  readonly home: { readonly cluster: string; readonly namespace: string }
  /** Of the service, in deploy.yaml; `null`: it has none of that name. */
  readonly workload: Pick<Ref, 'kind' | 'name'> | null
  /** What strategies call the Service beside: `canary` for `web-canary`. */
  readonly besides: readonly string[]
  /** By unit. */
  readonly views: ReadonlyMap<string, View>
  readonly revisions: ReadonlyMap<string, Json>
}

export interface Trusted {
  readonly plan: Plan
  /** Steps of the way back that are not taken: commands. */
  readonly leftOut: readonly string[]
}

/** The plan that a cluster keeps, reduced to a way back that may be gone although nobody vouches for it. */
export function trusted(plan: Plan, known: Known): Trusted | { readonly wrong: string } {
  const { home, workload } = known
  if (!workload) return { wrong: `deploy.yaml has no service ${plan.release.service}` }
  const kept = homeOf(plan)
  if (kept.cluster !== home.cluster || kept.namespace !== home.namespace)
    return { wrong: `it says that it is kept in namespace ${kept.namespace} of cluster ${kept.cluster}` }
  const units = new Map<string, Unit>()
  const leftOut: string[] = []
  for (const unit of unitsOf(plan)) {
    const built = wrongPlace(plan, unit, known) ?? unitUndo(plan, unit, known)
    if (typeof built === 'string') return { wrong: `unit ${unit.id}: ${built}` }
    units.set(unit.id, built.unit)
    leftOut.push(...built.leftOut.map((does) => `${unit.id}: ${does}`))
  }
  const waves = plan.waves.map((wave) => ({ ...wave, units: wave.units.map((unit) => units.get(unit.id) ?? unit) }))
  return { plan: { ...plan, waves }, leftOut }
}

function wrongPlace({ clusters }: Plan, unit: Unit, { places, workload }: Known): string | null {
  const { cluster, namespace } = unit
  const place = places.find(({ name }) => name === cluster)
  if (!place || place.uid !== clusters.find(({ name }) => name === cluster)?.uid)
    return `cluster ${cluster} is not the one of deploy.yaml`
  if (namespace !== place.namespace || unit.workload.namespace !== namespace)
    return `it is in namespace ${namespace}, and deploy.yaml says ${place.namespace}`
  return unit.workload.kind === workload?.kind && unit.workload.name === workload.name
    ? null
    : `its workload is ${refName(unit.workload)}, and deploy.yaml says ${workload?.name}`
}

function unitUndo(
  { release: { service, emergency } }: Plan,
  unit: Unit,
  { run, state, besides, views, revisions }: Known,
): BuiltIn | string {
  const unitNow = unitState(state, unit.id)
  if (!unitNow.ended && passedReturn({ unit, state: unitNow }))
    return 'it is past the point to which there is a way back'
  const view = views.get(unit.id)
  if (!view) return 'nothing is seen of it'
  const built = builtInUndo({
    unit,
    run,
    view,
    emergency,
    besides: besides.map((beside) => `${service}-${beside}`),
    revision: revisions.get(unit.id) ?? null,
  })
  return 'wrong' in built ? built.wrong : built
}
