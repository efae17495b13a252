import type { Command } from 'commander'
import { referenceOf } from '../config/image.ts'
import { DeployError } from '../core/errors.ts'

/** What the command line said, for every command that releases or plans. */
export interface ReleaseOptions extends WaitOptions, CommonOptions, DetachOptions {
  readonly env?: string
  readonly service?: string
  readonly namespace?: string
  readonly cluster?: readonly string[]
  readonly set?: readonly string[]
  readonly weight?: string
  readonly bake?: string
  readonly dryRun?: boolean
  readonly out?: string
  readonly server?: boolean
  readonly approve?: string
  readonly reason?: string
  readonly emergency?: boolean
  readonly ignoreTrigger?: readonly string[]
}

export interface DetachOptions {
  readonly detach?: boolean
  readonly detachImage?: string
}

/** When another run is open. */
export interface WaitOptions {
  readonly wait?: boolean
  readonly waitFor?: string
}

export const waits = ({ wait, waitFor }: WaitOptions): boolean => wait === true || waitFor !== undefined

export interface CommonOptions extends DriveOptions {
  readonly config?: string
}

export interface DriveOptions {
  readonly output: 'text' | 'json' | 'ndjson'
  readonly json?: boolean
  readonly events?: string
  readonly exitOnPause?: boolean
  readonly onSignal?: 'back' | 'leave'
  readonly color?: boolean
  readonly verbose?: boolean
}

export const outputs = ['text', 'json', 'ndjson'] as const

const whileItRuns = 'While it runs:'

/** Options of every command. */
export const withCommon = (command: Command): Command =>
  command
    .optionsGroup('Options of every command:')
    .option('--config <file>', 'the configuration; else deploy.yaml from here up to the first .git')
    .option('-o, --output <form>', 'text, json (one document at the end) or ndjson (events)', outputForm, 'text')
    .option('--json', 'the same as -o json')
    .option('--color', 'colour even where it is not a terminal')
    .option('--no-color', 'no colour')
    .option('-v, --verbose', 'say every step')
    .helpOption('-h, --help', 'this text')

/** Options of commands that drive a run. */
export const withDriving = (command: Command): Command =>
  command
    .optionsGroup(whileItRuns)
    .option('--events <file>', 'events as NDJSON while it runs, to a file or - for stdout')
    .option('--exit-on-pause', 'leave when the run pauses (exit 5); nobody watches it then')
    .addOption(
      // A value of commander's own would move the bundle's runtime out of its main file.
      command
        .createOption('--on-signal <what>', 'off a terminal: back takes requests to the old pods first, leave does not')
        .choices(['back', 'leave'])
        .default('back'),
    )

/** Options of commands that open a run: it may be driven elsewhere. */
export const withDetach = (command: Command): Command =>
  command
    .optionsGroup(whileItRuns)
    .option('--detach', 'a Job in the cluster drives the run; this command ends once it does')
    .option('--detach-image <image>', 'of that Job, by digest; instead of the one of deploy.yaml', pinnedImage)

/** Options that say what is released, and where. */
export const withRelease = (command: Command): Command =>
  withSettings(withTarget(withDriving(command)))
    .optionsGroup('The plan:')
    .option('--out <file>', 'save the plan')
    .option('--server', 'ask the API server, too, whether it would take the changes')
    .optionsGroup(thisOnce)
    .option(
      '--ignore-trigger <name>',
      'go without a trigger that fires already (needs --reason; may be repeated)',
      collect,
      [],
    )

/** Options that choose among what deploy.yaml has. */
export const withTarget = (command: Command): Command =>
  command
    .optionsGroup('What and where:')
    .option('-e, --env <name>', 'the environment; needed where there are several')
    .option('-s, --service <name>', 'the service; needed where there are several')
    .option('-n, --namespace <name>', 'instead of the one of the configuration or the context')
    .option('--cluster <name>', 'only this cluster of the environment (may be repeated)', collect, [])

/** Where to look for a run that this machine does not have. */
export const withPlace = (command: Command): Command =>
  command
    .optionsGroup('Which run, where none is named:')
    .option('-e, --env <name>', 'the environment whose clusters are asked; needed where there are several')
    .option('-n, --namespace <name>', 'instead of the one of the configuration or the context')
    .option('--cluster <name>', 'only this cluster of the environment (may be repeated)', collect, [])

/** Who vouches for a plan that only a cluster has. */
export const withProof = (command: Command): Command =>
  command
    .option('--plan-hash <hash>', 'the hash that its plan was approved or begun with')
    .option('--plan <file>', 'its plan as it was saved, instead of the hash')

/** Options of the strategy. */
export const withSettings = (command: Command): Command =>
  command
    .optionsGroup('How:')
    .option('--set <key=value>', 'any option of the strategy (may be repeated)', collect, [])
    .option('--weight <percent>', 'canary: begin at this weight; smaller steps are dropped')
    .option('--bake <duration>', 'how long 100 % is watched before the old pods go')

/** What somebody decides for one run. */
const thisOnce = 'For this one run:'

export const withReason = (command: Command): Command =>
  command.optionsGroup(thisOnce).option('--reason <text>', 'why; noted in the journal')

