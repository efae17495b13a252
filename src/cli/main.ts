import type { LateStrategies } from '../core/strategy.ts'
import { DeployError, type ExitCode, exitCodes } from '../core/errors.ts'
import type { CommandContext } from './context.ts'
import { commandNames } from './names.ts'
import type { Process } from './process.ts'
import { requestsBus } from './requests.ts'
import { CommanderError, program, type Summary } from './program.ts'

export interface MainInput {
  readonly strategies: LateStrategies
  readonly process: Process
}

/** Until a run has begun there is nothing to be careful with: a signal just ends the process. */
const neverAborted = new AbortController().signal

/** Runs one command line and says with which code the process should end. Nothing else ends it. */
export async function main({ strategies, process }: MainInput): Promise<ExitCode> {
  let exit: ExitCode = exitCodes.done
  try {
    const context = async (): Promise<CommandContext> => ({
      strategies: await strategies.load(),
      process,
      requests: requestsBus(),
      signal: neverAborted,
    })
    const all = [...summariesIn(strategies), ...(await variantsIn(process, strategies))]
    const root = await program({ process, strategies: all, context, done: (code) => (exit = code) })
    await root.parseAsync(process.argv, { from: 'user' })
    return exit
  } catch (error) {
    if (!(error instanceof CommanderError)) return await failed(error, process)
    if (error.exitCode === 0) return exitCodes.done
    const { usageError } = await import('./usage-error.ts')
    const usage = usageError(error, process.argv)
    return usage ? await failed(usage, process) : exitCodes.usage
  }
}

async function failed(error: unknown, { streams, argv }: Process): Promise<ExitCode> {
  const code = error instanceof DeployError ? exitCodes[error.exit] : exitCodes.bug
  const { errorText } = await import('../report/error-text.ts')
  streams.stderr.write(`${errorText(error, { columns: streams.stderr.columns ?? 100 })}\n`)
  if (wantsJson(argv)) {
    const { errorJson } = await import('../report/error-json.ts')
    streams.stdout.write(`${JSON.stringify(errorJson(error, code))}\n`)
  }
  return code
}

const wantsJson = (argv: readonly string[]): boolean =>
  argv.some(
    (word, index) =>
      word === '--json' ||
      word === '--output=json' ||
      (word === 'json' && ['-o', '--output'].includes(argv[index - 1] ?? '')),
  )

const summariesIn = ({ summaries }: LateStrategies): Summary[] =>
  Object.entries(summaries).map(([name, summary]) => ({ name, summary }))

/** A first word that is no command of ours may be a variant that deploy.yaml defines; only then it is read that early. */
async function variantsIn(process: Process, { summaries, load }: LateStrategies): Promise<Summary[]> {
  const word = process.argv.find((argument) => !argument.startsWith('-'))
  if (word === undefined || commandNames.includes(word) || Object.hasOwn(summaries, word)) return []
  const { variantNames } = await import('./variants.ts')
  return variantNames(process, await load())
}
