import { Command } from 'commander'
import { commands, type CommandEntry, strategyCommand } from '../../src/cli/command-list.ts'
import * as optionList from '../../src/cli/options.ts'
import { strategies } from '../../strategies/index.ts'

const nameOf = ({ usage }: CommandEntry): string => usage.split(' ')[0] ?? ''

/** What the command line would not understand of these words; `null`: all of it is known. */
export function misunderstood([name = '', ...words]: readonly string[], variants: readonly string[]): string | null {
  const all = [
    ...commands,
    ...[...strategies.map((one) => one.name), ...variants].map((one) => strategyCommand({ name: one, summary: '' })),
  ]
  const entry = all.find((one) => nameOf(one) === name)
  if (!entry) return name === '--help' ? null : `there is no command ${name}`
  const command = optionList.withCommon(entry.options(new Command().command(entry.usage), optionList))
  if (words.includes('--help')) return null
  const { operands, unknown } = command.parseOptions([...words])
  if (unknown.length > 0) return `${name} knows no ${unknown.join(' ')}`
  const taken = command.registeredArguments
  const required = taken.filter((argument) => argument.required).length
  const most = taken.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : taken.length
  return operands.length < required || operands.length > most
    ? `${name} takes ${entry.usage}, not ${operands.join(' ')}`
    : null
}
