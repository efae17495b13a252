import type { OpenRun } from '../adapters/journal/open.ts'
import type { KeptNotebook } from '../adapters/journal/notes/notebook.ts'
import { homeOf } from '../core/home.ts'
import type { Plan } from '../core/plan.ts'
import type { Site } from '../engine/planning.ts'
import type { Clock } from '../ports.ts'

interface Wanted {
  readonly plan: Plan
  readonly opened: OpenRun
  readonly sites: readonly Site[]
  readonly clock: Clock
  /** The run's own. */
  readonly log: { warn(details: object, text: string): void }
}

/** Where what the judge knows is kept: beside the journal, and in the home cluster. */
export async function notebookFor({ plan, opened, sites, clock, log }: Wanted): Promise<KeptNotebook> {
  const [{ notebook }, { homeNotes }] = await Promise.all([
    import('../adapters/journal/notes/notebook.ts'),
    import('../adapters/journal/notes/home.ts'),
  ])
  const { folder, epoch, journal } = opened
  const { cluster, namespace } = homeOf(plan)
  const warn = (what: string, error: unknown): void => log.warn({ err: error }, what)
  const place = { namespace, run: folder.run, service: plan.release.service }
  const isBegun = journal.entries.length > 0
  // Where the home is away the run only goes back, and that needs no judge.
  const site = sites.find(({ name }) => name === cluster)
  const home = site && homeNotes({ cluster: site.reins.cluster, place, clock, epoch, isBegun, warn })
  return notebook({ folder: folder.notes, clock, ...(home && { home }), warn })
}
