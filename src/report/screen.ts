import type { Compared } from '../core/comparing.ts'
import type { Entry } from '../core/journal.ts'
import type { Plan } from '../core/plan.ts'
import type { RunState } from '../core/state.ts'
import type { Millis } from '../core/time.ts'
import type { History } from '../judge/history.ts'

/** What is there to be shown now. */
export interface Progress {
  readonly plan: Plan
  readonly state: RunState
  /** What each unit waits for. */
  readonly waiting: ReadonlyMap<string, string>
  readonly counts: ReadonlyMap<string, UnitCounts>
  /** What was measured of each unit, where something is. */
  readonly histories?: ReadonlyMap<string, History>
  /** The new version of each unit beside stable, where it is compared. */
  readonly comparisons?: ReadonlyMap<string, Compared>
  readonly now: Millis
}

export interface UnitCounts {
  readonly readyNew: number
  readonly wantNew: number
  readonly readyStable: number
  /** As seen on the data plane, in percent; left out where nothing shows it. */
  readonly weight?: number
}

/** Something that people (or programs) follow a run on. It is told, and nothing is ever read back from it. */
export interface Screen {
  /** The state of things, about four times a second. */
  show(progress: Progress): void
  /** An entry of the journal, once it is durable. */
  fact(entry: Entry): void
  /** A line for the person who watches: the answer to Ctrl-C. */
  say(text: string): void
  /** The last block. */
  end(block: string): void
  /** Everything is written and the terminal is as before when it resolves. May be called twice. */
  close(): Promise<void>
}

/** Where text goes: a part of a stream, so that tests need none. */
export interface Sink {
  write(text: string): unknown
}

/** Several at once: a tree for the person and events for a program. */
export const screens = (all: readonly Screen[]): Screen => ({
  show: (progress) => all.forEach((screen) => screen.show(progress)),
  fact: (entry) => all.forEach((screen) => screen.fact(entry)),
  say: (text) => all.forEach((screen) => screen.say(text)),
  end: (block) => all.forEach((screen) => screen.end(block)),
  close: async () => {
    await Promise.all(all.map((screen) => screen.close()))
  },
})
