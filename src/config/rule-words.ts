import type { Figure } from '../core/evidence.ts'
import { shown } from '../core/shown.ts'
import { nearest } from './nearest.ts'

/** What is wrong with the text of a rule: where (from 1), what, and what to write instead. */
export interface RuleProblem {
  readonly at: number
  readonly what: string
  readonly remedy: string
}

export interface RuleContext {
  /** Availability that the service promises, from 0 to 1: burn rates need it. */
  readonly objective?: number
}

export interface Word {
  readonly text: string
  readonly at: number
}

const metrics = [
  'error-rate',
  'availability',
  'latency.p50',
  'latency.p90',
  'latency.p95',
  'latency.p99',
  'latency.p999',
  'burn-rate',
  'restarts',
] as const

/** Operators need no spaces around them. */
export function wordsOf(text: string): Word[] {
  return [...text.matchAll(/>=|<=|>|<|\*|[^\s<>=*]+|=/g)].map((match) => ({ text: match[0], at: match.index + 1 }))
}

export const endOf = (text: string): Word => ({ text: '', at: text.trimEnd().length + 1 })

/** One space between words: the name of a rule, however it was spaced. */
export const normalized = (text: string): string =>
  wordsOf(text)
    .map((word) => word.text)
    .join(' ')

export function figureOf({ text, at }: Word, { objective }: RuleContext): Figure | RuleProblem {
  switch (text) {
    case 'error-rate':
    case 'availability':
    case 'restarts':
      return { kind: text }
    case 'burn-rate':
      return objective === undefined
        ? {
            at,
            what: 'a burn rate needs to know what was promised',
            remedy: 'add slo: { availability: 99.9% } to the service',
          }
        : { kind: 'burn-rate', objective }
    default: {
      const digits = /^latency\.p(?!0+$)(\d{2,3})$/.exec(text)?.[1]
      if (digits) return { kind: 'latency', quantile: Number(`0.${digits}`) }
      const near = nearest(text, metrics)
      return {
        at,
        what: `${shown(text)} is not a metric`,
        remedy: `${near ? `did you mean ${near}? ` : ''}known: ${metrics.join(', ')}; or a query of your own: { name, query, is: "> 1000", for: 2m }`,
      }
    }
  }
}

/** A comparison that holds while all is well would take back every release. */
export function directionOf({ kind }: Figure, { text, at }: Word): RuleProblem | null {
  const grows = text.startsWith('>')
  if ((kind === 'availability') !== grows) return null
  return {
    at,
    what: `${kind} ${text} holds while all is well`,
    remedy: `a trigger says when to go back: write ${kind} ${kind === 'availability' ? '<' : '>'}`,
  }
}
