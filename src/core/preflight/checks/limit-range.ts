import type { Check, Facts } from '../check.ts'
import { defaultsOf, type Limit, limitsOf } from '../limit-ranges.ts'
import { milliOf, quantityText } from '../quantity.ts'
import { type Amounts, containerAmounts, podAmounts } from '../requests.ts'

/** Pods outside of a LimitRange are refused when they are made (kubernetes.io/docs/concepts/policy/limit-range/). */
export const limitRange: Check = {
  code: 'limit-range',
  level: 'refuse',
  emergency: 'stays',
  look: (facts) =>
    limitsOf(facts.view).flatMap(({ name, limit }) =>
      partsOf(facts, limit.type).flatMap((part) =>
        (['max', 'min'] as const).flatMap((end) => broken({ name, limit, part, end })),
      ),
    ),
}

interface Part {
  readonly called: string
  readonly requests: Amounts
  readonly limits: Amounts
}

function partsOf({ newTemplate, view, called }: Facts, type: string): Part[] {
  const defaults = defaultsOf(view)
  if (type === 'Pod') {
    const pod = (side: 'requests' | 'limits') => podAmounts(newTemplate, side, defaults)
    return [{ called: `a pod of ${called}`, requests: pod('requests'), limits: pod('limits') }]
  }
  if (type !== 'Container') return []
  const { containers, initContainers = [] } = newTemplate.spec
  return [...initContainers, ...containers].map((container) => ({
    called: `container ${container.name}`,
    requests: containerAmounts(container, 'requests', defaults),
    limits: containerAmounts(container, 'limits', defaults),
  }))
}

interface Bound {
  readonly name: string
  readonly limit: Limit
  readonly part: Part
  readonly end: 'max' | 'min'
}

function broken({ name, limit, part, end }: Bound) {
  return Object.entries(limit[end] ?? {}).flatMap(([resource, quantity]) => {
    const bound = milliOf(quantity) ?? 0
    const side = (['limits', 'requests'] as const).find((one) => {
      const amount = part[one][resource]
      return amount !== undefined && (end === 'max' ? amount > bound : amount < bound)
    })
    if (!side) return []
    const amount = quantityText(resource, part[side][resource] ?? 0)
    return {
      what: `${part.called} has ${side}.${resource} ${amount}, LimitRange ${name} allows ${end === 'max' ? 'at most' : 'at least'} ${quantity} for each ${limit.type}`,
      why: 'the API server would refuse every new pod',
      remedy: `set resources.${side}.${resource}: ${quantity} in the manifest, or change ${end}.${resource} of LimitRange ${name}`,
    }
  })
}
