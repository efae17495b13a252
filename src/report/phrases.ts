import { paths } from '../core/moves/locks.ts'
import type { Step, Unit } from '../core/plan.ts'
import { surgeOf } from '../core/percent.ts'
import { escapeText } from '../core/text.ts'
import { listed } from './words.ts'

/** What a phrase says of which objects; those that say the same of several are said once. */
interface Part {
  readonly says: string
  readonly kind?: string
  readonly name?: string
  /** Where the objects stand: `make service web-canary`, or `service web: selector as before`. */
  readonly order?: 'verb first' | 'object first'
}

/**
 * The steps of a stage in a few words. What is mechanics (a hold after each resize, giving up field ownership) is left
 * out or said once: all of it stands in the plan itself.
 */
export function phrasesOf(unit: Unit, steps: readonly Step[], replicas?: number): string[] {
  const parts = steps.flatMap((step) => partOf(unit, step, replicas))
  const keyOf = ({ says, order }: Part): string => `${order ?? ''} ${says}`
  const keys = [...new Set(parts.map(keyOf))]
  return keys.map((key) => phrase(parts.filter((part) => keyOf(part) === key)))
}

function partOf(unit: Unit, step: Step, replicas: number | undefined): Part[] {
  const { mutation } = step.action
  const does = escapeText(step.does)
  switch (mutation.verb) {
    case 'create':
      return [{ says: 'make', kind: kindOf(mutation.object.kind), name: mutation.object.name, order: 'verb first' }]
    case 'delete':
      return [{ says: 'delete', kind: kindOf(mutation.object.kind), name: mutation.object.name, order: 'verb first' }]
    case 'disown':
      return [{ says: 'our marks go' }]
    case 'delete-unready':
    case 'delete-sets':
    case 'hook':
      return [{ says: does }]
    case 'change': {
      const touched = mutation.changes.map(({ path }) => path)
      if (touched.every((path) => path === paths.paused)) return []
      if (touched.every((path) => path === paths.note)) return [{ says: 'our marks go' }]
      if (touched.every((path) => path === paths.stableTag))
        return [{ says: mutation.changes[0]?.to === null ? 'our marks go' : 'mark the stable pods' }]
      return [objectPart(unit, does, replicas)]
    }
  }
}

const kindOf = (kind: string): string => (kind === 'PodDisruptionBudget' ? 'pdb' : kind.toLowerCase())

function objectPart(unit: Unit, does: string, replicas: number | undefined): Part {
  const [, kind, name, says] = /^(service|pdb|hpa|deployment|statefulset|route) (\S+): (.+)$/.exec(does) ?? []
  if (kind === undefined || name === undefined || says === undefined) return { says: counted(does, replicas) }
  if (says === `only pods of ${unit.seen.stable.name}`) return { says: 'pin', kind, name, order: 'verb first' }
  if (says.endsWith('as before')) return { says: 'as before', kind, name, order: 'object first' }
  return { says, kind, name, order: 'object first' }
}

/** `25 % new pods` of ten is `3 new pods (25 %)`. */
function counted(does: string, replicas: number | undefined): string {
  const percent = /^(\d+) % new pods$/.exec(does)?.[1]
  if (percent === undefined || replicas === undefined) return does
  const pods = surgeOf(Number(percent), replicas)
  return `${pods} new pod${pods === 1 ? '' : 's'} (${percent} %)`
}

function phrase(parts: readonly Part[]): string {
  const [first] = parts
  if (!first) return ''
  const objects = objectsOf(parts)
  if (objects === '') return first.says
  return first.order === 'verb first' ? `${first.says} ${objects}` : `${objects}: ${first.says}`
}

/** `services web, web-internal and pdb web`. */
function objectsOf(parts: readonly Part[]): string {
  const kinds = [...new Set(parts.flatMap(({ kind }) => kind ?? []))]
  return listed(
    kinds.map((kind) => {
      const names = [...new Set(parts.filter((part) => part.kind === kind).map(({ name }) => name ?? ''))]
      return `${kind}${names.length > 1 ? 's' : ''} ${names.join(', ')}`
    }),
  )
}
