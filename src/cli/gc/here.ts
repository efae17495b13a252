import { listRuns } from '../../adapters/journal/list.ts'
import { discardRun } from '../../adapters/journal/open.ts'
import type { Plan } from '../../core/plan.ts'
import { isAttended } from '../attended.ts'
import { readableRuns, wrongWith } from '../readable-runs.ts'
import type { Litter } from './litter.ts'

export interface Here {
  readonly litter: readonly Litter[]
  /** Plans of the runs that are over. */
  readonly closed: ReadonlyMap<string, Plan>
}

/** Folders of runs that are over, beyond the newest. What can't be read is said and stays: it may be evidence. */
export async function litterHere(root: string, keep: number, say: (text: string) => void): Promise<Here> {
  const runs = (await listRuns(root)).filter(({ last, problem }) => last?.type === 'closed' || problem)
  const over = await readableRuns(root, runs, (run, error) => say(`run ${run} is left alone: ${wrongWith(error)}`))
  const old = await Promise.all(
    over.slice(keep).map(async ({ folder }) => ((await isAttended(folder)) === false ? [folder] : [])),
  )
  const litter = old.flat().map(
    (folder): Litter => ({
      what: 'folder',
      name: folder.path,
      place: 'here',
      run: folder.run,
      why: `over, and older than the last ${keep}`,
      remove: () => discardRun(folder),
    }),
  )
  return { litter, closed: new Map(over.map(({ folder, plan }) => [folder.run, plan])) }
}
