import { idOf, type LeaseAnswer, type ReadAsk } from '../../core/lease/lease.ts'
import type { Asks } from '../asks.ts'

/** What is asked over the Lease of the home, and what it is answered. */
export interface Ear {
  /** Asks come twice, in the answer to a renewal and over the watch: each is heard once. */
  hear(read: ReadAsk): void
  /** A driver before this one did what it asks, and could not say so any more. */
  wasDone(read: ReadAsk): void
  /** That were not given yet. */
  answers(): readonly LeaseAnswer[]
  /** These were, the oldest. */
  given(answers: readonly LeaseAnswer[]): void
}

export function newEar(asks: Asks): Ear {
  const heard = new Set<string>()
  const answers: LeaseAnswer[] = []
  asks.onAnswered((more) => answers.push(...more))
  return {
    hear(read) {
      if (heard.has(keyOf(read))) return
      heard.add(keyOf(read))
      if ('ask' in read) asks.ask(read.ask)
      else asks.ask({ verb: 'warn', id: read.id, by: read.by, because: read.problem })
    },
    wasDone(read) {
      heard.add(keyOf(read))
      answers.push({ id: idOf(read) })
    },
    answers: () => [...answers],
    given: ({ length }) => void answers.splice(0, length),
  }
}

const keyOf = (read: ReadAsk): string => `${idOf(read)} ${read.raw}`
