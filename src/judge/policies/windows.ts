import { span, type Millis } from '../../core/time.ts'
import { none, total, type Counts } from '../counters.ts'

/** What a source of figures says in a poll, for any policy. */
export interface Seen {
  /** Since the comparison began. */
  readonly at: Millis
  /** Since the poll before; `null`: no data. */
  readonly fresh: Counts | null
  readonly stable: Counts | null
}

/** What another tool would have done with the same figures. */
export interface Decided {
  readonly answer: 'rollback' | 'promote' | 'undecided'
  /** `null`: not before the end. */
  readonly at: Millis | null
  readonly because: string
}

/** Windows of one length, one after the other. */
export interface Window {
  /** Its end. */
  readonly at: Millis
  /** `null`: the side was not there in the whole window. */
  readonly fresh: Counts | null
  readonly stable: Counts | null
}

/**
 * `polls` in the order of time. A window in which none ends lies between two of them, and is told by the later one: what it
 * counted is of the window's time, too, and nothing says that no requests came then.
 */
export function windowsOf(polls: readonly Seen[], length: Millis, until: Millis): readonly Window[] {
  const windows: Window[] = []
  let next = polls.findIndex(({ at }) => at > 0)
  for (let at = length; at <= until; at += length) {
    const own: Seen[] = []
    for (let poll = polls[next]; poll && poll.at <= at; poll = polls[(next += 1)]) own.push(poll)
    const later = polls[next]
    const told = own.length === 0 && later ? [later] : own
    windows.push({ at, fresh: side(told.map(({ fresh }) => fresh)), stable: side(told.map(({ stable }) => stable)) })
  }
  return windows
}

const side = (all: readonly (Counts | null)[]): Counts | null => {
  const known = all.filter((one) => one !== null)
  return known.length === 0 ? null : total([none, ...known])
}

/** The share of failed requests; `null` without any (0/0). */
export const rate = (counts: Counts | null): number | null =>
  counts && counts.requests > 0 ? counts.bad / counts.requests : null

export const undecided = (until: Millis): Decided => ({
  answer: 'undecided',
  at: null,
  because: `no decision within ${span(until)}`,
})
