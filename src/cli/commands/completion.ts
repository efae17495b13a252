import { DeployError, type ExitCode, exitCodes } from '../../core/errors.ts'
import { shown } from '../../core/shown.ts'
import { hint } from '../../config/nearest.ts'
import { scripts } from '../completion/scripts.ts'
import { shells } from '../completion/shells.ts'
import type { CommandContext } from '../context.ts'

/** `deploy completion <shell>`: the script that teaches a shell to complete our command lines. */
export function completion(asked: string, { process }: CommandContext): ExitCode {
  const shell = shells.find((one) => one === asked)
  if (!shell)
    throw new DeployError({
      code: 'usage',
      what: `there is no completion for ${shown(asked)}`,
      remedy: hint(asked, shells),
    })
  process.streams.stdout.write(scripts[shell])
  return exitCodes.done
}
