import { at, type Json } from './json.ts'
import { keyOf, refName } from './kinds.ts'
import type { KubeObject } from './objects.ts'
import type { Unit } from './plan.ts'
import { stands } from './resolve.ts'
import { find, replicaSetsOf, type View } from './view.ts'

/**
 * What has moved since the plan was made, in words: the plan itself says what each field held that it is going to
 * change, so the world is compared with that.
 */
export function staleness(unit: Unit, view: View): string[] {
  const first = new Set<string>()
  const moved: string[] = []
  for (const { action } of unit.stages.flatMap((stage) => stage.steps)) {
    if (action.mutation.verb !== 'change') continue
    const { object, changes } = action.mutation
    const live: KubeObject | undefined = find(view, object.kind, object.name)
    if (!live) {
      moved.push(`${refName(object)} is gone`)
      continue
    }
    for (const { path, from, loose, where = [] } of changes) {
      const key = `${keyOf(object)}${path}`
      if (first.has(key)) continue
      first.add(key)
      const fields = [{ path, is: from[0] ?? null, loose }, ...where.map((place) => ({ ...place, loose: undefined }))]
      moved.push(
        ...fields
          .filter((field) => !stands(at(live, field.path), field.is, field.loose))
          .map((field) => movedText(refName(object), field.path, field.is, at(live, field.path))),
      )
    }
  }
  return [...new Set([...moved, ...stableMoved(unit, view)])]
}

function stableMoved(unit: Unit, view: View): string[] {
  const deployment = find(view, 'Deployment', unit.workload.name)
  if (!deployment || unit.workload.kind !== 'Deployment') return []
  const live = replicaSetsOf(view, deployment).filter(
    (set) => (set.spec.replicas ?? 0) > 0 || (set.status?.replicas ?? 0) > 0,
  )
  const others = live.filter((set) => set.metadata.name !== unit.seen.stable.name)
  return others.map((set) => `replicaset ${set.metadata.name} has pods now; the plan saw only ${unit.seen.stable.name}`)
}

const movedText = (object: string, path: string, then: Json, now: Json): string =>
  `${object} ${path} is ${brief(now)}; the plan saw ${brief(then)}`

/** Short values as they are; of long ones (templates may hold anything) only that they differ. */
function brief(value: Json): string {
  if (value === null) return 'absent'
  const text = JSON.stringify(value)
  return text.length <= 80 ? text : 'another value'
}
