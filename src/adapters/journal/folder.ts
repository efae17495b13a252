import { join } from 'node:path'
import { DeployError } from '../../core/errors.ts'
import { isRunId } from '../../core/run-id.ts'

/** A run on this machine: `root` is the folder of `deploy.yaml`, `run` its id. */
export interface RunPlace {
  readonly root: string
  readonly run: string
}

/** Where the parts of a run are. */
export interface RunFolder {
  readonly run: string
  readonly path: string
  readonly plan: string
  /** There where the plan came from a cluster and nobody vouched for it: then this folder is no proof of it either. */
  readonly unproved: string
  readonly journal: string
  /** One file for each driver that this run had: the lock. */
  readonly drivers: string
  readonly evidence: string
  /** What was counted, poll by poll: for charts, and for judging again. */
  readonly samples: string
  /** Where counters stood and what the judge knew: a file for each unit, for whoever goes on with the run. */
  readonly notes: string
}

export const runsOf = (root: string): string => join(root, '.deploy', 'runs')

/** The id comes from the command line and becomes a path, so it may only be a name. */
export function folderOf({ root, run }: RunPlace): RunFolder {
  if (!isRunId(run)) {
    throw new DeployError({
      code: 'run-id',
      what: `${JSON.stringify(run)} is not the id of a run`,
      why: 'an id has lower-case letters, digits and dashes, at most 40',
      remedy: 'take the id from: deploy list',
    })
  }
  const path = join(runsOf(root), run)
  return {
    run,
    path,
    plan: join(path, 'plan.json'),
    unproved: join(path, 'plan.unproved'),
    journal: join(path, 'journal.ndjson'),
    drivers: join(path, 'drivers'),
    evidence: join(path, 'evidence'),
    samples: join(path, 'samples.ndjson'),
    notes: join(path, 'notes'),
  }
}
