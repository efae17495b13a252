import type { Entry, Fact } from '../../../src/core/journal.ts'
import type { Plan } from '../../../src/core/plan.ts'

/** The journal neither knows nor cares what a plan means. */
export const plan: Plan = {
  v: 1,
  tool: '0.1',
  release: {
    service: 'web',
    environment: 'prod',
    strategy: 'canary',
    version: 'v1.2.3',
    from: 'v1.2.2',
    image: 'registry.example/web:v1.2.3',
    protected: false,
    emergency: false,
  },
  clusters: [{ name: 'home', uid: 'u-1' }],
  waves: [],
  warnings: [],
}

export const run = 'r7f3'

/** Tells one entry from another. */
export const warned = (because: string): Fact => ({ type: 'warned', unit: 'web@home', because })
export const opened: Fact = { type: 'opened', run, plan: 'hash', by: 'me', host: 'here' }
export const words = (entries: readonly Entry[]): string[] =>
  entries.map((entry) => (entry.type === 'warned' ? entry.because : entry.type))
