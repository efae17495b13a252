import { access } from 'node:fs/promises'
import { DeployError } from '../core/errors.ts'
import type { FoundRun } from './runs.ts'

export interface ProofOptions {
  readonly planHash?: string
  /** A file that `--out` saved. */
  readonly plan?: string
}

/**
 * Whether somebody outside of the cluster vouches for the plan of a run: the folder of this machine, its hash, or the file
 * that was saved. What else a cluster says of it is input. Throws `plan-untrusted` when they say something else.
 */
export async function isProved(
  { run, planHash, folder, keptIn }: FoundRun,
  { planHash: told, plan: file }: ProofOptions,
): Promise<boolean> {
  const where = keptIn
    ? `the plan of run ${run} in cluster ${keptIn.cluster}`
    : `the plan of run ${run} on this machine`
  if (told !== undefined && told !== planHash) throw differs(where, planHash, `--plan-hash is ${told}`)
  if (file !== undefined) {
    const { loadPlan } = await import('./plan-file.ts')
    const { hash } = await loadPlan(file)
    if (hash !== planHash) throw differs(where, planHash, `that of ${file} is ${hash}`)
  }
  if (told !== undefined || file !== undefined) return true
  return keptIn === null && !(await isThere(folder.unproved))
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const differs = (where: string, hash: string, other: string): DeployError =>
  new DeployError({
    code: 'plan-untrusted',
    what: `${where} has the hash ${hash}; ${other}`,
    why: 'a plan that was changed in the cluster could do anything that you may do',
    remedy:
      'take the hash from where the release was approved or begun; if it is the right one, the cluster’s copy was changed: go on from the machine that began the run, or take it back: deploy abort without --plan-hash',
    exit: 'refused',
  })

/** Nobody vouches for the plan, and this verb would do what it says. */
export const unproved = ({ run, keptIn, planHash }: FoundRun, verb: string): DeployError =>
  new DeployError({
    code: 'plan-untrusted',
    what: `the plan of run ${run} is known from cluster ${keptIn?.cluster ?? ''} only`,
    why: 'whoever may write ConfigMaps there could have changed what it does; the hash that was approved tells',
    remedy: `compare it with the hash that the release was approved or begun with; if it is this one: deploy ${verb} ${run} --plan-hash ${planHash}`,
    exit: 'refused',
  })
