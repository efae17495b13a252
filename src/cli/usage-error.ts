import type { CommanderError } from 'commander'
import { DeployError } from '../core/errors.ts'
import { commandNames } from './names.ts'

/** What commander refuses, in the form of all our errors. `null`: it has shown a help text, which says enough. */
export function usageError({ code, message }: CommanderError, argv: readonly string[]): DeployError | null {
  if (code === 'commander.help') return null
  const [first = '', suggestion] = message.split('\n')
  const [word = ''] = argv
  const what = first.replace(/^error: /, '')
  if (code !== 'commander.unknownCommand') {
    const help = word.startsWith('-') ? 'deploy --help' : `deploy ${word} --help`
    return new DeployError({ code: 'usage', what, remedy: remedyOf(suggestion, `${help} shows what can be said`) })
  }
  const named = /'(.*)'/.exec(what)?.[1] ?? ''
  if (commandNames.includes(named)) {
    return new DeployError({
      code: 'not-yet',
      what: `deploy ${named} is not there yet: a later version has it`,
      remedy: 'deploy --help shows what this version has',
    })
  }
  return new DeployError({ code: 'usage', what, remedy: remedyOf(suggestion, 'deploy --help shows all commands') })
}

/** commander's own suggestion comes as `(Did you mean canary?)`. */
function remedyOf(suggestion: string | undefined, help: string): string {
  const meant = suggestion === undefined ? null : /\(Did you mean (.*)\)/.exec(suggestion)?.[1]
  return meant ? `did you mean ${meant} ${help}` : help
}
