import type { Command } from 'commander'
import type { ExitCode } from '../core/errors.ts'
import type { CommandContext, EarlyContext } from './context.ts'
import type { ApplyOptions } from './commands/apply.ts'
import type { DoctorOptions } from './doctor/scene.ts'
import type { JudgeOptions } from './commands/judge.ts'
import type { ListOptions } from './commands/list.ts'
import type { ExplainOptions } from './commands/explain.ts'
import type { GcOptions } from './commands/gc.ts'
import type { InitOptions } from './commands/init.ts'
import type { LockOptions } from './commands/lock.ts'
import type { RehearseOptions } from './commands/rehearse.ts'
import type { ReportOptions } from './commands/report.ts'
import type { ResumeOptions, Verb } from './commands/resume.ts'
import type { RollbackOptions } from './commands/rollback.ts'
import type { StatusOptions } from './commands/status.ts'
import type { WatchOptions } from './commands/watch.ts'
import type * as optionList from './options.ts'
import type { ReleaseOptions } from './options.ts'

/** In the order in which they are needed. */
export const groups = ['First steps', 'Release', 'Plan, then apply', 'Open runs', 'Know more'] as const

/** A command: help, completion and reference pages are made from this list, and its code is loaded when it is called. */
export interface CommandEntry {
  /** With its arguments, as commander reads them: `apply <plan>`. */
  readonly usage: string
  readonly summary: string
  /** Where help lists it. */
  readonly group: (typeof groups)[number]
  /** Its own; those of every command come beside them. Made of those of `options.ts`, which help of the whole does not load. */
  readonly options: (command: Command, made: typeof optionList) => Command
  readonly examples: readonly [string, string, string]
  readonly run: (words: readonly string[], options: never, context: EarlyContext) => Promise<ExitCode>
}

type Word = string | undefined
const said = (words: readonly Word[]): string[] => words.filter((word) => word !== undefined)

type Typed<Options, Context> = Omit<CommandEntry, 'run'> & {
  readonly run: (words: readonly Word[], options: Options, context: Context) => Promise<ExitCode>
}

const early = <Options>(command: Typed<Options, EarlyContext>): CommandEntry => command

const entry = <Options>(command: Typed<Options, CommandContext>): CommandEntry =>
  early<Options>({
    ...command,
    run: async (words, options, { whole }) => command.run(words, options, await whole()),
  })

/** The command of a strategy, or of a variant that the configuration defines. */
export const strategyCommand = ({ name, summary }: { readonly name: string; readonly summary: string }): CommandEntry =>
  entry<ReleaseOptions>({
    usage: `${name} <version>`,
    group: 'Release',
    summary,
    options: (command, { withDetach, withRelease, withWait, withWord }) =>
      withWord(withDetach(withWait(withRelease(command)))),
    examples: [
      `deploy ${name} v1.2.3`,
      `deploy ${name} v1.2.3 -e production --dry-run`,
      `deploy ${name} v1.2.3 --bake 30m --exit-on-pause`,
    ],
    run: async ([version = ''], options, context) =>
      (await import('./commands/release.ts')).release(name, version, options, context),
  })

const openRun = (verb: Verb, summary: string): CommandEntry =>
  entry<ResumeOptions>({
    usage: `${verb} [run]`,
    group: 'Open runs',
    summary,
    options: (command, { withDriving, withKeepPaused, withPast, withPlace, withProof, withReason, withStage }) => {
      const all = withReason(withDriving(withProof(withPlace(command))))
      if (verb === 'promote') return withStage(all)
      if (verb === 'abort') return withPast(all)
      return verb === 'resume' ? withKeepPaused(all) : all
    },
    examples: [`deploy ${verb}`, `deploy ${verb} r7f3k`, `deploy ${verb} --reason 'checked by hand'`],
    run: async ([run], options, context) => (await import('./commands/resume.ts')).command(verb, run, options, context),
  })

