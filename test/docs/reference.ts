import { type KeyDoc, explainKeys } from '../../src/config/explain.ts'
import { strategies } from '../../strategies/index.ts'

const head = `# deploy.yaml

Every key, made from the schema (\`npm run docs\`). Durations have units (\`90s\`, \`5m\`, \`1h30m\`), percentages are whole.
Unknown keys are refused. Keys that arrive with a later version are at the end.
`

/** The reference page of the configuration. */
export function configReference(): string {
  const keys = explainKeys(strategies)
  const now = keys.filter(({ later }) => !later).map(line)
  const later = keys.filter((key) => key.later).map(({ key, description }) => `- \`${key}\`: ${description}`)
  return `${head}\n${now.join('\n')}\n\n## Not yet\n\n${later.join('\n')}\n`
}

function line({ key, description, takes, required, default: usual, example }: KeyDoc): string {
  const facts = [takes, ...(required ? ['required'] : []), ...(usual === undefined ? [] : [`default \`${usual}\``])]
  const shown = example === undefined || example === usual ? '' : ` For example \`${example}\`.`
  return `- \`${key}\` (${facts.join(', ')}): ${description}${shown}`
}
