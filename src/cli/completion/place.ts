import type { Command, Option } from 'commander'

/** What the word under the cursor is going to be. */
export type Place =
  | { readonly is: 'command' }
  | { readonly is: 'option'; readonly command: Command }
  /** `before`: what stands before the value in the same word, as in `--env=`. */
  | { readonly is: 'value'; readonly command: Command; readonly option: Option; readonly before: string }
  | { readonly is: 'argument'; readonly command: Command; readonly name: string }
  | { readonly is: 'nothing' }

export interface Line {
  readonly place: Place
  /** Values of options that were said before the cursor, by their long names without dashes. */
  readonly said: ReadonlyMap<string, string>
  /** Arguments of the command before the cursor. */
  readonly words: readonly string[]
}

/** Reads a command line up to the cursor; its last word is the one that is being typed. Variants stand for their type. */
export function lineOf(root: Command, words: readonly string[], variants: ReadonlyMap<string, string>): Line {
  const current = words.at(-1) ?? ''
  const said = new Map<string, string>()
  const plain: string[] = []
  let command: Command | undefined
  let waiting: Option | undefined
  let ended = false
  for (const word of words.slice(0, -1)) {
    if (waiting) {
      said.set(waiting.name(), word)
      waiting = undefined
    } else if (!ended && word === '--') ended = true
    else if (!ended && word.startsWith('-')) {
      const [name, value] = split(word)
      const option = command && optionOf(command, name)
      if (option && value !== undefined) said.set(option.name(), value)
      else if (option && takesValue(option)) waiting = option
    } else if (command) plain.push(word)
    else {
      command = root.commands.find((one) => one.name() === (variants.get(word) ?? word))
      if (!command) return { place: { is: 'nothing' }, said, words: plain }
    }
  }
  return { place: placeOf({ root, command, waiting, current, ended, plain }), said, words: plain }
}

interface Read {
  readonly root: Command
  readonly command: Command | undefined
  readonly waiting: Option | undefined
  readonly current: string
  readonly ended: boolean
  readonly plain: readonly string[]
}

function placeOf({ root, command, waiting, current, ended, plain }: Read): Place {
  if (!command) return current.startsWith('-') ? { is: 'option', command: root } : { is: 'command' }
  if (waiting) return { is: 'value', command, option: waiting, before: '' }
  if (current.startsWith('-') && !ended) {
    const [name, value] = split(current)
    const option = optionOf(command, name)
    if (value === undefined) return { is: 'option', command }
    return option ? { is: 'value', command, option, before: `${name}=` } : { is: 'nothing' }
  }
  const { registeredArguments: known } = command
  const argument = known[plain.length] ?? (known.at(-1)?.variadic ? known.at(-1) : undefined)
  return argument ? { is: 'argument', command, name: argument.name() } : { is: 'nothing' }
}

const split = (word: string): readonly [string, string?] => {
  const at = word.indexOf('=')
  return at < 0 || !word.startsWith('--') ? [word] : [word.slice(0, at), word.slice(at + 1)]
}

const optionOf = (command: Command, name: string): Option | undefined =>
  command.options.find(({ long, short }) => long === name || short === name)

const takesValue = ({ required, optional }: Option): boolean => required || optional
