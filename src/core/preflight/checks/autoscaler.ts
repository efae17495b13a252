import { autoscalersOf, totalMetrics } from '../autoscaler.ts'
import { type Check, kubectl } from '../check.ts'

/** So much surge an autoscaler that counts both sets is let go with: it asks for a quarter too many at the worst. */
const boundedSurge = 25

export const totalTarget: Check = {
  code: 'hpa-total-target',
  level: 'warn',
  emergency: 'off',
  look: (facts) =>
    autoscalersOf(facts.view, facts.workload).flatMap((autoscaler) => {
      const metrics = totalMetrics(autoscaler)
      const { name } = autoscaler.metadata
      if (metrics.length === 0 || !facts.deployment) return []
      const { peakPercent } = facts
      return {
        level: peakPercent > boundedSurge ? ('refuse' as const) : ('warn' as const),
        what: `hpa ${name} scales by ${metrics.join(', ')} with a Value target, and the release makes ${peakPercent} % more pods`,
        why: `it multiplies the pods of both versions by the ratio: it may ask for ${peakPercent} % too many`,
        remedy: `${kubectl(facts, `edit hpa/${name}`)}: use an AverageValue target; or release in batches of at most ${boundedSurge} %: deploy rolling ${facts.version} --set batches=25,50,75,100`,
      }
    }),
}

export const ownedAutoscaler: Check = {
  code: 'hpa-owned',
  level: 'warn',
  emergency: 'off',
  look: ({ view, workload, strategy }) =>
    (strategy.traffic === 'routed' ? autoscalersOf(view, workload) : []).flatMap(
      ({ metadata: { name, ownerReferences = [] } }) => {
        const owner = ownerReferences.find(({ controller }) => controller === true)
        if (!owner) return []
        return {
          what: `hpa ${name} is written by ${owner.kind} ${owner.name}`,
          why: 'the release holds scale-down while two versions run, and its owner may put it back',
          remedy: `set horizontalPodAutoscalerConfig.behavior.scaleDown.selectPolicy: Disabled in ${owner.kind} ${owner.name} for the release`,
        }
      },
    ),
}

export const severalAutoscalers: Check = {
  code: 'hpa-several',
  level: 'warn',
  emergency: 'stays',
  look({ view, workload, called }) {
    const names = autoscalersOf(view, workload).map(({ metadata }) => metadata.name)
    if (names.length < 2) return null
    return {
      what: `${names.length} autoscalers scale ${called}: ${names.join(', ')}`,
      why: 'they fight over the replicas, and only the first is held during the release',
      remedy: `keep one of them: kubectl -n ${view.namespace} delete hpa/${names.at(-1)}`,
    }
  },
}
