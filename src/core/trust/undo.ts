import { at, same, token } from '../json.ts'
import { keyOf, type Ref, refName, type RefKey } from '../kinds.ts'
import { marks } from '../marks.ts'
import { asserted, both, written } from '../moves/context.ts'
import { propagation, stableAnswers } from '../moves/back.ts'
import { paths } from '../moves/locks.ts'
import { undoName } from '../moves/prepare.ts'
import type { KubeObject, Service } from '../objects.ts'
import type { Action, BackStep, Mutation, Stage, Unit } from '../plan.ts'
import { isOurs } from '../resolve.ts'
import { find } from '../view.ts'
import { isWorkload, setsOfWorkload, stableSetOf, type TrustCase } from './case.ts'
import { wrongChange } from './values.ts'

/** The way back of one unit, as far as built-in steps go. */
export interface BuiltIn {
  readonly unit: Unit
  /** What it would have done, too. */
  readonly leftOut: readonly string[]
}

/**
 * A way back that may be gone although nobody vouches for the plan that it is from: every step is one of our own, on an
 * object that carries this run's token, to values that the cluster itself vouches for. `wrong`: the first thing that is
 * not so.
 */
export function builtInUndo(trust: TrustCase): BuiltIn | { readonly wrong: string } {
  const { unit } = trust
  const seen = wrongSeen(trust)
  if (seen !== null) return { wrong: seen }
  const ids = [...everyStep(unit), ...unit.back.map(({ id }) => id)]
  if (new Set(ids).size < ids.length) return { wrong: 'two of its steps have the same name' }
  const steps: BackStep[] = []
  const leftOut: string[] = []
  let reached = 0
  for (const step of unit.back) {
    if (step.action.mutation.verb === 'hook') {
      leftOut.push(step.does)
      continue
    }
    const wrong = wrongStep(trust, step, step.action.mutation)
    if (wrong !== null) return { wrong: `step ${step.id} of its way back: ${wrong}` }
    const order = orders.indexOf(step.moves)
    if (order < reached) return { wrong: `step ${step.id} of its way back: it is out of order` }
    reached = order
    if (isDue(trust, step.action.mutation)) steps.push({ ...step, undoes: everyStep(unit) })
  }
  const missed = notCovered(trust, steps)
  if (missed !== null) return { wrong: missed }
  // Nor what comes before it past a point of no return: nobody has looked at that.
  const { evidence: _, past: __, ...rest } = unit
  const known = new Map(steps.flatMap(({ action: { mutation } }) => refsIn(mutation)))
  return { unit: { ...rest, stages: unit.stages.map((stage) => inert(stage, unit, known)), back: steps }, leftOut }
}

const orders = ['traffic', 'services', 'pods', 'rest'] as const

const everyStep = ({ stages }: Unit): readonly string[] => stages.flatMap(({ steps }) => steps.map(({ id }) => id))

const objectIn = (mutation: Mutation): RefKey[] => (mutation.verb === 'hook' ? [] : [keyOf(mutation.object)])

const refsIn = (mutation: Mutation): [RefKey, Ref][] =>
  mutation.verb === 'hook' ? [] : [[keyOf(mutation.object), mutation.object]]

/** The stable pods are those of a set that Kubernetes made, and not those of this very release. */
function wrongSeen(trust: TrustCase): string | null {
  const { unit, run, emergency } = trust
  const { stable, minReady } = unit.seen
  if (minReady > longestReady) return `its stable pods would have to be ready for ${minReady} ms`
  if (unit.workload.kind === 'StatefulSet') return null
  const set = stableSetOf(trust)
  if (!set) return emergency && stable.name === '' ? null : `replicaset ${stable.name}, its stable set, is not there`
  const labels = set.spec.template.metadata?.labels ?? {}
  if (labels[marks.release] === run) return `replicaset ${stable.name}, its stable set, is the one of this release`
  if (labels['pod-template-hash'] !== undefined && labels['pod-template-hash'] !== stable.hash)
    return `replicaset ${stable.name}, its stable set, has another hash`
  const tagged = setsOfWorkload(trust).find(({ spec }) => spec.template.metadata?.annotations?.[marks.stable] === run)
  return tagged && tagged.metadata.name !== stable.name
    ? `replicaset ${tagged.metadata.name} was tagged as its stable set, and not ${stable.name}`
    : null
}

