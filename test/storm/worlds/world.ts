import fc from 'fast-check'
import { exitCodes } from '../../../src/core/errors.ts'
import type { Entry } from '../../../src/core/journal.ts'
import { minute } from '../../../src/core/time.ts'
import { all, find, type View } from '../../../src/core/view.ts'
import type { Wish } from '../../engine/manifests.ts'
import { leftBehind, stillOurs, tokensIn } from '../../engine/restored.ts'
import { given, readyPods, type Story } from '../../engine/scenario.ts'
import { lawsOf, type Laws } from '../laws.ts'
import { type Blow, rival, strike, weather } from './blows.ts'

/** One random world: what is released, what happens to it, and at which moments drivers die. */
export interface World {
  readonly wish: Wish
  readonly blows: readonly Blow[]
  readonly deaths: readonly number[]
}

const canary = { options: { weights: [50], soak: '3s', bake: '3s' } }
const wishes = fc.constantFrom<Wish>(
  { strategy: 'canary', ...canary },
  { strategy: 'canary', ...canary, rollback: { when: ['error-rate > 5% for 30s'] } },
  { strategy: 'canary', router: 'replicas', ...canary },
  { strategy: 'blue-green', options: { bake: '3s' } },
  { strategy: 'blue-green', router: 'selector', options: { bake: '3s' } },
  { strategy: 'rolling', options: { batches: ['50%', '100%'], bake: '3s' } },
  { strategy: 'rolling', stateful: true, options: { batches: ['50%', '100%'], bake: '3s' } },
)
const good = ['v2', 'v2', 'v2-slow9'] as const
const neverReady = ['v2-noready', 'v2-crash', 'v2-nopull'] as const

const wish = (versions: readonly string[]): fc.Arbitrary<Wish> =>
  fc
    .tuple(
      wishes,
      fc.record({
        version: fc.constantFrom(...versions),
        replicas: fc.integer({ min: 1, max: 4 }),
        bare: fc.boolean(),
        seed: fc.nat(1000),
      }),
    )
    .map(([base, more]) => ({
      ...base,
      ...more,
      // The only pod of a StatefulSet is replaced in its place: nobody could keep its requests.
      ...(base.stateful && { replicas: more.replicas + 1 }),
      policy: { deadline: 10 * minute },
    }))

const deaths = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 3 })

export const worlds = {
  'bad weather': fc.record({
    wish: wish([...good, ...neverReady]),
    blows: fc.array(weather, { maxLength: 4 }),
    deaths,
  }),
  'a version that fails under load': fc.record({
    wish: wish(['v2-die4', 'v2-die12', 'v2-err20', 'v2-hang']),
    blows: fc.array(weather, { maxLength: 3 }),
    deaths,
  }),
  rivals: fc.record({
    wish: wish([...good, 'v2-crash']),
    blows: fc.tuple(rival, fc.array(fc.oneof(rival, weather), { maxLength: 3 })).map(([one, more]) => [one, ...more]),
    deaths,
  }),
} as const satisfies Readonly<Record<string, fc.Arbitrary<World>>>

export interface Told {
  readonly story: Story
  readonly laws: Laws
}

/** Runs it; who is left with an open run resumes it, then takes it back. */
export async function tell({ wish, blows, deaths }: World): Promise<Told> {
  let laws: Laws | undefined
  const scenario = blows.reduce(
    (told, blow) => told.when(atEntry(blow.at), (stage) => strike(blow, stage, laws as Laws)),
    given(wish)
      .kept()
      .killedAt(...deaths)
      .afterwards('resume', 'abort', 'resume', 'abort', 'resume')
      .at(({ cluster }) => {
        const has = (what: Blow['what']): boolean => blows.some((blow) => blow.what === what)
        laws = lawsOf(cluster, { mortal: /die/.test(wish.version ?? '') || has('rival'), scaled: has('scale') })
      }),
  )
  const story = await scenario.runs()
  return { story, laws: laws as Laws }
}

const atEntry =
  (seq: number) =>
  (entry: Entry): boolean =>
    entry.seq >= seq

/** Whatever is wrong with how the world ended, in words; nothing is best. */
export function objections({ wish, blows }: World, { story, laws }: Told): string[] {
  const hasRivals = blows.some(({ what }) => what === 'rival')
  const hurts = /die|err|hang/.test(wish.version ?? '')
  // What home was cut off from at the very end is on the driver's machine: it said so, and nothing waits for it.
  const { exit, after, open } = story
  const failed = story.users.failed + story.inside.failed
  return [
    ...laws.broken,
    ...story.exits.filter((code) => !ends.has(code)).map((code) => `a driver left with ${code}`),
    ...(open ? (hasRivals || hurts ? unsaid(story) : ['nobody could end it']) : ended(exit, wish, story, hasRivals)),
    ...(hurts || hasRivals || failed === 0 ? [] : [`${failed} requests were lost, the first after ${story.lost}`]),
    ...(open || hurts || readyPods(after).length === (workload(after)?.spec.replicas ?? 0)
      ? []
      : ['pods are missing, or too many']),
  ]
}

const ends = new Set<number>([
  exitCodes.done,
  exitCodes.takenBack,
  exitCodes.takenBackWithoutVerdict,
  exitCodes.paused,
  exitCodes.humanNeeded,
  exitCodes.interrupted,
  exitCodes.terminated,
  exitCodes.locked,
])

const workload = (view: View) => find(view, 'Deployment', 'web') ?? find(view, 'StatefulSet', 'web')

/** A run that is over: one version serves, and nothing is left of the way. */
function ended(exit: number, { version = '' }: Wish, { before, after, run }: Story, hasRivals: boolean): string[] {
  const isNew = exit === exitCodes.done
  const changes = leftBehind(before, after).filter((line) => !line.includes('spec replicas'))
  const sets = all(after, 'ReplicaSet').filter(({ spec }) => spec.template.metadata?.labels?.['deploy/release'] === run)
  return [
    ...(isNew && /noready|crash|nopull/.test(version) ? ['it is done, and can never be ready'] : []),
    ...(hasRivals || changes.length === (isNew ? 2 : 0)
      ? []
      : [`it ended with ${exit} and left ${changes.join('; ')}`]),
    // The controller copies a Deployment's token to its sets, once more where it has not seen yet that it is gone: copies
    // fence nothing.
    ...tokensIn(after)
      .filter((object) => !object.endsWith('(a copy)'))
      .map((object) => `a token is left on ${object}`),
    ...(hasRivals ? [] : stillOurs(after).map((object) => `${object} has fields of ours`)),
    ...(hasRivals || !find(after, 'Deployment', 'web') || sets.length === (isNew ? 1 : 0)
      ? []
      : [`${sets.length} sets of the release are left`]),
  ]
}

/** A run that stays open says why. */
const unsaid = ({ state, plan }: Story): string[] =>
  plan.waves
    .flatMap(({ units }) => units)
    .flatMap(({ id }) => {
      const unit = state.units.get(id)
      return unit?.ended || unit?.paused?.why ? [] : [`${id} stands still, and nobody said why`]
    })
