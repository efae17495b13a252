import { marks } from '../../marks.ts'
import type { LabelSelector, PodTemplate } from '../../objects.ts'
import { matches } from '../../view.ts'
import type { Check } from '../check.ts'

/** The new pod template against the workload that it is put in. */
export const selectorMismatch: Check = {
  code: 'template-selector',
  level: 'refuse',
  emergency: 'stays',
  look({ object, newLabels, called, workload }) {
    const { selector } = object.spec
    if (matches(selector, newLabels)) return null
    const wanted = Object.entries(selector.matchLabels ?? {}).filter(([key, value]) => newLabels[key] !== value)
    const labels = wanted.map(([key, value]) => `${key}=${value}`).join(', ') || 'what its matchExpressions ask for'
    return {
      what: `the new template of ${called} lacks labels that its selector asks for: ${labels}`,
      why: 'the API server refuses such a template, and a selector can not be changed',
      remedy: `add ${labels} to spec.template.metadata.labels in the manifest of ${workload.name}`,
    }
  },
}

export const releaseLabelSelected: Check = {
  code: 'release-label-taken',
  level: 'refuse',
  emergency: 'off',
  look({ object, called }) {
    const { matchLabels = {}, matchExpressions = [] } = object.spec.selector
    if (!(marks.release in matchLabels) && !matchExpressions.some(({ key }) => key === marks.release)) return null
    return {
      what: `the selector of ${called} names the label ${marks.release}`,
      why: 'every release gives that label a value of its own, and a selector can not be changed',
      remedy: `make the workload anew without ${marks.release} in its selector`,
    }
  },
}

export const spreadCounted: Check = {
  code: 'spread-counts-both',
  level: 'warn',
  emergency: 'off',
  look({ newTemplate, newLabels, statefulSet }) {
    const keys = statefulSet
      ? []
      : constraintsOf(newTemplate)
          .filter((one) => countsBoth(one, newLabels))
          .map((one) => one.topologyKey)
    if (keys.length === 0) return null
    return {
      what: `topologySpreadConstraints over ${keys.join(', ')} have no matchLabelKeys: [pod-template-hash]`,
      why: 'old and new pods are counted together: new ones may find no place, and stand unevenly once the old are gone',
      remedy: 'add matchLabelKeys: [pod-template-hash] to each of them in the manifest',
    }
  },
}

interface Constraint {
  readonly topologyKey: string
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
}

const constraintsOf = ({ spec }: PodTemplate): readonly Constraint[] =>
  (spec['topologySpreadConstraints'] as readonly Constraint[] | undefined) ?? []

const countsBoth = (
  { labelSelector, matchLabelKeys = [] }: Constraint,
  labels: Readonly<Record<string, string>>,
): boolean =>
  labelSelector !== undefined && matches(labelSelector, labels) && !matchLabelKeys.includes('pod-template-hash')
