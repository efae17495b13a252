import { DeployError } from '../../core/errors.ts'
import { mendOf } from './disk.ts'

/**
 * What keeps a run that was begun from being driven on here, since its journal can't be written: it stands as it is, with
 * the new version serving perhaps, until somebody goes on with it. `null`: the error is another one.
 */
export function standstill(
  error: unknown,
  { run, planHash }: { readonly run: string; readonly planHash: string },
): DeployError | null {
  if (!(error instanceof DeployError)) return null
  const { code, what, why, cause } = error
  const mend = code === 'journal-changed' ? error.remedy : mendOf(cause)
  if (mend === undefined) return null
  return new DeployError({
    code,
    what,
    why: `${why}; run ${run} is open and stands as it is, and nobody watches it`,
    remedy: [
      `${mend}, then go on: deploy resume ${run}, or take it back: deploy abort ${run}.`,
      `Until then another machine can take it back: deploy abort ${run} --plan-hash ${planHash}`,
    ].join('\n'),
    exit: 'humanNeeded',
    cause,
  })
}
