import type { RefKey } from '../../kinds.ts'
import { all, type View } from '../../view.ts'
import type { Check, Facts } from '../check.ts'

interface Volume {
  readonly name: string
  readonly persistentVolumeClaim?: { readonly claimName: string }
}

/**
 * Two sets of pods on one claim. A claim that may be mounted once only (ReadWriteOnce: by one node) keeps new pods
 * waiting until the old are gone, or has two versions write one disk.
 */
export const singleWriter: Check = {
  code: 'volume-read-write-once',
  level: 'refuse',
  emergency: 'warns',
  look: (facts) =>
    facts.surge === 0
      ? null
      : claimsOf(facts).flatMap((claim) => {
          const modes = modesOf(facts.view, claim)
          if (modes?.some((mode) => mode.endsWith('Many')) || sharedNow(facts.view, claim)) return []
          const { called } = facts
          return {
            level: modes ? ('refuse' as const) : ('warn' as const),
            what: `the pods of ${called} mount claim ${claim}${modes ? ` (${modes.join(', ')})` : ', which is not seen to be shared between nodes'}`,
            why: 'if it may be mounted by one node only, new pods on another node wait for ever, and on the same node two versions write one disk',
            remedy: modes
              ? 'use a ReadWriteMany claim, a StatefulSet with a claim for each pod, or strategy Recreate without this tool'
              : `kubectl -n ${facts.view.namespace} get pvc/${claim} -o jsonpath={.spec.accessModes}: go on if it is ReadWriteMany`,
          }
        }),
}

const claimsOf = ({ newTemplate: { spec } }: Facts): string[] =>
  ((spec['volumes'] as readonly Volume[] | undefined) ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  )

/** `null` where claims were not looked at. */
function modesOf(view: View, claim: string): readonly string[] | null {
  const object = view.objects.get(`PersistentVolumeClaim/${claim}` as RefKey)
  return (object?.['spec'] as { accessModes?: readonly string[] } | undefined)?.accessModes ?? null
}

/** Pods on two nodes have it mounted: it is not of the kind that one node holds. */
function sharedNow(view: View, claim: string): boolean {
  const users = all(view, 'Pod').filter(
    ({ spec, status }) =>
      status?.phase === 'Running' &&
      ((spec['volumes'] as readonly Volume[] | undefined) ?? []).some(
        ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim,
      ),
  )
  return new Set(users.map(({ spec }) => spec.nodeName)).size > 1
}