const longestReady = 3_600_000

function wrongStep(
  trust: TrustCase,
  step: BackStep,
  mutation: Exclude<Mutation, { readonly verb: 'hook' }>,
): string | null {
  const { unit, view } = trust
  const { object } = mutation
  if (object.namespace !== unit.namespace) return `${refName(object)} is in namespace ${object.namespace}`
  const live: KubeObject | undefined = find(view, object.kind, object.name)
  const wrong = live ? wrongMutation(trust, mutation, live) : null
  if (wrong !== null) return `${refName(object)} ${wrong}`
  const right = live ? actionOf(trust, mutation, live) : { action: step.action, moves: step.moves }
  return same(right.action, step.action) && right.moves.includes(step.moves)
    ? null
    : `${refName(object)}: it is sent, proved or ordered in another way than a built-in step`
}

function wrongMutation(
  trust: TrustCase,
  mutation: Exclude<Mutation, { readonly verb: 'hook' }>,
  live: KubeObject,
): string | null {
  const { unit, run, besides } = trust
  const {
    kind,
    metadata: { name },
  } = live
  const ofWorkload = isWorkload(trust, { kind, name })
  switch (mutation.verb) {
    case 'change':
      if (kind === 'ReplicaSet' && live !== stableSetOf(trust)) return 'is not the stable set of the workload'
      if (kind !== 'ReplicaSet' && !isOurs(live, run)) return null
      return wrongChange(trust, mutation, live)
    case 'delete':
      if (kind === 'ConfigMap' && name === undoName(unit.workload)) return null
      return (kind === 'Service' || kind === 'PodDisruptionBudget') && besides.includes(name) && isMade(live, run)
        ? null
        : 'would be deleted, and was not made by this run'
    case 'delete-unready':
    case 'delete-sets':
      return ofWorkload ? null : 'is not the workload'
    case 'disown':
      return ofWorkload || disowned.has(kind) ? null : 'is nothing that a release writes'
    case 'create':
      return 'would be made'
  }
}

const disowned: ReadonlySet<string> = new Set([
  'ReplicaSet',
  'Service',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'HTTPRoute',
  'GRPCRoute',
])

/** It selects the pods of this run and of no other: nobody but the run makes such. */
function isMade(live: KubeObject, run: string): boolean {
  const selector = (live as Service).spec.selector as Readonly<Record<string, unknown>> | undefined
  const labels = live.kind === 'Service' ? selector : (selector?.['matchLabels'] as typeof selector)
  return isOurs(live, run) && labels?.[marks.release] === run
}

/** Steps on what carries no token of ours have nothing to do, and are not gone. */
function isDue({ run, view }: TrustCase, mutation: Exclude<Mutation, { readonly verb: 'hook' }>): boolean {
  const { kind, name } = mutation.object
  const live: KubeObject | undefined = find(view, kind, name)
  if (!live) return false
  return kind === 'ReplicaSet' || isOurs(live, run)
}

/** What our own move would send for this mutation, and where in the order it may stand. */
function actionOf(
  { unit, emergency }: TrustCase,
  mutation: Exclude<Mutation, { readonly verb: 'hook' }>,
  live: KubeObject,
): { readonly action: Action; readonly moves: readonly BackStep['moves'][] } {
  const { object } = mutation
  const moved = (more: Action): Action => ({ ...more, guard: stableAnswers, linger: propagation })
  const stableReady = both({ kind: 'complete' }, { kind: 'ready', track: 'stable' })
  if (mutation.verb === 'delete') return { action: asserted(mutation, { kind: 'gone', object }), moves: ['rest'] }
  if (mutation.verb === 'delete-unready') return { action: asserted(mutation, stableReady), moves: ['pods'] }
  if (mutation.verb !== 'change') return { action: asserted(mutation, written), moves: ['rest'] }
  if (live.kind === 'HTTPRoute' || live.kind === 'GRPCRoute')
    return { action: moved(asserted(mutation, { kind: 'accepted', object })), moves: ['traffic'] }
  if (live.kind === 'Service') {
    const shown = asserted(mutation, { kind: 'endpoints', service: object.name, tracks: ['stable'] })
    const isPin = mutation.changes.some(({ to }) => Object.hasOwn(Object(to) as object, 'pod-template-hash'))
    return isPin ? { action: moved(shown), moves: ['traffic', 'services'] } : { action: shown, moves: ['rest'] }
  }
  if (live.kind === 'Deployment' && !emergency && mutation.changes.some(({ path }) => path === paths.template))
    return { action: asserted(mutation, stableReady), moves: ['pods'] }
  const inPods = live.kind === unit.workload.kind || live.kind === 'ReplicaSet'
  return { action: asserted(mutation, written), moves: [inPods ? 'pods' : 'rest'] }
}

