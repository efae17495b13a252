import { escapeText } from '../core/text.ts'
import type { GcResult } from './documents/runs.ts'

/** Something that was left, and what became of it. */
export interface Removal {
  readonly what: 'journal' | 'plan' | 'job' | 'object' | 'folder'
  readonly name: string
  readonly place: string
  readonly run: string
  readonly why: string
  readonly removed: boolean
  readonly problem?: string
}

export function gcText(removals: readonly Removal[], dryRun: boolean): string {
  if (removals.length === 0) return 'Nothing is left of releases that are over.'
  return removals
    .map(({ name, place, why, removed, problem }) => {
      const verb = dryRun ? 'would remove' : removed ? 'removed' : 'NOT removed'
      const where = place === 'here' ? '' : ` in ${place}`
      return escapeText(`${verb} ${name}${where}: ${problem !== undefined && !removed ? problem : why}`)
    })
    .join('\n')
}

export const gcJson = (removals: readonly Removal[], dryRun: boolean): GcResult => ({
  v: 1,
  dryRun,
  found: removals.map((one) => ({
    ...one,
    name: escapeText(one.name),
    why: escapeText(one.why),
    ...(one.problem !== undefined && { problem: escapeText(one.problem) }),
  })),
})
