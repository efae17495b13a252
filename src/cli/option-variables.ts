import type { Command } from 'commander'
import { DeployError } from '../core/errors.ts'
import { outputForm } from './options.ts'
import type { Process } from './process.ts'

const no = new Set(['', '0', 'false', 'no'])
const yes = new Set(['1', 'true', 'yes'])

/** Options that `DEPLOY_<OPTION>` sets where the command line does not; what says what is released is read with the configuration. */
const variables = {
  output: 'form',
  events: 'text',
  out: 'text',
  exitOnPause: 'flag',
  server: 'flag',
  wait: 'flag',
  waitFor: 'text',
  dryRun: 'flag',
  verbose: 'flag',
  color: 'flag',
} as const

const nameOf = (option: string): string =>
  `DEPLOY_${option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

/** Flags beat variables: only what the command line left open is filled in, and only what this command knows. */
export function withVariables(
  options: Readonly<Record<string, unknown>>,
  command: Command,
  env: Process['env'],
): Record<string, unknown> {
  const filled: Record<string, unknown> = { ...options }
  for (const [option, kind] of Object.entries(variables)) {
    const name = nameOf(option)
    const said = env[name]
    if (!said || !knows(command, option) || command.getOptionValueSource(option) === 'cli') continue
    filled[option] = kind === 'flag' ? flag(name, said) : kind === 'form' ? outputForm(said) : said
  }
  return filled
}

const knows = (command: Command, option: string): boolean =>
  command.options.some((one) => one.attributeName() === option)

function flag(name: string, said: string): boolean {
  const word = said.toLowerCase()
  if (yes.has(word)) return true
  if (no.has(word)) return false
  throw new DeployError({
    code: 'usage',
    what: `${name}=${said} is neither yes nor no`,
    remedy: `write ${name}=1 or ${name}=0`,
  })
}
