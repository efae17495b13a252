import type { RunSummary } from '../adapters/journal/list.ts'
import { DeployError } from '../core/errors.ts'

/** Nobody has one. */
export const nothingFound = (none: string): DeployError =>
  new DeployError({
    code: 'run-unclear',
    what: `${none}, and none in the clusters that were asked`,
    remedy: 'deploy list shows the runs of this folder; runs of another environment: -e NAME',
  })

/** Which of these is meant is not for a program to say. */
export const unclear = (runs: readonly Pick<RunSummary, 'run'>[]): DeployError =>
  new DeployError({
    code: 'run-unclear',
    what: `${runs.length} runs are open: ${runs.map(({ run }) => run).join(', ')}`,
    remedy: 'name one of them',
  })

/** What is not here may be elsewhere, but nobody could say. */
export const refused =
  (none: string) =>
  (error: unknown): never => {
    if (!(error instanceof DeployError) || error.code === 'journal-corrupt') throw error
    throw new DeployError({
      code: 'run-not-found',
      what: `${none}, and the clusters could not be asked: ${error.what}`,
      ...(error.why !== undefined && { why: error.why }),
      remedy: ['deploy list shows the runs of this folder', error.remedy].filter(Boolean).join('; for others: '),
      exit: error.exit,
      cause: error,
    })
  }
