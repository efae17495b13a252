import type { Strategy } from '../core/strategy.ts'
import { DeployError, type ExitCode, exitCodes } from '../core/errors.ts'
import { commandNames } from './names.ts'
import type { Process } from './process.ts'
import { CommanderError, program } from './program.ts'

export interface MainInput {
  readonly strategies: readonly Strategy[]
  readonly process: Process
}

/** Runs one command line and says with which code the process should end. Nothing else ends it. */
export async function main({ strategies, process }: MainInput): Promise<ExitCode> {
  const interrupted = new AbortController()
  let exit: ExitCode = exitCodes.done
  try {
    const context = { strategies, process, signal: interrupted.signal }
    const variants = await variantsIn(process, strategies)
    await program({ context, variants, done: (code) => (exit = code) }).parseAsync(process.argv, { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    const { errorText } = await import('../report/error-text.ts')
    process.streams.stderr.write(`${errorText(error, { columns: process.streams.stderr.columns ?? 100 })}\n`)
    return error instanceof DeployError ? exitCodes[error.exit] : exitCodes.bug
  }
}

/** A first word that is no command of ours may be a variant that deploy.yaml defines; only then it is read that early. */
async function variantsIn(
  process: Process,
  strategies: readonly Strategy[],
): Promise<{ name: string; summary: string }[]> {
  const word = process.argv.find((argument) => !argument.startsWith('-'))
  const known = new Set([...commandNames, ...strategies.map(({ name }) => name)])
  if (word === undefined || known.has(word)) return []
  const { variantNames } = await import('./variants.ts')
  return variantNames(process, strategies)
}
