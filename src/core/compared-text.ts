import { quantileName } from '../judge/weigh.ts'
import type { Comparison } from './evidence.ts'

/**
 * All that is compared, as triggers of deploy.yaml would say it: those that were written, before them what is compared
 * without being asked for. `latency`: whether the source counts slow requests.
 */
export function comparedTexts({ terms, triggers }: Comparison, { latency }: { readonly latency: boolean }): string[] {
  const { tolerance, weights } = terms
  const says = (about: RegExp): boolean => triggers.some((text) => about.test(text) && text.endsWith('stable'))
  return [
    ...(weights.errors > 0 && !says(aboutErrors) ? [`error-rate > ${tolerance.ratio} * stable`] : []),
    ...(latency && weights.latency > 0 && !says(aboutLatency)
      ? [`latency.${quantileName(terms.latency.quantile)} > ${round(1 + terms.latency.slowdown)} * stable`]
      : []),
    ...triggers,
  ]
}

/** Without what the operator goes without; `null`: nothing is left. */
export function withoutThese(
  comparison: Comparison,
  names: readonly string[],
  about: { readonly latency: boolean },
): Comparison | null {
  const gone = comparedTexts(comparison, about).filter((text) => names.includes(text))
  const dropped = (metric: RegExp): boolean => gone.some((text) => metric.test(text) && text.endsWith('stable'))
  const { weights, ...terms } = comparison.terms
  const errors = dropped(aboutErrors) ? 0 : weights.errors
  const latency = dropped(aboutLatency) ? 0 : weights.latency
  const bounds = comparison.bounds.filter(({ text }) => !gone.includes(text))
  if (errors === 0 && (latency === 0 || !about.latency) && bounds.length === 0) return null
  return {
    terms: { ...terms, weights: { ...weights, errors, latency } },
    triggers: comparison.triggers.filter((text) => !gone.includes(text)),
    bounds,
  }
}

const aboutErrors = /^(?:error-rate|availability) /
const aboutLatency = /^latency\./

const round = (value: number): number => Number(value.toFixed(6))
