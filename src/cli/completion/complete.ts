import type { Command } from 'commander'
import { usableKeys } from '../../config/issues.ts'
import { optionsOf } from '../../config/strategies.ts'
import type { CommandContext } from '../context.ts'
import { outputs } from '../options.ts'
import { shells } from './shells.ts'
import { type Known, knownFrom } from './known.ts'
import { type Line, lineOf } from './place.ts'

interface Candidate {
  readonly value: string
  readonly about?: string
}

/** `files` leaves it to the shell to complete a path. */
type Candidates = readonly Candidate[] | 'files'

/**
 * What can stand where the cursor is, one line each: the word, a tab, what it is. Asked by the shells at every press of
 * the key, so no cluster is asked and nothing of the network is loaded.
 */
export async function complete(root: Command, words: readonly string[], context: CommandContext): Promise<void> {
  const known = knownFrom(context.process, configIn(words))
  const line = lineOf(root, words, known.variants)
  const found = await candidates(root, line, known, context)
  const { place } = line
  const before = place.is === 'value' ? place.before : ''
  const current = (words.at(-1) ?? '').slice(before.length)
  const text =
    found === 'files'
      ? ':files'
      : found
          .filter(({ value }) => value.startsWith(current))
          .map(({ value, about }) => `${before}${value}${about === undefined ? '' : `\t${about}`}`)
          .join('\n')
  if (text !== '') context.process.streams.stdout.write(`${text}\n`)
}

function configIn(words: readonly string[]): string | undefined {
  const flag = words.indexOf('--config')
  return flag < 0 ? undefined : words[flag + 1]
}

async function candidates(
  root: Command,
  { place, said, words }: Line,
  known: Known,
  context: CommandContext,
): Promise<Candidates> {
  if (place.is === 'nothing') return []
  if (place.is === 'command') return commandsOf(root, known)
  if (place.is === 'option')
    return place.command
      .createHelp()
      .visibleOptions(place.command)
      .flatMap(({ long, description }) => (long ? [{ value: long, about: description }] : []))
  const asked = { known, context, said, words, command: place.command, commands: commandsOf(root, known) }
  const name = place.is === 'value' ? `--${place.option.name()}` : place.name
  return (await values[name]?.(asked)) ?? []
}

interface Asked {
  readonly known: Known
  readonly context: CommandContext
  readonly said: Line['said']
  /** Arguments before this one. */
  readonly words: readonly string[]
  readonly command: Command
  readonly commands: readonly Candidate[]
}

const named = (names: readonly string[]): Candidate[] => names.map((value) => ({ value }))

/** What the arguments of commands and the values of options can be, by the name that help shows. */
const values: Readonly<Record<string, (asked: Asked) => Candidates | Promise<Candidates>>> = {
  '--config': () => 'files',
  '--events': () => 'files',
  '--out': () => 'files',
  plan: () => 'files',
  '--output': () => named(outputs),
  '--env': ({ known }) => named(known.environments),
  '--service': ({ known }) => named(known.services),
  '--cluster': ({ known, said }) => named(known.clusters(said.get('env'))),
  '--strategy': strategiesIn,
  '--set': settable,
  command: ({ commands }) => commands,
  strategy: strategiesIn,
  run: runsIn,
  shell: () => named(shells),
  topic: topics,
}

const commandsOf = (root: Command, known: Known): Candidate[] => [
  ...root
    .createHelp()
    .visibleCommands(root)
    .map((command) => ({ value: command.name(), about: command.description() })),
  ...variantsIn(known),
]

const variantsIn = ({ variants }: Known): Candidate[] =>
  [...variants].map(([value, type]) => ({ value, about: `variant of ${type}, from deploy.yaml` }))

function strategiesIn({ known, context }: Asked): Candidate[] {
  const builtIn = context.strategies.map(({ name, summary }) => ({ value: name, about: summary }))
  return [...builtIn, ...variantsIn(known).filter(({ value }) => !builtIn.some((one) => one.value === value))]
}

/** `soak=` and its siblings, of the strategy that stands on the line. */
function settable({ known, context, command, words }: Asked): Candidate[] {
  const names = [command.name(), ...words]
  const types = names.map((name) => known.variants.get(name) ?? name)
  const strategy = context.strategies.find(({ name }) => types.includes(name))
  const options = (strategy ? [strategy] : context.strategies).flatMap((one) => {
    const { shape } = optionsOf(one)
    return usableKeys(shape).map((key) => ({ value: `${key}=`, about: shape[key]?.description ?? '' }))
  })
  return [...new Map(options.map((option) => [option.value, option])).values()]
}

/** Runs that can still be decided about, for commands that decide; all of them, to look at. */
async function runsIn({ known, command }: Asked): Promise<Candidate[]> {
  if (known.folder === undefined) return []
  const { listRuns } = await import('../../adapters/journal/list.ts')
  const runs = await listRuns(known.folder).catch(() => [])
  const all = runs.map(({ run, last }) => ({ run, open: last?.type !== 'closed' }))
  const wanted = ['status', 'watch', 'report'].includes(command.name()) ? all : all.filter(({ open }) => open)
  return wanted.map(({ run, open }) => ({ value: run, about: open ? 'open' : 'over' }))
}

async function topics(asked: Asked): Promise<Candidate[]> {
  if (asked.words.length > 0) return asked.words[0] === 'config' ? strategiesIn(asked) : []
  const { topicNames } = await import('../explain/lookup.ts')
  const typed = topicNames(asked.context.strategies)
    .filter((name) => !name.includes('<'))
    .map((name) => name.replaceAll(' ', '-'))
  return [{ value: 'config', about: 'every value that holds here, and who said it' }, ...named(typed)]
}