export const commands: readonly CommandEntry[] = [
  early<ReleaseOptions>({
    usage: 'plan <strategy> [version]',
    group: 'Plan, then apply',
    summary: 'print the plan, or one that was saved, and change nothing',
    options: (command, { withRelease }) => withRelease(command),
    examples: [
      'deploy plan canary v1.2.3',
      'deploy plan canary v1.2.3 -e production --out plan.json',
      'deploy plan plan.json -o json',
    ],
    run: async ([strategy = '', version], options, context) =>
      version === undefined
        ? (await import('./commands/saved-plan.ts')).savedPlan(strategy, options, context.process)
        : (await import('./commands/plan.ts')).plan(strategy, version, options, await context.whole()),
  }),
  entry<RehearseOptions>({
    usage: 'rehearse [strategy] [version]',
    group: 'Plan, then apply',
    summary: 'run a plan on a simulated copy of what is there, with each fault at each stage; change nothing',
    options: (command, { withRehearsal }) => withRehearsal(command),
    examples: [
      'deploy rehearse canary v1.2.3 -e production',
      'deploy rehearse plan.json --html rehearsal.html',
      'deploy rehearse plan.json --fault errors-100 --stage weight-25 -o json',
    ],
    run: async (words, options, context) =>
      (await import('./commands/rehearse.ts')).rehearsal(said(words), options, context),
  }),
  entry<ApplyOptions>({
    usage: 'apply <plan>',
    group: 'Plan, then apply',
    summary: 'run exactly the plan in this file',
    options: (command, { withDetach, withDriving, withReason, withWait }) =>
      withReason(withDetach(withWait(withDriving(command)))).option(
        '--approve <hash>',
        'run only if this is the hash of the plan',
      ),
    examples: ['deploy apply plan.json', 'deploy apply plan.json --approve 7f3a…', 'deploy apply plan.json -o json'],
    run: async ([file = ''], options, context) => (await import('./commands/apply.ts')).apply(file, options, context),
  }),
  entry<StatusOptions>({
    usage: 'status [run]',
    group: 'Open runs',
    summary: 'where a run stands',
    options: (command, { withPlace }) =>
      withPlace(command).option('--manual', 'instead, what is left of its way back as kubectl commands, for hands'),
    examples: ['deploy status', 'deploy status r7f3k --json', 'deploy status --manual'],
    run: async ([run], options, context) => (await import('./commands/status.ts')).status(run, options, context),
  }),
  entry<ListOptions>({
    usage: 'list',
    group: 'Open runs',
    summary: 'all runs of this folder and of the clusters, those that need somebody first',
    options: (command, { withPlace }) =>
      withPlace(command).option('--local', 'only those of this folder; no cluster is asked'),
    examples: ['deploy list', 'deploy list -e production --json', 'deploy list --local'],
    run: async (_words, options, context) => (await import('./commands/list.ts')).list(options, context),
  }),
  entry<GcOptions>({
    usage: 'gc',
    group: 'Open runs',
    summary: 'remove what releases that are over have left, here and in the clusters',
    options: (command, { whole, withPlace }) =>
      withPlace(command)
        .option('--keep <number>', 'so many runs that are over stay, of each service and in this folder', whole, 10)
        .option('--dry-run', 'print it and remove nothing')
        .option('--local', 'only in this folder; no cluster is asked'),
    examples: ['deploy gc --dry-run', 'deploy gc -e production', 'deploy gc --keep 3 --json'],
    run: async (_words, options, context) => (await import('./commands/gc.ts')).gc(options, context),
  }),
  entry<ReportOptions>({
    usage: 'report <what> [run]',
    group: 'Know more',
    summary: 'run: a run as one HTML file with its charts; verify: whether its journal is whole',
    options: (command, { withPlace }) =>
      withPlace(command).option('--out <file>', 'where to write it; else beside the journal'),
    examples: ['deploy report run', 'deploy report run r7f3k --out r7f3k.html', 'deploy report verify r7f3k'],
    run: async ([what = '', run], options, context) =>
      (await import('./commands/report.ts')).report(what, run, options, context),
  }),
  entry<WatchOptions>({
    usage: 'watch [run]',
    group: 'Open runs',
    summary: 'follow a run that another process drives',
    options: (command, { withDriving, withPlace }) => withDriving(withPlace(command)),
    examples: ['deploy watch', 'deploy watch r7f3k', 'deploy watch -o ndjson'],
    run: async ([run], options, context) => (await import('./commands/watch.ts')).watch(run, options, context),
  }),
  openRun('pause', 'begin no new step; what is under way settles, and triggers stay'),
  openRun('resume', 'go on with a run: after a crash, a pause, or a change of somebody else'),
  openRun('promote', 'go on with a run that waits for a human, or end the soak of its stage'),
  openRun('abort', 'take an open run back'),
  openRun('retry', 'try again what failed and stopped the run'),
  entry<LockOptions>({
    usage: 'lock <what> [run]',
    group: 'Open runs',
    summary: 'status: who drives what, by the Leases; break: take a run from a driver that is gone',
    options: (command, { withPlace, withReason }) =>
      withReason(withPlace(command)).option('--force', 'break it although its driver was seen to live'),
    examples: [
      'deploy lock status -e production',
      'deploy lock status --json',
      "deploy lock break r7f3k --reason 'its machine burnt down'",
    ],
    run: async ([what = '', run], options, context) =>
      (await import('./commands/lock.ts')).lock(what, run, options, context),
  }),
  entry<RollbackOptions>({
    usage: 'rollback',
    group: 'Release',
    summary: 'a new run, to the version that served before',
    options: (command, { withDetach, withRelease, withWait, withWord }) =>
      withWord(withDetach(withWait(withRelease(command)))).option('--strategy <name>', 'how', 'rolling'),
    examples: ['deploy rollback', 'deploy rollback --dry-run', 'deploy rollback --strategy blue-green'],
    run: async (_words, options, context) => (await import('./commands/rollback.ts')).rollback(options, context),
  }),
  entry<InitOptions>({
    usage: 'init [deployment]',
    group: 'First steps',
    summary: 'write a deploy.yaml for a Deployment that runs',
    options: (command) =>
      command
        .option('--context <name>', 'of the kubeconfig; else the current one')
        .option('-n, --namespace <name>', 'else the one of the context')
        .option('-e, --env <name>', 'what to call the environment; else like the context')
        .option('--dry-run', 'print it and write nothing')
        .option('--force', 'replace a file that is there'),
    examples: ['deploy init', 'deploy init web -n shop', 'deploy init web --context staging --dry-run'],
    run: async ([deployment], options, context) =>
      (await import('./commands/init.ts')).init(deployment, options, context),
  }),
  entry<DoctorOptions>({
    usage: 'doctor',
    group: 'First steps',
    summary: 'look at everything that a release rests on, and change nothing',
    options: (command, { withTarget }) =>
      withTarget(command).option('--rbac', 'print Roles for planner, releaser, commander and driver instead'),
    examples: ['deploy doctor', 'deploy doctor -e production --json', 'deploy doctor --rbac > roles.yaml'],
    run: async (_words, options, context) => (await import('./commands/doctor.ts')).doctor(options, context),
  }),
  entry<ExplainOptions>({
    usage: 'explain [topic...]',
    group: 'Know more',
    summary: 'words, keys of deploy.yaml, error codes, exit codes; config: every value and who said it',
    options: (command, { withSettings, withTarget }) => withSettings(withTarget(command)),
    examples: ['deploy explain fencing token', 'deploy explain services.web.traffic', 'deploy explain config canary'],
    run: async (words, options, context) =>
      (await import('./commands/explain.ts')).explain(said(words), options, context),
  }),
  early<JudgeOptions>({
    usage: 'judge',
    group: 'Know more',
    summary: 'whether figures that were kept say that a version is worse (exit 0 pass, 3 roll back, 5 not decided)',
    options: (command, { withJudging }) => withJudging(command),
    examples: [
      'deploy judge --samples samples.ndjson --soak 5m --as flagger',
      'deploy judge --run r7f3k -o json',
      'deploy judge --design --rps 100 --weight 5% --base 0.1% --worse 0.5%',
    ],
    run: async (_words, options, context) => (await import('./commands/judge.ts')).judge(options, context),
  }),
  entry<object>({
    usage: 'completion <shell>',
    group: 'First steps',
    summary: 'the script that completes command lines in bash, zsh or fish',
    options: (command) => command,
    examples: [
      'deploy completion bash > ~/.local/share/bash-completion/completions/deploy',
      'deploy completion zsh > ~/.zfunc/_deploy',
      'deploy completion fish > ~/.config/fish/completions/deploy.fish',
    ],
    run: async ([shell = ''], _options, context) =>
      (await import('./commands/completion.ts')).completion(shell, context),
  }),
]