/** A way back that leaves something out is none: whatever carries the token must be restored, and let go. */
function notCovered(trust: TrustCase, steps: readonly BackStep[]): string | null {
  const { unit, run, view } = trust
  const has = (key: RefKey, verbs: readonly Mutation['verb'][]): boolean =>
    steps.some(({ action: { mutation } }) => verbs.includes(mutation.verb) && objectIn(mutation)[0] === key)
  for (const [key, object] of view.objects) {
    if (object.kind === 'ReplicaSet' ? !isTagged(object, run) : !isOurs(object, run) || object.kind === 'Lease')
      continue
    const name = refName({ kind: object.kind, name: object.metadata.name })
    if (has(key, ['delete'])) continue
    if (!has(key, ['change']) || !has(key, ['disown'])) return `its way back does not restore ${name}`
    const missing = fieldsToRestore(trust, object).find((path) => !restored(steps, key, path))
    if (missing !== undefined) return `its way back does not restore ${name} ${missing}`
    if (isPinnedToNew(object, run) && !isPinnedBack(steps, key))
      return `its way back never sends ${name} to the stable pods`
  }
  return null

  function restored(all: readonly BackStep[], key: RefKey, path: string): boolean {
    return all.some(
      ({ action: { mutation } }) =>
        mutation.verb === 'change' &&
        keyOf(mutation.object) === key &&
        mutation.changes.some((change) => change.path === path),
    )
  }

  function fieldsToRestore({ besides }: TrustCase, object: KubeObject): string[] {
    if (isWorkload({ unit }, { kind: object.kind, name: object.metadata.name })) return [paths.template]
    const rules = at(object, '/spec/rules')
    if ((object.kind !== 'HTTPRoute' && object.kind !== 'GRPCRoute') || !Array.isArray(rules)) return []
    return (rules as readonly unknown[]).flatMap((rule, index) => {
      const refs = at(rule, '/backendRefs')
      const isSplit = Array.isArray(refs) && refs.some((ref) => besides.some((name) => at(ref, '/name') === name))
      return isSplit ? [`/spec/rules/${index}/backendRefs`] : []
    })
  }
}

const isTagged = (object: KubeObject, run: string): boolean => at(object, paths.stableTag) === run

const isPinnedToNew = (object: KubeObject, run: string): boolean =>
  object.kind === 'Service' && at(object, `${paths.selector}/${token(marks.release)}`) === run

const isPinnedBack = (steps: readonly BackStep[], key: RefKey): boolean =>
  steps.some(({ moves, action: { mutation } }) => moves !== 'rest' && objectIn(mutation)[0] === key)

/** Known to have been begun, and nothing else: what a step wrote is put back by the way back alone. */
const inert = (stage: Stage, { workload }: Unit, known: ReadonlyMap<RefKey, Ref>): Stage => {
  const { waitsFor: _, ...rest } = stage
  return {
    ...rest,
    gates: [],
    soak: 0,
    steps: stage.steps.map((step) => {
      const { mutation } = step.action
      const object = (mutation.verb === 'hook' ? undefined : known.get(keyOf(mutation.object))) ?? workload
      return { ...step, action: asserted({ verb: 'change', object, changes: [] }, written) }
    }),
  }
}
