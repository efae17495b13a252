import type { Wish } from '../../engine/manifests.ts'

const canary: Wish = { strategy: 'canary', options: { weights: [50], soak: '2s', bake: '2s' } }
const replicas: Wish = { ...canary, router: 'replicas' }
const blueGreen: Wish = { strategy: 'blue-green', options: { bake: '2s' } }
const selector: Wish = { ...blueGreen, router: 'selector' }
const rolling: Wish = { strategy: 'rolling', options: { batches: ['50%', '100%'], bake: '2s' } }
const stateful: Wish = { ...rolling, stateful: true }

/** Each strategy with a version that is good, one that never is ready, and one that dies once it has requests. */
export const sweeps = {
  'canary by the route': { good: canary, crashing: of(canary, 'v2-crash'), dying: of(canary, 'v2-die9') },
  'canary by replicas': { good: replicas, crashing: of(replicas, 'v2-crash'), dying: of(replicas, 'v2-die9') },
  'blue-green by the route': { good: blueGreen, crashing: of(blueGreen, 'v2-crash'), dying: of(blueGreen, 'v2-die9') },
  'blue-green by the selector': { good: selector, crashing: of(selector, 'v2-crash'), dying: of(selector, 'v2-die9') },
  rolling: { good: rolling, crashing: of(rolling, 'v2-crash'), dying: of(rolling, 'v2-die5') },
  'rolling, a StatefulSet': { good: stateful, crashing: of(stateful, 'v2-crash'), dying: of(stateful, 'v2-die3') },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Wish>>>>

function of(wish: Wish, version: string): Wish {
  return { ...wish, version }
}
