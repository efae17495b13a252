import { Command, CommanderError, InvalidArgumentError } from 'commander'
import type { ExitCode } from '../core/errors.ts'
import type { CommandContext } from './context.ts'
import { type CommonOptions, type ReleaseOptions, withCommon, withDriving, withRelease, withWord } from './options.ts'
import { version } from './version.ts'

export { CommanderError, InvalidArgumentError }

export interface ProgramInput {
  readonly context: CommandContext
  /** Variants of strategies that the configuration defines. */
  readonly variants: readonly { readonly name: string; readonly summary: string }[]
  readonly done: (exit: ExitCode) => void
}

/** Every command, with its options and help. What a command does is loaded when it is called. */
export function program({ context, variants, done }: ProgramInput): Command {
  const { stdout, stderr } = context.process.streams
  const root = new Command('deploy')
    .description(
      'Releases a service on Kubernetes in steps that are gated on its health, and takes a bad version back by itself.',
    )
    .version(version, '--version', 'the version of this tool')
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `\nStart with: deploy plan ${context.strategies.at(-1)?.name ?? 'rolling'} <version>   prints what would be done, and changes nothing`,
    )

  const releases = [...context.strategies, ...variants]
  for (const { name, summary } of releases) {
    withWord(withRelease(root.command(`${name} <version>`).description(summary)))
      .addHelpText(
        'after',
        examples([
          `deploy ${name} v1.2.3`,
          `deploy ${name} v1.2.3 -e production --dry-run`,
          `deploy ${name} v1.2.3 --bake 30m --exit-on-pause`,
        ]),
      )
      .action(async (wanted: string, options: ReleaseOptions) =>
        done(await (await import('./commands/release.ts')).release(name, wanted, options, context)),
      )
  }
  withRelease(root.command('plan <strategy> <version>').description('print the plan and change nothing'))
    .addHelpText(
      'after',
      examples([
        'deploy plan canary v1.2.3',
        'deploy plan canary v1.2.3 -e production --out plan.json',
        'deploy plan rolling v1.2.3 --server -o json',
      ]),
    )
    .action(async (strategy: string, wanted: string, options: ReleaseOptions) =>
      done(await (await import('./commands/plan.ts')).plan(strategy, wanted, options, context)),
    )
  withDriving(root.command('apply <plan>').description('run exactly the plan in this file'))
    .option('--approve <hash>', 'run only if this is the hash of the plan')
    .option('--reason <text>', 'why; noted in the journal')
    .addHelpText(
      'after',
      examples(['deploy apply plan.json', 'deploy apply plan.json --approve 7f3a…', 'deploy apply plan.json -o json']),
    )
    .action(async (file: string, options: CommonOptions) =>
      done(await (await import('./commands/apply.ts')).apply(file, options, context)),
    )
  withCommon(root.command('status [run]').description('where a run stands'))
    .addHelpText('after', examples(['deploy status', 'deploy status r7f3k', 'deploy status --json']))
    .action(async (run: string | undefined, options: CommonOptions) =>
      done(await (await import('./commands/status.ts')).status(run, options, context)),
    )
  withCommon(root.command('list').description('all runs, those that need somebody first'))
    .addHelpText('after', examples(['deploy list', 'deploy list --json', 'deploy list -o ndjson']))
    .action(async (options: CommonOptions) => done(await (await import('./commands/list.ts')).list(options, context)))
  withDriving(root.command('watch [run]').description('follow a run that another process drives'))
    .addHelpText('after', examples(['deploy watch', 'deploy watch r7f3k', 'deploy watch -o ndjson']))
    .action(async (run: string | undefined, options: CommonOptions) =>
      done(await (await import('./commands/watch.ts')).watch(run, options, context)),
    )
  for (const [verb, does] of takeovers) {
    withDriving(root.command(`${verb} [run]`).description(does))
      .option('--reason <text>', 'why; noted in the journal')
      .addHelpText(
        'after',
        examples([`deploy ${verb}`, `deploy ${verb} r7f3k`, `deploy ${verb} --reason 'checked by hand'`]),
      )
      .action(async (run: string | undefined, options: CommonOptions) =>
        done(await (await import('./commands/resume.ts')).takeOver(verb, run, options, context)),
      )
  }
  withWord(withRelease(root.command('rollback').description('a new run, to the version that served before')))
    .option('--strategy <name>', 'how', 'rolling')
    .addHelpText(
      'after',
      examples(['deploy rollback', 'deploy rollback --dry-run', 'deploy rollback --strategy blue-green']),
    )
    .action(async (options: ReleaseOptions & { strategy: string }) =>
      done(await (await import('./commands/rollback.ts')).rollback(options, context)),
    )
  return root
}

const takeovers = [
  ['resume', 'go on with a run that nobody drives: after a crash, a pause, or a change of somebody else'],
  ['promote', 'go on with a run that waits for a human'],
  ['abort', 'take back a run that nobody drives'],
] as const

const examples = (lines: readonly string[]): string => `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`
