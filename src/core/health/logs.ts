import { lastExit } from './exits.ts'
import { partsOf } from './parts.ts'
import { said } from './said.ts'
import type { WorstPod } from './worst.ts'

export interface LogWanted {
  readonly pod: string
  readonly container: string
  /** Of the container before its last restart. */
  readonly previous: boolean
  /** Counted from the end. */
  readonly lines: number
}

export interface Log extends LogWanted {
  readonly text: string
}

const lines = 50

/** The logs that would explain the worst pod: of containers that are not well and have run at all. */
export function logsWanted({ pod }: WorstPod): readonly LogWanted[] {
  return partsOf(pod, new Set()).flatMap(({ role, spec, status }) => {
    const well = role === 'init container' ? status.state?.terminated?.exitCode === 0 : status.ready
    const ended = lastExit(status)
    const restarting = status.state?.running === undefined && status.state?.terminated === undefined
    if (!ended && (well || !status.state?.running)) return []
    // A container that ended just now is still the current one; one that waits for its restart is the previous one.
    const previous = ended !== undefined && (restarting || status.state?.running !== undefined)
    return [{ pod: pod.metadata.name, container: spec.name, previous, lines }]
  })
}

/** The bundle with the logs below it. Each line is marked, so that none starts with a word of its author's choosing. */
export function withLogs(bundle: readonly string[], logs: readonly Log[]): readonly string[] {
  return [...bundle, ...logs.flatMap(logLines)]
}

function logLines({ container, previous, lines, text }: Log): readonly string[] {
  const tail = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
  const title = `log of ${container}${previous ? ' before its last restart' : ''}`
  return tail.length === 0
    ? [`${title}: empty`]
    : [`${title}, last ${tail.length} lines:`, ...tail.map((line) => `  | ${said(line, 400)}`)]
}
