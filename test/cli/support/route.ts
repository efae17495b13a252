import { at } from '../../../src/core/json.ts'
import { find } from '../../../src/core/view.ts'
import type { SimCluster } from '../../../src/sim/sim.ts'

/** Which backends get requests. */
export const backends = (cluster: SimCluster): string[] => {
  const refs = at(find(cluster.see('web'), 'HTTPRoute', 'web'), '/spec/rules/0/backendRefs') as {
    name: string
    weight?: number
  }[]
  return refs.filter(({ weight }) => weight !== 0).map(({ name }) => name)
}
