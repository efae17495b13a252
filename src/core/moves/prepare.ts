import { at, type Json, type JsonObject } from '../json.ts'
import type { Ref } from '../kinds.ts'
import { marks } from '../marks.ts'
import type { Service } from '../objects.ts'
import { placeholders, type Step } from '../plan.ts'
import { asserted, type MoveContext, stepOf, written } from './context.ts'
import { paths } from './locks.ts'

/** Every Service that selects the pods selects only the stable ones now: which changes nothing, yet. */
export const pinServices = (context: MoveContext): Step[] =>
  context.pins.map((ref) =>
    stepOf({
      id: `pin-${ref.name}`,
      does: `service ${ref.name}: only pods of ${context.seen.stable.name}`,
      action: asserted(
        context.draft.change(ref, { [paths.selector]: pinnedSelector(context, ref) }),
        { kind: 'endpoints', service: ref.name, tracks: ['stable'] },
        { kind: 'endpoints', service: ref.name, tracks: ['stable'] },
      ),
    }),
  )

export const pinnedSelector = ({ draft, seen }: MoveContext, ref: Ref): Json => ({
  ...(at(draft.seen(ref), paths.selector) as JsonObject),
  'pod-template-hash': seen.stable.hash,
})

export const pinBudgets = (context: MoveContext): Step[] =>
  context.budgets.map((ref) =>
    stepOf({
      id: `pin-pdb-${ref.name}`,
      does: `pdb ${ref.name}: only pods of ${context.seen.stable.name}`,
      action: asserted(
        context.draft.change(ref, {
          [paths.selector]: budgetFor(context, ref, 'pod-template-hash', context.seen.stable.hash),
        }),
        written,
      ),
    }),
  )

export function budgetFor({ draft }: MoveContext, ref: Ref, label: string, value: string): Json {
  const selector = (at(draft.seen(ref), paths.selector) ?? {}) as JsonObject
  return { ...selector, matchLabels: { ...(selector['matchLabels'] as JsonObject | undefined), [label]: value } }
}

/** While two sets run, an average over both would look like idle pods to the autoscaler: it may grow, not shrink. */
export function holdAutoscaler({ autoscaler, draft }: MoveContext): Step[] {
  if (!autoscaler) return []
  const behavior = at(draft.seen(autoscaler), '/spec/behavior')
  const change =
    behavior === null
      ? draft.change(autoscaler, { '/spec/behavior': { scaleDown: { selectPolicy: 'Disabled' } } }, { loose: true })
      : draft.change(autoscaler, { [paths.scaleDown]: 'Disabled' })
  return [
    stepOf({
      id: 'hold-hpa',
      does: `hpa ${autoscaler.name}: no scale-down during the release`,
      action: asserted(change, written),
    }),
  ]
}

const ownershipKeys =
  /^(argocd\.argoproj\.io|kapp\.k14s\.io|helm\.sh\/chart|.*fluxcd\.io|app\.kubernetes\.io\/managed-by)/

const unowned = (labels: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => !ownershipKeys.test(key)))

/** Our Service beside the stable one; it has no endpoints until the first new pod is Ready. */
export function createSecondary({ draft, namespace, secondary, service }: MoveContext): Step {
  const stable = draft.seen({ kind: 'Service', namespace, name: service }) as Service
  const object: Ref = { kind: 'Service', namespace, name: secondary }
  const ports = (stable.spec.ports ?? []).map(({ nodePort: _, ...port }) => port)
  return stepOf({
    id: 'create-service',
    does: `service ${secondary}: only the new pods`,
    action: asserted(
      {
        verb: 'create',
        object,
        body: {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: secondary, namespace, labels: unowned(stable.metadata.labels), annotations: ourMark },
          spec: { selector: { ...stable.spec.selector, [marks.release]: placeholders.run }, ports },
        },
      },
      { kind: 'exists', object },
    ),
  })
}

const ourMark = { [marks.token]: placeholders.fence }

/** Evictions must not empty the new set either: at least one of its pods stays, if the user guards theirs at all. */
export function createBudget({ budgets, draft, namespace, secondary }: MoveContext): Step[] {
  const [first] = budgets
  if (!first) return []
  const selector = (at(draft.seen(first), paths.selector) ?? {}) as JsonObject
  const object: Ref = { kind: 'PodDisruptionBudget', namespace, name: secondary }
  return [
    stepOf({
      id: 'create-pdb',
      does: `pdb ${secondary}: at least 1 new pod`,
      action: asserted(
        {
          verb: 'create',
          object,
          body: {
            apiVersion: 'policy/v1',
            kind: 'PodDisruptionBudget',
            metadata: { name: secondary, namespace, annotations: ourMark },
            spec: {
              minAvailable: 1,
              selector: {
                ...selector,
                matchLabels: {
                  ...(selector['matchLabels'] as JsonObject | undefined),
                  [marks.release]: placeholders.run,
                },
              },
            },
          },
        },
        { kind: 'exists', object },
      ),
    }),
  ]
}

/** The workload's controller does nothing until we say so. The note tells people who find it paused why. */
export const pauseWorkload = ({ draft, workload, title }: MoveContext): Step =>
  stepOf({
    id: 'pause',
    does: `pause deployment ${workload.name}`,
    action: asserted(
      draft.change(workload, {
        [paths.paused]: true,
        [paths.note]: `${title}, run ${placeholders.run}; the way back by hand: configmap ${undoName(workload)}`,
      }),
      written,
    ),
  })

export const undoName = (workload: Ref): string => `deploy-undo-${workload.name}`

/**
 * A mark in the template metadata of the stable ReplicaSet (its pods are not touched). Without it, the old manifest
 * applied again would make stable the "new" set, and the controller would delete the new pods even while paused.
 */
export function tagStable({ draft, namespace, seen }: MoveContext): Step {
  const object = stableSet(namespace, seen.stable.name)
  return stepOf({
    id: 'tag',
    does: `tag replicaset ${seen.stable.name} as stable`,
    action: asserted(draft.change(object, { [paths.stableTag]: placeholders.run }), written),
  })
}

export const stableSet = (namespace: string, name: string): Ref => ({ kind: 'ReplicaSet', namespace, name })

/**
 * The way back as kubectl commands, kept in the cluster for the day on which this tool can't be had. The commands are
 * filled in when the whole plan is known.
 */
export function writeUndo({ namespace, workload }: MoveContext): Step {
  const object: Ref = { kind: 'ConfigMap', namespace, name: undoName(workload) }
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: object.name, namespace, annotations: ourMark } }
  return stepOf({
    id: 'undo-note',
    does: `configmap ${object.name}: the way back as kubectl commands`,
    action: asserted({ verb: 'create', object, body }, { kind: 'exists', object }),
  })
}