/** Options that are never taken from the environment: each is one person's word for one run. */
export const withWord = (command: Command): Command =>
  withReason(command)
    .option('--dry-run', 'print the plan and change nothing')
    .option('--approve <hash>', 'run only if this is the hash of the plan')
    .option('--emergency', 'ship the fix although what serves is broken: in place, nothing compared (needs --reason)')

/** What to do when another run is open. */
export const withWait = (command: Command): Command =>
  command
    .option('--wait', 'where another run is open, wait for its end, then plan again')
    .option('--wait-for <duration>', 'the same, for at most so long; else 1h')

/** On the way back. */
export const withPast = (command: Command): Command =>
  command.option('--past <step>', "back past this step, although it can't be undone (needs --reason)")

/** To what somebody says yes. */
export const withStage = (command: Command): Command =>
  command
    .option('--stage <name>', 'only if the run is at this stage; else at the one that waits now')
    .option('--full', 'skip all soaks that are left; triggers stay')

/** For supervisors that start a driver again: a restart is nobody's answer. */
export const withKeepPaused = (command: Command): Command =>
  command.option('--keep-paused', 'only drive it on: what it waits for it goes on waiting for')

/** Options of a rehearsal: what is tried, what is assumed, where it is kept. */
export const withRehearsal = (command: Command): Command =>
  withSettings(withTarget(command))
    .optionsGroup('The rehearsal:')
    .option('--fault <name>', 'only this fault (may be repeated)', collect, [])
    .option(
      '--stage <name>',
      'only faults that begin at this stage, as the plan names it (may be repeated)',
      collect,
      [],
    )
    .option('--rate <number>', 'requests a second, instead of those measured or 100', aboveZero('--rate'))
    .option('--latency <duration>', 'within which 95 % are answered, instead of the measured or 100ms', millis)
    .option('--seed <number>', 'of delays and names; the same one tells the same story', aboveZero('--seed'), 1)
    .option('--html <file>', 'write it as one page to attach to a change request')
    .option('--out <file>', 'save the plan')

/** Options of judging, and of telling how long a soak must be. */
export const withJudging = (command: Command): Command =>
  withTarget(command)
    .optionsGroup('The judge:')
    .option('--soak <duration>', 'how long a stage lasts; else as the samples say')
    .option('--early', 'a stage may end before, when the version is as good as stable')
    .option('--alpha <chance>', 'of taking a good version back; else 0.01')
    .optionsGroup('Samples:')
    .option('--samples <file>', 'a recording, one JSON object a line')
    .option('--run <run>', 'those of this run; else of the newest')
    .option('--unit <name>', 'of several, like web@us-east-1')
    .option('--as <tool>', 'what flagger, argo or kayenta would do, too (may be repeated)', collect, [])
    .optionsGroup('The past of a service:')
    .option('--since <duration>', 'how often its gates would have fired since, with nothing released')
    .optionsGroup('How long a soak must be:')
    .option('--design', 'tell that, instead of judging')
    .option('--rps <number>', 'requests a second, of both versions')
    .option('--weight <percent>', "the new version's part of them")
    .option('--base <percent>', 'of requests that fail now')
    .option('--worse <percent>', 'of requests that a version fails that must be found')

const collect = (value: string, all: readonly string[]): readonly string[] => [...all, value]

const aboveZero =
  (option: string) =>
  (value: string): number => {
    const number = Number(value)
    if (Number.isFinite(number) && number > 0) return number
    throw new DeployError({
      code: 'usage',
      what: `${option} ${value} is no number above 0`,
      remedy: `write it like ${option} 250`,
    })
  }

/** A number of things. */
export function whole(value: string): number {
  if (/^\d{1,6}$/.test(value)) return Number(value)
  throw new DeployError({
    code: 'usage',
    what: `${value} is no whole number`,
    remedy: 'write it like 10',
  })
}

function millis(value: string): number {
  const [, number, unit] = /^(\d+)(ms|s)$/.exec(value) ?? []
  if (number !== undefined && Number(number) > 0) return Number(number) * (unit === 's' ? 1000 : 1)
  throw new DeployError({
    code: 'usage',
    what: `--latency ${value} is no duration above 0`,
    remedy: 'write it like --latency 250ms',
  })
}

function pinnedImage(value: string): string {
  if (referenceOf(value)?.digest !== undefined) return value
  throw new DeployError({
    code: 'usage',
    what: `--detach-image ${value} has no digest`,
    why: 'a tag may be another image when the pod is started again',
    remedy: 'write it like --detach-image ghcr.io/acme/deploy@sha256:…',
  })
}

/** `text`, `json` or `ndjson`. */
export function outputForm(value: string): DriveOptions['output'] {
  const form = outputs.find((one) => one === value)
  if (form) return form
  throw new DeployError({
    code: 'usage',
    what: `${value} is none of ${outputs.join(', ')}`,
    remedy: `write one of: ${outputs.join(', ')}`,
  })
}

export const formOf = ({ json, output }: Pick<DriveOptions, 'json' | 'output'>): DriveOptions['output'] =>
  json ? 'json' : output
