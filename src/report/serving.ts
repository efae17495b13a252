import type { Plan } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { backSteps, type Standing } from './standing.ts'
import { some } from './words.ts'

/** `web serves v1.2.3 in us-east-1; v1.2.2 in eu-west-1`. */
export const serving = (plan: Plan, units: readonly Standing[]): string =>
  escapeText(`${plan.release.service} serves ${served(plan, units)}`)

/** `v1.2.3 in us-east-1; v1.2.2 in eu-west-1`: units that serve the same are named together. */
export function served({ release }: Plan, units: readonly Standing[]): string {
  const all = units.map((standing) => ({ cluster: standing.unit.cluster, version: versionOf(release, standing) }))
  const versions = [...new Set(all.map(({ version }) => version))]
  const texts = versions.map((version) => {
    const clusters = all.filter((one) => one.version === version).map(({ cluster }) => cluster)
    return `${version} in ${some(clusters, 8)}`
  })
  return escapeText(texts.join('; '))
}

function versionOf({ from, version }: Plan['release'], { serves, weight }: Standing): string {
  if (serves === 'both') return `${version} to ${weight} %, ${from} to the rest,`
  if (serves === 'unknown') return 'an unknown version'
  return serves === 'new' ? version : from
}

/** By what it was seen that the old version serves again. */
export function seenBack(units: readonly Standing[]): string {
  const steps = units.flatMap(({ unit, state }) => backSteps(unit, state))
  if (steps.some(({ action: { expect } }) => expect.kind === 'endpoints'))
    return 'seen in the endpoints of its services'
  if (steps.some(({ moves }) => moves === 'pods')) return 'all its pods seen ready'
  return 'nothing had been changed'
}

/** `at weight 25 %`, `on the way back`. */
export function placeOf({ state, stage }: Standing): string {
  const paused = state.paused ? ' (paused)' : ''
  if (state.way !== 'forward') return state.way === 'back' ? `on the way back${paused}` : 'frozen'
  return escapeText(`at ${stage?.title ?? 'the end'}${paused}`)
}

/** Units that are not at their end, each with its place; those at the same place are named together. */
export function places(units: readonly Standing[]): string {
  const open = units.filter(({ state }) => !state.ended)
  const all = [...new Set(open.map(placeOf))]
  return all
    .map((place) => {
      const ids = open.filter((one) => placeOf(one) === place).map(({ unit }) => unit.id)
      return `${some(ids, 4)} ${place}`
    })
    .join(', ')
}
