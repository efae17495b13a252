import { marks } from '../../marks.ts'
import type { LabelSelector, Service } from '../../objects.ts'
import { all } from '../../view.ts'
import { type Check, patch } from '../check.ts'
import { selects } from '../pins.ts'

const ofOneRelease = ['pod-template-hash', marks.release] as const

/** What a killed release, or a hand, left behind: at the end "as before" would be put back, and name pods that are gone. */
export const pinLeft: Check = {
  code: 'pin-left',
  level: 'refuse',
  emergency: 'stays',
  look: (facts) =>
    all(facts.view, 'Service')
      .filter(({ metadata }) => metadata.name !== facts.secondary)
      .flatMap((service) => {
        const { name } = service.metadata
        const pins = ofOneRelease.filter((label) => service.spec.selector?.[label] !== undefined)
        if (pins.length === 0 || !selects(without(service, pins), facts.labels)) return []
        const operations = pins.map((label) => ({ op: 'remove', path: `/spec/selector/${label.replace('/', '~1')}` }))
        return {
          what: `service ${name} selects the pods of one release only (${pins.map((label) => `${label}=${service.spec.selector?.[label]}`).join(', ')})`,
          why: 'it is left over from a release that was killed, or set by hand: after the next release nobody would be behind it',
          remedy: patch(facts, `service/${name}`, ...operations),
        }
      }),
}

/** The Service as its selector would be without these labels; a selector of nothing else selects nobody. */
function without(service: Service, labels: readonly string[]): Service {
  const selector = Object.entries(service.spec.selector ?? {}).filter(([label]) => !labels.includes(label))
  return { ...service, spec: { ...service.spec, selector: Object.fromEntries(selector) } }
}

export const budgetPinLeft: Check = {
  code: 'budget-pin-left',
  level: 'warn',
  emergency: 'stays',
  look: (facts) =>
    all(facts.view, 'PodDisruptionBudget').flatMap((budget) => {
      const { matchLabels = {} } = (budget['spec'] as { selector?: LabelSelector } | undefined)?.selector ?? {}
      const pins = ofOneRelease.filter((label) => matchLabels[label] !== undefined)
      const others = Object.entries(matchLabels).filter(([label]) => !ofOneRelease.some((one) => one === label))
      const { name } = budget.metadata
      const ours = others.length > 0 && others.every(([label, value]) => facts.labels[label] === value)
      if (pins.length === 0 || !ours || name === facts.secondary) return []
      return {
        what: `pdb ${name} guards the pods of one release only (${pins.map((label) => `${label}=${matchLabels[label]}`).join(', ')})`,
        why: 'it is left over from a release that was killed, or set by hand: after the next release it guards nobody',
        remedy: patch(
          facts,
          `poddisruptionbudget/${name}`,
          ...pins.map((label) => ({ op: 'remove', path: `/spec/selector/matchLabels/${label.replace('/', '~1')}` })),
        ),
      }
    }),
}

export const tagLeft: Check = {
  code: 'tag-left',
  level: 'refuse',
  emergency: 'warns',
  look({ stable, view }) {
    const set = stable && 'set' in stable ? stable.set : null
    const run = set?.spec.template.metadata?.annotations?.[marks.stable]
    if (!set || run === undefined) return null
    return {
      what: `replicaset ${set.metadata.name} is tagged by run ${run}, which is not open`,
      why: 'the workload would no longer know the set as its own, and make another one of the same template',
      remedy: patch({ view }, `replicaset/${set.metadata.name}`, {
        op: 'remove',
        path: `/spec/template/metadata/annotations/${marks.stable.replace('/', '~1')}`,
      }),
    }
  },
}
