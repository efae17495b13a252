import type { KeyDoc } from '../../config/explain.ts'
import type { Topic } from './topic.ts'

/**
 * Keys of deploy.yaml by their path, with names of your own in it (`services.web.traffic.router`) or with `<name>`. A
 * last part alone (`router`) finds every key that ends so.
 */
export function keyTopics(asked: string, docs: readonly KeyDoc[]): Topic[] {
  const parts = partsOf(asked)
  const find = (fits: (key: readonly string[]) => boolean): KeyDoc[] => docs.filter(({ key }) => fits(partsOf(key)))
  const ways = [
    () => docs.filter(({ key }) => key === asked),
    () => find((key) => matches(parts, key)),
    () => find((key) => key.at(-1) !== '<name>' && matches(parts, key.slice(-parts.length))),
    // A variant has the options of its type, and which that is only deploy.yaml knows.
    () => find((key) => isOption(parts, key)),
  ]
  for (const way of ways) {
    const found = way()
    if (found.length > 0) return found.map((doc) => topicOf(doc, docs))
  }
  return []
}

const isOption = ([section, , ...option]: readonly string[], key: readonly string[]): boolean =>
  section === 'strategies' && option.length > 0 && key[0] === section && matches(option, key.slice(2))

/** `clusters[0].name` and `clusters[].name` have the same parts. */
const partsOf = (path: string): string[] => path.replaceAll(/\[\d*\]/g, '').split('.')

const matches = (asked: readonly string[], key: readonly string[]): boolean =>
  asked.length === key.length && key.every((part, index) => part === '<name>' || part === asked[index])

function topicOf(
  { key, description, takes, required, default: usual, example, later }: KeyDoc,
  docs: readonly KeyDoc[],
): Topic {
  const below = docs.filter((one) => one.key.startsWith(`${key}.`) && !one.key.slice(key.length + 1).includes('.'))
  return {
    kind: 'key',
    name: key,
    means: description,
    facts: {
      ...(!later && { takes: `${takes}${required ? ', required' : ''}` }),
      ...(usual !== undefined && { default: usual }),
      ...(example !== undefined && example !== usual && { example }),
    },
    ...(below.length > 0 && { see: below.map((one) => one.key) }),
  }
}
