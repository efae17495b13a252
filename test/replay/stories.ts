import type { Entry } from '../../src/core/journal.ts'
import type { Ask } from '../../src/engine/asks.ts'
import type { Wish } from '../engine/manifests.ts'
import { frozen, intended, passed, paused, resumed, settled } from '../engine/moments.ts'

export interface Story {
  readonly name: string
  readonly wish: Wish
  /** The driver is gone right after this entry; `null`: the run is over. */
  readonly until: ((entry: Entry) => boolean) | null
  /** From then on the new pods die. */
  readonly dies?: (entry: Entry) => boolean
  /** From then on they live again. */
  readonly heals?: (entry: Entry) => boolean
  /** Asked of a driver as soon as this is noted. */
  readonly asks?: { readonly when: (entry: Entry) => boolean; readonly ask: Ask }
  /** What the next driver is asked. */
  readonly next?: Ask
}

const small = { bare: true, replicas: 2 } as const
const half = { ...small, options: { weights: [50] } } as const

/** What is recorded with each version. */
export const stories: readonly Story[] = [
  { name: 'canary-good', wish: half, until: null },
  { name: 'canary-taken-back', wish: { ...half, version: 'v2-crash' }, until: null },
  { name: 'canary-going-back', wish: { ...half, version: 'v2-crash' }, until: settled('back.template') },
  { name: 'canary-at-a-weight', wish: half, until: intended('weight-50.route-50') },
  {
    name: 'canary-waits-for-a-human',
    wish: { ...small, options: { weights: [50, 'pause'] } },
    until: paused('human'),
    next: { verb: 'promote', by: 'ben' },
  },
  {
    name: 'blue-green-paused',
    wish: { ...small, strategy: 'blue-green', router: 'selector' },
    until: paused('asked'),
    asks: { when: passed('weight-100'), ask: { verb: 'pause', by: 'anna' } },
    next: { verb: 'resume', by: 'ben' },
  },
  {
    name: 'rolling-mid-batch',
    wish: { ...small, replicas: 4, strategy: 'rolling' },
    until: intended('batch-50.sets-50-0'),
  },
  {
    name: 'stateful-mid-batch',
    wish: { ...small, replicas: 4, strategy: 'rolling', stateful: true },
    until: intended('batch-50.partition-2'),
    next: { verb: 'abort', by: 'ben' },
  },
  {
    name: 'canary-frozen',
    wish: half,
    dies: settled('drain.hold-50-50'),
    until: frozen,
    next: { verb: 'abort', by: 'ben', past: 'drain.sets-50-50', reason: 'v2 loses orders' },
  },
  {
    name: 'canary-resumed-when-frozen',
    wish: half,
    dies: settled('drain.hold-50-50'),
    heals: frozen,
    asks: { when: frozen, ask: { verb: 'resume', by: 'anna' } },
    until: resumed,
  },
  {
    name: 'canary-going-back-past',
    wish: half,
    dies: settled('drain.hold-50-50'),
    asks: { when: frozen, ask: { verb: 'abort', by: 'anna', past: 'drain.sets-50-50', reason: 'v2 loses orders' } },
    until: settled('past.template'),
  },
]
