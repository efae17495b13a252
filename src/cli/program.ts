import { type Argument, Command, CommanderError } from 'commander'
import type { ExitCode } from '../core/errors.ts'
import { type CommandEntry, commands, groups, strategyCommand } from './command-list.ts'
import type { CommandContext } from './context.ts'
import type * as optionList from './options.ts'
import type { Process } from './process.ts'
import { version } from './version.ts'

export { CommanderError }

export interface Summary {
  readonly name: string
  readonly summary: string
}

export interface ProgramInput {
  readonly process: Process
  /** The built-in ones, and variants that the configuration defines. */
  readonly strategies: readonly Summary[]
  /** Made when a command is called; help needs none. */
  readonly context: () => Promise<CommandContext>
  readonly done: (exit: ExitCode) => void
}

const argumentTerm = (argument: Argument): string => {
  const shown = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${shown}>` : `[${shown}]`
}

const sentence = (summary: string): string => `${summary.charAt(0).toUpperCase()}${summary.slice(1)}`

/** The command line, as commander reads it. */
export async function program({ process, strategies, context, done }: ProgramInput): Promise<Command> {
  const root = new Command('deploy')
    .description(
      'Releases a service on Kubernetes in steps that are gated on its health, and takes a bad version back by itself.',
    )
    .version(version, '--version', 'the version of this tool')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.streams.stdout.write(text),
      writeErr: (text) => process.streams.stderr.write(text),
      // What it refuses is thrown, too, and said in our own form (usage-error.ts).
      outputError: () => {},
    })
    .showSuggestionAfterError()
    .configureHelp({
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
      // Empty lists are no values to tell of.
      optionDescription: ({ description, defaultValue }) =>
        typeof defaultValue === 'string' ? `${description} (else ${defaultValue})` : description,
    })
    .helpOption('-h, --help', 'this text, or after a command its own')
    .addHelpCommand(
      new Command('help')
        .argument('[command]')
        .description('The help of a command')
        .helpGroup(`${groups.at(-1)}:`),
    )
    .addHelpText(
      'after',
      `\nStart with: deploy plan ${strategies.at(-1)?.name ?? '<strategy>'} <version>   prints what would be done, and changes nothing`,
    )
  const all = groups.flatMap((group) =>
    [...strategies.map(strategyCommand), ...commands].filter((entry) => entry.group === group),
  )
  const called = calledIn(process.argv)
  // A third of the time that help takes would be for options that it does not show.
  const made = called === undefined ? null : await import('./options.ts')
  for (const entry of all) {
    const command = root.command(entry.usage).description(sentence(entry.summary)).helpGroup(`${entry.group}:`)
    if (made && (called === command.name() || called === 'complete')) finish(command, entry, made)
  }
  root
    .command('complete [words...]', { hidden: true })
    .action(async (words: string[]) =>
      (await import('./completion/complete.ts')).complete(root, words, await context()),
    )
  return root

  function finish(command: Command, { options, examples, run }: CommandEntry, made: typeof optionList): void {
    made
      .withCommon(options(command, made))
      .addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`)
      .action(async (...given: unknown[]) => {
        // commander gives the words (those of `[topic...]` as a list), then the options, then the command itself.
        const words = given.slice(0, -2).flat() as string[]
        const { withVariables } = await import('./option-variables.ts')
        const told = withVariables(given.at(-2) as Record<string, unknown>, given.at(-1) as Command, process.env)
        const { events } = told
        if (typeof events === 'string') await (await import('./events-file.ts')).checkEvents(events, process)
        done(await run(words, told as never, { process, whole: context }))
      })
  }
}

/** The command that is called, or that help is asked about. */
function calledIn(argv: readonly string[]): string | undefined {
  const [first, second] = argv.filter((word) => !word.startsWith('-'))
  return first === 'help' ? second : first
}
