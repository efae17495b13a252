import { DeployError, type ExitCode } from '../../core/errors.ts'
import type { EarlyContext } from '../context.ts'
import type { CommonOptions } from '../options.ts'

/** As the command line has them: each command reads its own, and refuses those of the other. */
export interface JudgeOptions extends CommonOptions {
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

/** `deploy judge`: what figures that were kept say of a version. `--design`: how long a soak must be. Asks no cluster. */
export async function judge(options: JudgeOptions, { process }: Pick<EarlyContext, 'process'>): Promise<ExitCode> {
  const { samples, run, unit, as, rps, weight, base, worse } = options
  const isDesign = options.design === true
  if (isDesign)
    refuse('asks no recording', { '--samples': samples, '--run': run, '--unit': unit, '--as': as[0] }, '--design')
  else refuse('goes with --design', { '--rps': rps, '--weight': weight, '--base': base, '--worse': worse })
  if (samples !== undefined) refuse('is another recording', { '--run': run }, '--samples')
  return isDesign
    ? (await import('../judge/design.ts')).design(options, process)
    : (await import('../judge/judge-samples.ts')).judgeSamples(options, process)
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
