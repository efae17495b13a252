import type { RunFolder } from '../../adapters/journal/folder.ts'
import { DeployError } from '../../core/errors.ts'
import type { BaselineBound, Evidence, Rule } from '../../core/evidence.ts'
import { unitsOf } from '../../core/plan.ts'
import { paceOf } from '../../core/metrics.ts'
import { type Terms, usualTerms } from '../../judge/compared/terms.ts'
import { Terms as TermsSchema } from '../../core/terms-schema.ts'

/** What a recording is held to. */
export interface Held {
  readonly terms: Terms
  readonly bounds: readonly BaselineBound[]
  /** What the service promises. */
  readonly objectives: readonly Rule[]
  /** Why these are not those of the run. */
  readonly note: string | null
}

const usual: Held = { terms: usualTerms, bounds: [], objectives: [], note: null }

/** What the run held itself to, where its plan compares versions; else the usual. */
export async function plannedTerms(folder: RunFolder | null, unit: string | null): Promise<Held> {
  if (!folder) return usual
  // A file of samples has no plan: what reads one is not loaded for it.
  const { readPlan } = await import('../../adapters/journal/read.ts')
  try {
    const { plan } = await readPlan(folder)
    const units = unitsOf(plan)
    const own = unit === null ? units[0] : units.find(({ id }) => id === unit)
    return own?.evidence ? held(own.evidence) : usual
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return { ...usual, note: `held to the usual terms, not to those of the run: ${error.what}` }
  }
}

function held({ comparison, source, objectives }: Evidence): Held {
  if (!comparison || !source) return usual
  // A scrape that takes longer is known only when the run compares: its samples say so with what stable did before.
  const { data } = TermsSchema.safeParse({ ...comparison.terms, batch: paceOf(source), stages: 1 })
  return data
    ? { terms: data, bounds: comparison.bounds, objectives, note: null }
    : { ...usual, note: 'held to the usual terms: those in the plan of the run can not be read' }
}
