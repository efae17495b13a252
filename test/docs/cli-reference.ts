import { Command, type Option } from 'commander'
import { type CommandEntry, commands, strategyCommand } from '../../src/cli/command-list.ts'
import { errorCodes } from '../../src/cli/explain/errors/index.ts'
import { exits } from '../../src/cli/explain/exits.ts'
import { words } from '../../src/cli/explain/words.ts'
import * as optionList from '../../src/cli/options.ts'
import { exitCodes, type ExitName } from '../../src/core/errors.ts'
import { strategies } from '../../strategies/index.ts'

const head = `# The command line

Every command, exit code, error code and word, made from the lists of the program (\`npm run docs\`). The program says the
same: \`deploy --help\`, \`deploy explain\`. JSON schemas of what programs read: [one document](../report/result.schema.json)
with \`-o json\`, [one event a line](../report/events.schema.json) with \`--events\` and \`-o ndjson\`.`

/** The reference page of the command line. */
export function cliReference(): string {
  const parts = [
    head,
    '## Options of every command',
    optionList.withCommon(new Command()).options.map(optionText).join('\n'),
    '## Commands',
    ...[...strategies.map(strategyCommand), ...commands].map(commandText),
    '## Exit codes',
    (Object.keys(exits) as ExitName[])
      .map((name) => `- \`${exitCodes[name]}\`: ${exits[name].means}${todo(exits[name].todo)}`)
      .join('\n'),
    '## Error codes',
    'An error ends with its code; `deploy explain CODE` says this.',
    Object.entries(errorCodes)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([code, { means, todo: advice }]) => `- \`${code}\`: ${means}${todo(advice)}`)
      .join('\n'),
    '## Words',
    Object.entries(words)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([name, { means }]) => `- **${name}**: ${text(means)}`)
      .join('\n'),
  ]
  return `${parts.join('\n\n')}\n`
}

function commandText({ usage, summary, options, examples }: CommandEntry): string {
  const own = options(new Command(), optionList).options.map(optionText)
  return [
    `### deploy ${text(usage)}`,
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    ['```sh', ...examples, '```'].join('\n'),
    ...(own.length > 0 ? [own.join('\n')] : []),
  ].join('\n\n')
}

function optionText({ flags, description, defaultValue }: Option): string {
  const usual =
    defaultValue === undefined || Array.isArray(defaultValue) ? '' : ` (default \`${String(defaultValue)}\`)`
  return `- \`${flags}\`: ${text(description)}${usual}`
}

const todo = (steps: readonly string[]): string => (steps.length === 0 ? '' : ` To do: ${steps.map(text).join('; ')}.`)

/** What would be a tag in Markdown. */
function text(said: string): string {
  return said.replaceAll('<', '\\<')
}
