import { setTimeout as sleep } from 'node:timers/promises'

export type Patience = {
  /** How long at most. Never a measurement: the machine may be busy. */
  readonly seconds?: number
  readonly every?: number
}

/**
 * Asks again and again until the answer is neither undefined nor false, and returns it. An error counts as "not yet";
 * the last one is named when patience ends.
 */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { seconds = 90, every = 150 }: Patience = {},
): Promise<T> {
  const end = performance.now() + seconds * 1000
  let last: unknown = 'the answer was no'
  while (true) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      last = error
    }
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`, { cause: last })
    await sleep(every)
  }
}
