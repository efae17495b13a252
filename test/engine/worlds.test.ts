import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { Entry } from '../../src/core/journal.ts'
import { all, find, type View } from '../../src/core/view.ts'
import type { WriteFault } from '../../src/sim/faults.ts'
import { namespace, type Wish } from './manifests.ts'
import { paused } from './moments.ts'
import { leftBehind, stillOurs, tokensIn } from './restored.ts'
import { given, readyPods, type Stage } from './scenario.ts'

const web = { kind: 'Deployment', namespace, name: 'web' } as const

/** What may happen to a run at some entry of its journal. */
type Blow =
  | { readonly what: 'kill'; readonly at: number }
  | { readonly what: 'fault'; readonly at: number; readonly fault: WriteFault }
  | { readonly what: 'silence'; readonly at: number; readonly seconds: number }
  | { readonly what: 'stale'; readonly at: number; readonly ms: number }
  | { readonly what: 'scale'; readonly at: number; readonly replicas: number }
  | { readonly what: 'unpause' | 'abort'; readonly at: number }

const at = fc.integer({ min: 2, max: 120 })
const fault = fc.constantFrom<WriteFault>(
  { kind: 'lost-reply' },
  { kind: 'lost-request' },
  { kind: 'refused' },
  { kind: 'status', status: 409 },
  { kind: 'status', status: 422 },
  { kind: 'status', status: 503 },
)
const blow: fc.Arbitrary<Blow> = fc.oneof(
  fc.record({ what: fc.constant('fault' as const), at, fault }),
  fc.record({ what: fc.constant('silence' as const), at, seconds: fc.integer({ min: 5, max: 90 }) }),
  fc.record({ what: fc.constant('stale' as const), at, ms: fc.integer({ min: 100, max: 3000 }) }),
  fc.record({ what: fc.constant('scale' as const), at, replicas: fc.integer({ min: 2, max: 9 }) }),
  fc.record({ what: fc.constantFrom('unpause' as const, 'abort' as const), at }),
)
const wish: fc.Arbitrary<Wish> = fc.record({
  strategy: fc.constantFrom('canary', 'canary', 'blue-green', 'rolling'),
  version: fc.constantFrom('v2', 'v2', 'v2-slow9', 'v2-noready', 'v2-crash', 'v2-nopull'),
  replicas: fc.integer({ min: 1, max: 7 }),
  bare: fc.boolean(),
  seed: fc.nat(1000),
})

function strike(blow: Blow, { cluster, sim, ask }: Stage): void {
  if (blow.what === 'fault') cluster.faults.onWrite(blow.fault, { nth: 1 })
  if (blow.what === 'stale') cluster.faults.stale(blow.ms)
  if (blow.what === 'scale') cluster.acts.scale(web, blow.replicas)
  if (blow.what === 'unpause') cluster.acts.patch(web, [{ op: 'add', path: '/spec/paused', value: false }])
  if (blow.what === 'abort') ask({ verb: 'abort', by: 'anna' })
  if (blow.what === 'silence') void sim.advance(blow.seconds * 1000).then(cluster.faults.silence())
}

/** What was taken back is no version to go back to. */
const setsOfRelease = (view: View): number =>
  all(view, 'ReplicaSet').filter(({ spec }) => spec.template.metadata?.labels?.['deploy/release'] === 'r7f3').length

const isAt =
  (seq: number) =>
  (entry: Entry): boolean =>
    entry.seq >= seq

describe('whatever happens to a run', () => {
  it('it ends with one version serving, nothing left behind, and no request lost by it', {
    timeout: 300_000,
  }, async () => {
    const moments = fc.option(fc.integer({ min: 1, max: 250 }), { nil: 0 })
    await fc.assert(
      fc.asyncProperty(wish, fc.array(blow, { maxLength: 3 }), moments, async (one, blows, killed) => {
        const patient = { ...one, policy: { deadline: 10 * 60_000 } }
        const watched = given(patient).when(paused('drift'), ({ ask }) => ask({ verb: 'abort', by: 'anna' }))
        const start = killed > 0 ? watched.killedAt(killed) : watched
        const story = await blows
          .reduce((scenario, each) => scenario.when(isAt(each.at), (stage) => strike(each, stage)), start)
          .runs()
        const changes = leftBehind(story.before, story.after).filter((line) => !line.includes('spec replicas'))
        expect([exitCodes.done, exitCodes.takenBack, exitCodes.takenBackWithoutVerdict]).toContain(story.exit)
        expect(changes).toHaveLength(story.exit === exitCodes.done ? 2 : 0)
        expect([stillOurs(story.after), tokensIn(story.after)]).toEqual([[], []])
        expect(setsOfRelease(story.after)).toBe(story.exit === exitCodes.done ? 1 : 0)
        expect(readyPods(story.after)).toHaveLength(find(story.after, 'Deployment', 'web')?.spec.replicas ?? 0)
        expect([story.users.failed, story.inside.failed]).toEqual([0, 0])
        expect(story.exit === exitCodes.done && /noready|crash|nopull/.test(one.version ?? '')).toBe(false)
      }),
      {
        numRuns: Number(process.env['DEPLOY_WORLDS'] ?? 40),
        seed: Number(process.env['DEPLOY_SEED'] ?? 7),
        endOnFailure: false,
      },
    )
  })
})
