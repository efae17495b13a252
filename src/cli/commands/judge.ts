import { DeployError, type ExitCode } from '../../core/errors.ts'
import type { EarlyContext } from '../context.ts'
import type { CommonOptions, ReleaseOptions } from '../options.ts'

/** As the command line has them: each command reads its own, and refuses those of the other. */
export interface JudgeOptions extends CommonOptions, Pick<ReleaseOptions, 'env' | 'service' | 'namespace' | 'cluster'> {
  readonly since?: string
  readonly samples?: string
  readonly run?: string
  readonly unit?: string
  readonly as: readonly string[]
  readonly soak?: string
  readonly early?: boolean
  readonly alpha?: string
  readonly design?: boolean
  readonly rps?: string
  readonly weight?: string
  readonly base?: string
  readonly worse?: string
}

/**
 * `deploy judge`: what figures that were kept say of a version. `--design`: how long a soak must be. `--since`: how often
 * gates would have fired; this alone asks clusters.
 */
export async function judge(options: JudgeOptions, { process, whole }: EarlyContext): Promise<ExitCode> {
  const { samples, run, unit, as, rps, weight, base, worse, since, design } = options
  const recording = { '--samples': samples, '--run': run, '--unit': unit, '--as': as[0] }
  if (design) refuse('asks no recording', { ...recording, '--since': since }, '--design')
  else refuse('goes with --design', { '--rps': rps, '--weight': weight, '--base': base, '--worse': worse })
  if (design) return (await import('../judge/design.ts')).design(options, process)
  if (since !== undefined) {
    refuse('asks the source of metrics', recording, '--since')
    return (await import('../judge/judge-past.ts')).judgePast(options, await whole())
  }
  if (samples !== undefined) refuse('is another recording', { '--run': run }, '--samples')
  return (await import('../judge/judge-samples.ts')).judgeSamples(options, process)
}

function refuse(why: string, options: Readonly<Record<string, string | undefined>>, other?: string): void {
  const [name] = Object.entries(options).find(([, said]) => said !== undefined) ?? []
  if (name === undefined) return
  throw new DeployError({
    code: 'usage',
    what: other === undefined ? `${name} ${why}` : `${name} beside ${other}, which ${why}`,
    remedy: `leave one of them out: deploy judge --help`,
  })
}
