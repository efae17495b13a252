import { listRuns } from '../../adapters/journal/list.ts'
import { discardRun } from '../../adapters/journal/open.ts'
import { readRun } from '../../adapters/journal/read.ts'
import { DeployError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan.ts'
import { isAttended } from '../attended.ts'
import type { Litter } from './litter.ts'

export interface Here {
  readonly litter: readonly Litter[]
  /** Plans of the runs that are over. */
  readonly closed: ReadonlyMap<string, Plan>
}

/** Folders of runs that are over, beyond the newest. What can't be read is said and stays: it may be evidence. */
export async function litterHere(root: string, keep: number, say: (text: string) => void): Promise<Here> {
  const runs = (await listRuns(root)).filter(({ last, problem }) => last?.type === 'closed' || problem)
  const read = await Promise.all(
    runs.map(async ({ run, problem }) => {
      try {
        if (problem) throw problem
        const { plan, folder } = await readRun({ root, run })
        return [{ run, plan, folder }]
      } catch (error) {
        if (!(error instanceof DeployError)) throw error
        const { what, remedy } = error
        say(`run ${run} is left alone: ${[what, remedy].filter(Boolean).join('. ')}`)
        return []
      }
    }),
  )
  const over = read.flat()
  const old = await Promise.all(
    over.slice(keep).map(async ({ run, folder }) => ((await isAttended(folder)) === false ? [{ run, folder }] : [])),
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
  return { litter, closed: new Map(over.map(({ run, plan }) => [run, plan])) }
}
