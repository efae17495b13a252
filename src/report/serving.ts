import type { Plan } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { backSteps, type Standing } from './standing.ts'
import { some } from './words.ts'

/** `web serves v1.2.3 in us-east-1, v1.2.2 in eu-west-1`: units that serve the same are named together. */
export function serving({ release }: Plan, units: readonly Standing[]): string {
  const served = units.map((standing) => ({ cluster: standing.unit.cluster, version: versionOf(release, standing) }))
  const versions = [...new Set(served.map(({ version }) => version))]
  const texts = versions.map((version) => {
    const clusters = served.filter((one) => one.version === version).map(({ cluster }) => cluster)
    return `${version} in ${some(clusters, 8)}`
  })
  return escapeText(`${release.service} serves ${texts.join('; ')}`)
}

function versionOf({ from, version }: Plan['release'], { serves, weight }: Standing): string {
  if (serves === 'both') return `${version} to ${weight} %, ${from} to the rest,`
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

/** `web at weight 25 %`, for each unit that is not at its end. */
export const placeOf = ({ unit, state, stage }: Standing): string => {
  const where =
    state.way === 'back' ? 'on the way back' : state.way === 'frozen' ? 'frozen' : `at ${stage?.title ?? 'the end'}`
  return escapeText(`${unit.id} ${where}`)
}
