import { at } from '../../json.ts'
import { marks, runOfToken } from '../../marks.ts'
import type { KubeObject } from '../../objects.ts'
import { undoName } from '../../moves/prepare.ts'
import { find } from '../../view.ts'
import { autoscalersOf } from '../autoscaler.ts'
import { matchingBudgets } from '../budgets.ts'
import type { PreflightCase } from '../case.ts'
import { type Check, kubectl } from '../check.ts'
import { servicesOf } from '../pins.ts'

/** The caller exits with `locked` (8) for this code. */
export const runOpen: Check<PreflightCase> = {
  code: 'run-open',
  level: 'refuse',
  emergency: 'stays',
  look(input) {
    const held = [...objectsOf(input)].flatMap((object) => {
      const token = object.metadata.annotations?.[marks.token]
      return token === undefined ? [] : [{ object, run: runOfToken(token) }]
    })
    const runs = [...new Set(held.map(({ run }) => run))]
    return runs.map((run) => {
      const names = held
        .filter((other) => other.run === run)
        .map(({ object }) => `${object.kind.toLowerCase()}/${object.metadata.name}`)
      const note = held.find((other) => other.run === run)?.object.metadata.annotations?.[marks.note]
      return {
        what: `run ${run} is open: it holds ${names.join(', ')}${note ? ` (${note})` : ''}`,
        why: 'two releases at once would take each other back',
        remedy: `deploy status ${run} says where it stands; deploy abort ${run} takes it back, deploy resume ${run} goes on; where its journal is lost, ${kubectl(input, `get configmap/${undoName(input.workload)} -o yaml`)} has the way back as commands`,
      }
    })
  },
}

/**
 * All that a release of this workload writes, but for ReplicaSets: the controller copies annotations of the Deployment to
 * them, and such a copy may outlive the run.
 */
function objectsOf({ view, workload, route, service, secondary }: PreflightCase): Set<KubeObject> {
  const target: KubeObject | undefined = find(view, workload.kind, workload.name)
  const labels = Object.entries(at(target, '/spec/template/metadata/labels') ?? {})
  const selected = Object.fromEntries(labels) as Readonly<Record<string, string>>
  const found: readonly (KubeObject | undefined)[] = [
    target,
    find(view, 'Service', service),
    ...(target ? [...servicesOf(view, selected), ...matchingBudgets(view, selected)] : []),
    ...autoscalersOf(view, workload),
    route ? find(view, route.kind, route.name) : undefined,
    // Its own objects stand before and after the marks on others.
    find(view, 'ConfigMap', undoName(workload)),
    find(view, 'Service', secondary),
    find(view, 'PodDisruptionBudget', secondary),
  ]
  return new Set(found.filter((object) => object !== undefined))
}
