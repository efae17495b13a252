import type { Millis } from '../core/time.ts'
import { type Due, newQueue } from './queue.ts'

/** Virtual time and what is due in it. Time moves only from one due event to the next. */
export interface Timeline {
  readonly now: () => Millis
  /** Runs `act` at that moment (now, if it is past). Returns how to call it off. */
  at(moment: Millis, act: () => void): () => void
  /** Like `at`, for somebody outside of the simulation who waits: as long as they wait, time moves by itself. */
  until(moment: Millis, act: () => void): () => void
  /** Somebody waits for something that has no known moment. Returns how to say that the wait is over. */
  waiting(): () => void
  /** Somebody outside may go on now: they do, before time moves. */
  stir(): void
  /** When the next event is due; `null`: nothing will ever happen by itself. */
  next(): Millis | null
  /** Time stands still until this is done: for work that really takes time (a disk, a socket, a process). */
  readonly during: <T>(work: Promise<T>) => Promise<T>
  /**
   * From now on time does not jump: it moves only when it is pushed. `push` runs what is due in so much time, then it is
   * that late.
   */
  push(by: Millis): void
}

/** Time that passes without any end is a mistake in a test, not a result. */
const longest: Millis = 366 * 24 * 3_600_000

/**
 * While anybody outside waits, jumps from event to event. After each event that let somebody outside go on, the event
 * loop comes round twice first, so that whatever they do now happens at this moment and not later.
 */
export function newTimeline(start: Millis): Timeline {
  const queue = newQueue()
  let now = start
  let waiters = 0
  let working = 0
  let isMoving = false
  let released = false
  let isPushed = false

  const at = (moment: Millis, act: () => void): (() => void) => queue.add(Math.max(now, moment), act)

  const waiting = (): (() => void) => {
    let isOver = false
    waiters += 1
    move()
    return () => {
      if (isOver) return
      isOver = true
      waiters -= 1
      released = true
    }
  }

  const until = (moment: Millis, act: () => void): (() => void) => {
    const over = waiting()
    const cancel = at(moment, () => {
      over()
      act()
    })
    return () => {
      cancel()
      over()
    }
  }

  const step = (due: Due): void => {
    now = due.at
    if (now - start > longest) throw new Error('a simulated year has passed: somebody waits for what never happens')
    due.act()
  }

  const takeNext = (): Due | undefined => (waiters > 0 && working === 0 && !isPushed ? queue.take() : undefined)

  const move = (): void => {
    if (isMoving) return
    isMoving = true
    setImmediate(settleThenMove)
  }

  const settleThenMove = (): void => {
    released = false
    setImmediate(() => {
      if (released) return settleThenMove()
      for (let due = takeNext(); due; due = takeNext()) {
        step(due)
        if (released) return settleThenMove()
      }
      isMoving = false
    })
  }

  const during = async <T>(work: Promise<T>): Promise<T> => {
    working += 1
    try {
      return await work
    } finally {
      working -= 1
      released = true
      move()
    }
  }

  return {
    now: () => now,
    at: (moment, act) => {
      const cancel = at(moment, act)
      if (waiters > 0) move()
      return cancel
    },
    until,
    waiting,
    stir: () => {
      released = true
    },
    next: () => queue.peek()?.at ?? null,
    during,
    push: (by) => {
      isPushed = true
      if (working > 0) return
      const target = now + by
      for (let next = queue.peek(); next && next.at <= target; next = queue.peek()) step(queue.take() as Due)
      now = target
    },
  }
}

/** Resolves after so much virtual time, or at once when the signal aborts. */
export function slept(timeline: Timeline, ms: Millis, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || !(ms > 0)) return resolve()
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = timeline.until(timeline.now() + ms, done)
    signal.addEventListener('abort', done)
  })
}
