import { comparedTexts } from '../core/compared-text.ts'
import type { Evidence } from '../core/evidence.ts'
import type { MetricsSource } from '../core/metrics.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import { span } from '../core/time.ts'

/** What is measured and what it may do, for the person who approves: the same for all clusters is said once. */
const each = (plan: Plan, say: (evidence: Evidence) => string): string[] => [
  ...new Set(unitsOf(plan).flatMap(({ evidence }) => (evidence ? [say(evidence)] : []))),
]

/** `error-rate > 1.25 * stable · error-rate > 1% for 5m · restarts > 2`. */
export const triggersIn = (plan: Plan): string[] =>
  each(plan, (evidence) => [...comparedIn(evidence), ...evidence.triggers.map(({ text }) => text)].join(' · ')).filter(
    (text) => text !== '',
  )

const comparedIn = ({ source, comparison }: Evidence): string[] =>
  comparison ? comparedTexts(comparison, { latency: source?.latency !== undefined }) : []

/** What the new pods must hold at the end of each stage that has requests, said the way round in which it holds. */
export const objectivesIn = (plan: Plan): string[] =>
  each(plan, ({ objectives }) => objectives.map(({ text }) => kept(text)).join(' · ')).filter((text) => text !== '')

const kept = (text: string): string => text.replace(' < ', ' ≥ ').replace(' > ', ' ≤ ')

/** `prometheus https://prometheus.internal every 5 s · too little: held, then paused · no figures: paused`. */
export const measuredBy = (plan: Plan): string[] =>
  each(plan, ({ source, onInconclusive, onProviderDown }) => {
    if (!source) return ''
    const little = { hold: 'held for as long again, then paused', pause: 'paused', undo: 'taken back' }[onInconclusive]
    const away = { pause: 'held, paused after 5 min', undo: 'held, taken back after 5 min' }[onProviderDown]
    return `${sourceText(source)} every ${span(source.every)} · with too little ${little} · without figures ${away}`
  }).filter((text) => text !== '')

/** A URL may hold a password; its host says where it goes. */
function sourceText(source: MetricsSource): string {
  if (source.kind === 'pods') return `${source.requests.name} of the pods themselves`
  const place = /^\w+:\/\/(?:[^@/]*@)?([^/]+)/.exec(source.endpoint.url)?.[1] ?? 'its URL'
  return `${source.kind === 'prometheus' ? source.requests.name : 'figures'} from ${source.kind} at ${place}`
}

/** Triggers that fire already and that somebody chose to go without. */
export const ignoredIn = (plan: Plan): string[] =>
  each(plan, ({ ignored }) => ignored.join(' · ')).filter((text) => text !== '')
