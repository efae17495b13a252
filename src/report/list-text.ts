import { escapeText } from '../core/text.ts'
import { span, stamp, type Millis } from '../core/time.ts'
import type { RunOutcome } from './documents/run.ts'
import type { ListedRun } from './documents/runs.ts'
import type { Story } from './outcome.ts'
import { type Paint, plain } from './paint.ts'
import { placeOf, places } from './serving.ts'
import { fit, padTo, widthOf } from './width.ts'

/** A run as a line of the list. */
export interface RunRow {
  readonly run: string
  readonly service: string
  readonly environment: string
  readonly strategy: string
  readonly from: string
  readonly version: string
  readonly outcome: RunOutcome
  readonly place: string
  readonly by: string
  /** Of an open run: who drives it, or did so last. */
  readonly driver: string | null
  /** When the last driver was heard of last; without one, when the last entry was written. */
  readonly heard: Millis
  readonly kept: string
  readonly opened: Millis
  readonly last: Millis
  readonly exit: number | null
}

/** `kept`: where its journal was read, `here` or `cluster/namespace`. */
export function rowOf(story: Story, kept = 'here'): RunRow {
  const { plan, state, entries, units, outcome, exit, driver, heard } = story
  const opened = entries.find((entry) => entry.type === 'opened')
  const { service, environment, strategy, from, version } = plan.release
  const open = units.find((standing) => !standing.state.ended)
  return {
    run: state.run,
    service,
    environment,
    strategy,
    from,
    version,
    outcome,
    place: state.exit !== null || !open ? '' : units.length === 1 ? placeOf(open) : places(units),
    by: opened?.by ?? '',
    driver,
    heard,
    kept,
    opened: state.opened,
    last: state.last,
    exit,
  }
}

export interface ListOptions {
  readonly now: Millis
  readonly columns?: number
  readonly paint?: Paint
}

/** All runs: those that need somebody first, then those at work, then the others, the newest first. */
export function listText(runs: readonly RunRow[], { now, columns = 100, paint = plain }: ListOptions): string {
  if (runs.length === 0) return 'No runs yet. The first one: deploy plan canary <version>'
  const sorted = inOrder(runs)
  const table = [heads, ...sorted.map((row) => cells(row, now))]
  const widths = heads.map((_, column) => Math.max(...table.map((row) => widthOf(row[column] ?? ''))))
  return table
    .map((row, index) => {
      const text = fit(
        row
          .map((cell, column) => padTo(cell, widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
        columns,
      )
      const run = sorted[index - 1]
      return run ? painted(text, run, paint) : paint.dim(text)
    })
    .join('\n')
}

export const listJson = (runs: readonly RunRow[]): ListedRun[] => inOrder(runs).map(rowJson)

const rowJson = (row: RunRow): ListedRun => ({
  ...row,
  place: escapeText(row.place),
  driver: row.driver === null ? null : escapeText(row.driver),
  heard: stamp(row.heard),
  opened: stamp(row.opened),
  last: stamp(row.last),
})

const rank: Readonly<Record<RunOutcome, number>> = {
  'human-needed': 0,
  open: 1,
  unattended: 1,
  interrupted: 1,
  stopped: 1,
  paused: 1,
  running: 2,
  done: 3,
  verified: 3,
  'taken-back': 3,
}

const isOpen = ({ exit }: RunRow): boolean => exit === null

const inOrder = (runs: readonly RunRow[]): RunRow[] =>
  runs.toSorted((a, b) => rankOf(a) - rankOf(b) || b.opened - a.opened)

const rankOf = (row: RunRow): number => (isOpen(row) ? rank[row.outcome] : 3)

const heads = ['RUN', 'STATE', 'SERVICE', 'RELEASE', 'ENVIRONMENT', 'OPENED', 'WHERE']

function cells(row: RunRow, now: Millis): string[] {
  const { run, service, strategy, from, version, environment, opened, by } = row
  return [
    run,
    stateText(row, now),
    service,
    `${strategy} ${from} → ${version}`,
    environment,
    `${span(Math.max(0, now - opened))} ago by ${by}`,
    whereText(row),
  ].map(escapeText)
}

/** Where an open run stands and who drives it there; of the others, where their journal is if not on this machine. */
function whereText({ place, driver, kept, outcome }: RunRow): string {
  const driven = driver === null ? '' : outcome === 'running' ? `driven by ${driver}` : `last driven by ${driver}`
  return [place, driven, kept === 'here' ? '' : `kept in ${kept}`].filter((text) => text !== '').join(', ')
}

function stateText({ outcome, exit, heard }: RunRow, now: Millis): string {
  const since = ` ${span(Math.max(0, now - heard))}`
  if (outcome === 'unattended') return `UNATTENDED${since}`
  if (outcome === 'open') return 'open, driver not seen'
  if (outcome === 'human-needed') return exit === null ? `NEEDS A HUMAN${since}` : 'needed a human'
  return outcome === 'taken-back' ? 'taken back' : outcome
}

const painted = (text: string, { outcome, exit }: RunRow, paint: Paint): string => {
  if (exit !== null) return text
  return outcome === 'running' ? paint.busy(text) : paint.warn(text)
}
