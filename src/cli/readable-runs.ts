import type { RunSummary } from '../adapters/journal/list.ts'
import { type RunRecord, readRun } from '../adapters/journal/read.ts'
import { DeployError } from '../core/errors.ts'

/** One that is damaged is handed on, with what is wrong with it, and does not hide the others. */
export async function readableRuns(
  root: string,
  summaries: readonly RunSummary[],
  onDamaged: (run: string, error: DeployError) => void,
): Promise<readonly RunRecord[]> {
  const read = await Promise.all(
    summaries.map(async ({ run, problem }) => {
      try {
        if (problem) throw problem
        return [await readRun({ root, run })]
      } catch (error) {
        if (!(error instanceof DeployError)) throw error
        onDamaged(run, error)
        return []
      }
    }),
  )
  return read.flat()
}

/** `its journal is damaged …. move it away`, for a line of a list. */
export const wrongWith = ({ what, remedy }: DeployError): string => [what, remedy].filter(Boolean).join('. ')
