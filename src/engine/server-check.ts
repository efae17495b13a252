import { DeployError } from '../core/errors.ts'
import { keyOf, refName } from '../core/kinds.ts'
import { type Plan, type Unit, unitsOf } from '../core/plan.ts'
import { resolve } from '../core/resolve.ts'
import type { Write } from '../core/write.ts'
import type { Site } from './planning.ts'
import { siteOf } from './site.ts'

/**
 * Asks each API server, with `dryRun=All`, whether it would take the first write to every object: permissions, quotas,
 * admission and validation. Later writes to the same object rest on those before them and can't be asked alone.
 */
export async function serverCheck(plan: Plan, sites: readonly Site[], signal: AbortSignal): Promise<void> {
  const problems = await Promise.all(unitsOf(plan).map((unit) => ofUnit(unit, siteOf(sites, unit.cluster), signal)))
  const all = problems.flat()
  if (all.length === 0) return
  throw new DeployError({
    code: 'server-refuses',
    what: `the API server would not take this plan:\n  ${all.join('\n  ')}`,
    why: 'it was asked with dryRun=All; nothing was changed',
    remedy: 'mend what it names, then plan again',
    exit: 'refused',
  })
}

async function ofUnit(unit: Unit, { reins: { cluster, watched } }: Site, signal: AbortSignal): Promise<string[]> {
  const fence = { unit, run: 'dry-run', epoch: 1, view: watched.view(), agreed: new Set<string>() }
  const seen = new Set<string>()
  const problems: string[] = []
  for (const { action, does } of unit.stages.flatMap((stage) => stage.steps)) {
    const { mutation } = action
    if (mutation.verb === 'hook' || seen.has(keyOf(mutation.object))) continue
    seen.add(keyOf(mutation.object))
    const resolved = resolve(mutation, fence)
    const writes: readonly Write[] = 'writes' in resolved ? resolved.writes : []
    if (!('writes' in resolved))
      problems.push(`${unit.id}, ${does}: ${refName(mutation.object)} is not as the plan saw it`)
    for (const write of writes) {
      await cluster.write(write, { signal, dryRun: true }).catch((error: unknown) => {
        if (!(error instanceof DeployError)) throw error
        problems.push(`${unit.id}, ${does}: ${[error.what, error.why].filter(Boolean).join(': ')}`)
      })
    }
  }
  return problems
}
