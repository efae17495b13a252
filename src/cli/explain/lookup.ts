import { explainKeys } from '../../config/explain.ts'
import type { StrategySchema } from '../../config/strategies.ts'
import { exitCodes, type ExitName } from '../../core/errors.ts'
import { runbookOfError, runbooksOfExit } from '../../core/runbooks.ts'
import { errorCodes } from './errors/index.ts'
import { exits } from './exits.ts'
import { keyTopics } from './keys.ts'
import type { Topic } from './topic.ts'
import { words } from './words.ts'

/** Everything of that name: a word may be an error code, too. */
export function lookUp(asked: string, strategies: readonly StrategySchema[]): Topic[] {
  const name = asked.trim().replace(/\s+/g, ' ')
  return [...wordTopics(name), ...exitTopics(name), ...errorTopics(name), ...keyTopics(name, explainKeys(strategies))]
}

/** All names that can be looked up, for the nearest one and for completion. */
export const topicNames = (strategies: readonly StrategySchema[]): string[] => [
  ...Object.keys(words),
  ...Object.keys(errorCodes),
  ...Object.values(exitCodes).map((code) => `exit ${code}`),
  ...explainKeys(strategies).map(({ key }) => key),
]

/** `Fencing Token`, `fencing-token` and `stages` are found, too. */
function wordTopics(name: string): Topic[] {
  const plain = name.toLowerCase().replaceAll(/[-_]/g, ' ')
  const found = Object.keys(words).find((word) => {
    const said = word.replaceAll('-', ' ')
    return said === plain || `${said}s` === plain
  })
  const word = found === undefined ? undefined : words[found]
  return found !== undefined && word ? [{ kind: 'word', name: found, ...word }] : []
}

function errorTopics(name: string): Topic[] {
  const code = name.toLowerCase()
  const found = Object.hasOwn(errorCodes, code) ? errorCodes[code] : undefined
  const runbook = runbookOfError(code)
  return found ? [{ kind: 'error', name: code, ...found, ...(runbook !== null && { see: [runbook] }) }] : []
}

/** `3`, `exit 3`, `exit-3` */
function exitTopics(name: string): Topic[] {
  const [, code] = /^(?:exit(?:\s+code)?[\s-]*)?(\d+)$/i.exec(name) ?? []
  const found = (Object.keys(exitCodes) as ExitName[]).find((one) => String(exitCodes[one]) === code)
  if (!found) return []
  const see = runbooksOfExit(found)
  return [{ kind: 'exit', name: `exit ${code}`, ...exits[found], ...(see.length > 0 && { see }) }]
}
