import type { ExitCode } from '../../core/errors.ts'
import type { CommandContext } from '../context.ts'
import type { ReleaseOptions } from '../options.ts'
import { release } from './release.ts'

/** `deploy plan <strategy> <version>`: the same as a release with `--dry-run`. */
export const plan = (
  strategy: string,
  version: string,
  options: ReleaseOptions,
  context: CommandContext,
): Promise<ExitCode> => release(strategy, version, { ...options, dryRun: true }, context)
