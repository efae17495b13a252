import type { Paint } from '../../report/paint.ts'
import { hang } from '../../report/width.ts'
import type { Topic } from './topic.ts'

export interface ShowOptions {
  readonly columns: number
  readonly paint: Paint
}

const kinds = { word: '', key: 'key of deploy.yaml', error: 'error code', exit: 'exit code' } as const

/** Topics as text for a person. */
export const topicsText = (topics: readonly Topic[], options: ShowOptions): string =>
  topics.map((topic) => topicText(topic, options)).join('\n\n')

function topicText(
  { kind, name, means, facts = {}, todo = [], see = [] }: Topic,
  { columns, paint }: ShowOptions,
): string {
  const row = (label: string, text: string): string[] => hang(`  ${label.padEnd(9)}`, text, columns)
  return [
    `${paint.bold(name)}${kinds[kind] === '' ? '' : paint.dim(`   ${kinds[kind]}`)}`,
    ...hang('  ', means, columns),
    ...Object.entries(facts).flatMap(([label, text]) => row(label, text)),
    ...todo.flatMap((text, index) => row(index === 0 ? 'do' : '', text)),
    ...(see.length > 0 ? row('see', see.join(', ')) : []),
  ].join('\n')
}
