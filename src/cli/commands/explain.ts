import { configJsonSchema } from '../../config/json-schema.ts'
import { hint, nearestFew } from '../../config/nearest.ts'
import { anyOf } from '../../config/text.ts'
import { DeployError, type ExitCode, exitCodes } from '../../core/errors.ts'
import { shown } from '../../core/shown.ts'
import { eventsJsonSchema, resultJsonSchema } from '../../report/json-schemas.ts'
import { paintFor } from '../../report/paint.ts'
import { hang } from '../../report/width.ts'
import type { CommandContext } from '../context.ts'
import { configExplained, configText } from '../explain/config.ts'
import { lookUp, topicNames } from '../explain/lookup.ts'
import { topicsText } from '../explain/show.ts'
import { words } from '../explain/words.ts'
import { formOf, type ReleaseOptions } from '../options.ts'
import { wishFor } from '../process.ts'

export type ExplainOptions = Pick<
  ReleaseOptions,
  'config' | 'output' | 'json' | 'color' | 'env' | 'service' | 'namespace' | 'cluster' | 'set' | 'weight' | 'bake'
>

/** `deploy explain [topic…]`: words, keys, error codes and exit codes; `config`: every value and who said it. */
export function explain(asked: readonly string[], options: ExplainOptions, context: CommandContext): ExitCode {
  const { process, strategies } = context
  const { stdout, stderr } = process.streams
  const look = { columns: stdout.columns ?? 100, paint: paintFor(wishFor(stdout, options.color, process)) }
  const json = formOf(options) !== 'text'
  const print = (text: string, value: object): void => void stdout.write(`${json ? asJson(value, options) : text}\n`)
  const [first, second] = asked
  if (first === undefined) {
    print(overview(look.columns), { v: 1, names: topicNames(strategies) })
    return exitCodes.done
  }
  if (first === 'config' && asked.length <= 2) {
    const explained = configExplained(second, options, context)
    for (const warning of explained.warnings) stderr.write(`${warning}\n`)
    print(configText(explained, look), { v: 1, ...explained })
    return exitCodes.done
  }
  if (first === 'schema' && asked.length <= 2) {
    stdout.write(`${JSON.stringify(schemaNamed(second, strategies), null, 2)}\n`)
    return exitCodes.done
  }
  const name = asked.join(' ')
  const topics = lookUp(name, strategies)
  if (topics.length === 0) throw unknown(name, topicNames(strategies))
  print(topicsText(topics, look), { v: 1, topics })
  return exitCodes.done
}

const asJson = (value: object, options: ExplainOptions): string =>
  JSON.stringify(value, null, formOf(options) === 'json' ? 2 : 0)

/** What the files of `npm run docs` have, for those who have only the program. */
const schemas = {
  config: configJsonSchema,
  events: eventsJsonSchema,
  result: resultJsonSchema,
} as const satisfies Record<string, (strategies: CommandContext['strategies']) => object>

function schemaNamed(asked: string | undefined, strategies: CommandContext['strategies']): object {
  const name = Object.keys(schemas).find((one) => one === asked) as keyof typeof schemas | undefined
  if (name) return schemas[name](strategies)
  throw new DeployError({
    code: 'explain-unknown',
    what: asked === undefined ? 'no schema was named' : `there is no schema ${shown(asked)}`,
    remedy: hint(asked ?? '', Object.keys(schemas)),
  })
}

function unknown(name: string, known: readonly string[]): DeployError {
  const last = name.split('.').at(-1) ?? name
  const ends = [...new Set(known.map((one) => one.split('.').at(-1) ?? one))]
  const near = [...new Set([...nearestFew(name, known, 3), ...nearestFew(last, ends, 3)])].slice(0, 4)
  return new DeployError({
    code: 'explain-unknown',
    what: `there is nothing to explain by the name ${shown(name)}`,
    remedy:
      near.length > 0
        ? `did you mean ${anyOf(near)}? deploy explain lists the words`
        : 'deploy explain lists the words',
  })
}

const overview = (columns: number): string =>
  [
    'Words of plans, screens and messages: deploy explain WORD',
    ...hang('  ', Object.keys(words).sort().join(', '), columns),
    '',
    'Keys of deploy.yaml: deploy explain services.web.traffic, or a part of it: deploy explain router',
    'Errors, by the code that they end with: deploy explain plan-stale',
    'Exit codes: deploy explain exit 3',
    'JSON schemas: deploy explain schema config, events (--events, -o ndjson) or result (-o json)',
    'Every value that holds here, and who said it: deploy explain config [strategy]',
  ].join('\n')
