import { folderOf } from '../../adapters/journal/folder.ts'
import { listRuns } from '../../adapters/journal/list.ts'
import { discardRun } from '../../adapters/journal/open.ts'
import { readPlan } from '../../adapters/journal/read.ts'
import type { Plan } from '../../core/plan.ts'
import { isAttended } from '../attended.ts'
import type { Litter } from './litter.ts'

export interface Here {
  readonly litter: readonly Litter[]
  /** Plans of the runs that are over. */
  readonly closed: ReadonlyMap<string, Plan>
}

/** Folders of runs that are over, beyond the newest. What can't be read stays: it may be evidence. */
export async function litterHere(root: string, keep: number): Promise<Here> {
  const runs = (await listRuns(root)).filter(({ last, problem }) => last?.type === 'closed' && !problem)
  const plans = await Promise.all(
    runs.map(async ({ run }) => [run, (await readPlan(folderOf({ root, run }))).plan] as const),
  )
  const old = await Promise.all(
    runs.slice(keep).map(async ({ run }) => {
      const folder = folderOf({ root, run })
      return (await isAttended(folder)) ? [] : [{ run, folder }]
    }),
  )
  const litter = old.flat().map(
    ({ run, folder }): Litter => ({
      what: 'folder',
      name: folder.path,
      place: 'here',
      run,
      why: `over, and older than the last ${keep}`,
      remove: () => discardRun(folder),
    }),
  )
  return { litter, closed: new Map(plans) }
}
