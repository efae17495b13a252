import { describe, expect, it } from 'vitest'
import type { Container, PodSpec } from '../../../src/core/objects.ts'
import { noDefaults, podAmounts } from '../../../src/core/preflight/requests.ts'

const container = (cpu: string, more: Partial<Container> = {}): Container => ({
  name: cpu,
  image: 'x',
  resources: { requests: { cpu } },
  ...more,
})
const cpu = (spec: Partial<PodSpec>, side: 'requests' | 'limits' = 'requests'): number | undefined =>
  podAmounts({ spec: { containers: [container('200m')], ...spec } }, side)['cpu']

describe('what a pod asks for', () => {
  it('is what its containers ask for together', () =>
    expect(cpu({ containers: [container('200m'), container('50m')] })).toBe(250))
  it('is what its start needs, if that is more', () => expect(cpu({ initContainers: [container('1')] })).toBe(1_000))
  it('does not add init containers that are over', () =>
    expect(cpu({ initContainers: [container('100m'), container('150m')] })).toBe(200))
  it('has sidecars on top', () =>
    expect(cpu({ initContainers: [container('100m', { restartPolicy: 'Always' })] })).toBe(300))
  it('has sidecars beside the init containers after them', () =>
    expect(cpu({ initContainers: [container('100m', { restartPolicy: 'Always' }), container('250m')] })).toBe(350))
  it('has the overhead of its runtime on top', () => expect(cpu({ overhead: { cpu: '10m' } })).toBe(210))
  it('is what is said for the whole pod, where that is said', () =>
    expect(cpu({ resources: { requests: { cpu: '1' } } })).toBe(1_000))
  it('is the limit where only that is said', () =>
    expect(cpu({ containers: [container('', { resources: { limits: { cpu: '300m' } } })] })).toBe(300))
  it('is the default of the namespace where nothing is said', () => {
    const spec = { containers: [container('', { resources: {} })] }
    expect(podAmounts({ spec }, 'requests', { ...noDefaults, requests: { cpu: '70m' } })['cpu']).toBe(70)
  })
  it('is unknown where nothing is said at all', () => expect(cpu({}, 'limits')).toBeUndefined())
})
