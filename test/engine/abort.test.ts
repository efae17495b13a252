import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import type { Entry } from '../../src/core/journal.ts'
import type { Hook } from '../../src/core/plan.ts'
import { minute, second } from '../../src/core/time.ts'
import type { Hooks } from '../../src/ports.ts'
import { bench } from './bench.ts'
import { namespace, type Wish } from './manifests.ts'
import { intended, paused, passed, settled } from './moments.ts'
import { leftBehind, stillOurs, tokensIn } from './restored.ts'
import { given, readyPods, type Scenario, type Stage, type Story } from './scenario.ts'

const strategies: readonly Wish[] = [
  { strategy: 'canary', options: { weights: [50], soak: '5s', bake: '5s' } },
  { strategy: 'canary', router: 'replicas', options: { weights: [50], soak: '5s', bake: '5s' } },
  { strategy: 'blue-green', options: { bake: '5s' } },
  { strategy: 'blue-green', router: 'selector', options: { bake: '5s' } },
  { strategy: 'rolling', options: { soak: '5s', bake: '5s' } },
  { strategy: 'rolling', stateful: true, bare: true, options: { bake: '5s' } },
]
const web = { kind: 'Deployment', namespace, name: 'web' } as const
const abort = ({ ask }: Pick<Stage, 'ask'>): void => ask({ verb: 'abort', by: 'anna' })
const later =
  (ms: number) =>
  ({ sim, ask }: Stage): void =>
    void sim.advance(ms).then(() => abort({ ask }))
const hook: Hook = { argv: ['./smoke'], timeout: 60_000 }

const taken = ({ before, after, exit }: Story): object => ({
  exit,
  left: [leftBehind(before, after), stillOurs(after), tokensIn(after)],
  ready: readyPods(after).length,
})
const takenBack = { exit: exitCodes.takenBackWithoutVerdict, left: [[], [], []], ready: 4 }
/** What whoever aborted was told. */
const told = ({ entries }: Story): string =>
  entries.flatMap((entry) => (entry.type === 'warned' && entry.because.includes('abort') ? [entry.because] : []))[0] ??
  ''

type Moment = readonly [string, (entry: Entry) => boolean, (stage: Stage) => void]

/** While its first step is under way, once its last has settled, and in the middle of its soak. */
function momentsOf({ plan }: Story): { readonly early: Moment[]; readonly late: Moment[] } {
  const stages = plan.waves[0]?.units[0]?.stages ?? []
  const moments = stages.flatMap(({ id, steps, soak }, index): (readonly [Moment, boolean])[] => {
    const [first, last] = [steps[0], steps.at(-1)]
    const begins = first ? intended(first.id) : passed(stages[index - 1]?.id ?? '')
    const ends = last ? settled(last.id) : begins
    const isLate = steps.some(({ undo }) => undo === 'never')
    const early: (readonly [Moment, boolean])[] = [[[`${id} begins`, begins, abort], isLate]]
    if (last && last !== first) early.push([[`${id} has settled`, ends, abort], isLate])
    return soak > 0 ? [...early, [[`${id} soaks`, ends, later(2 * second)], isLate]] : early
  })
  const some = (isLate: boolean): Moment[] => moments.filter(([, late]) => late === isLate).map(([moment]) => moment)
  return { early: some(false), late: some(true) }
}

describe('an abort while the run goes forward', () => {
  it.each(strategies)('takes it back from each stage that has a way back, and loses no request: %o', async (wish) => {
    const { early } = momentsOf(await given(wish).runs())
    const ends: Record<string, object> = {}
    for (const [name, moment, act] of early) {
      const story = await given(wish).when(moment, act).runs()
      ends[name] = { ...taken(story), failed: story.users.failed + story.inside.failed }
    }
    expect(early.length).toBeGreaterThan(4)
    expect(ends).toEqual(Object.fromEntries(early.map(([name]) => [name, { ...takenBack, failed: 0 }])))
  })

  it.each(strategies)('is refused past the point of no return, with the command that it takes: %o', async (wish) => {
    const { late } = momentsOf(await given(wish).runs())
    // The last entry of the last stage ends the run: there is nothing to abort any more.
    const some = late.filter(([name]) => name !== 'close has settled')
    for (const [name, moment, act] of some) {
      const story = await given(wish).when(moment, act).runs()
      expect([name, story.exit, told(story)]).toEqual([name, exitCodes.done, expect.stringContaining('--past ')])
    }
    expect(some.length).toBeGreaterThan(0)
  })
})

describe('an abort while the run is paused', () => {
  const canary: Wish = { strategy: 'canary', options: { weights: [50], soak: '30s', bake: '5s' } }
  const counted = { ...canary, rollback: { when: ['error-rate > 5% for 1m'], promised: 0.999 } } as const
  const at50 = settled('weight-50.route-50')
  const down = ({ metrics }: Stage): void => metrics.fail('it is away')
  const causes: readonly (readonly [string, () => Scenario])[] = [
    ['human', () => given({ ...canary, options: { weights: [25, 'pause', 50] } })],
    ['asked', () => given(canary).when(at50, ({ ask }) => ask({ verb: 'pause', by: 'anna' }))],
    ['drift', () => given(canary).when(at50, ({ cluster }) => cluster.acts.setImage(web, 'ghcr.io/acme/web:v9'))],
    ['provider', () => given(counted).when(at50, down)],
    ['inconclusive', () => given({ ...counted, rates: { users: 0.1 } })],
    [
      'environment',
      () => given(counted).when(at50, ({ cluster }) => cluster.acts.misbehave(namespace, { app: 'web' }, 'err100')),
    ],
  ]

  it.each(causes)('by %s takes it back', async (cause, scenario) => {
    const isPaused = (entry: Entry): boolean => entry.type === 'paused' && entry.cause === cause
    const story = await scenario().attended().when(isPaused, abort).runs()
    expect(story.lines.filter((line) => line.includes(` · ${cause}`))).toHaveLength(1)
    expect(taken(story)).toEqual(takenBack)
  })

  it('by a hook that may have been done takes it back, and does not run it again', async () => {
    const { sim, clusters, drives, until, asks } = await bench({ ...canary, bare: true }, { before: [hook] })
    const before = clusters.get('one')?.see(namespace)
    let runs = 0
    const hooks: Hooks = {
      async run(_hook, _env, signal) {
        runs += 1
        await sim.clock.sleep(minute, signal)
        return { receipt: { exitCode: 0 }, timedOut: false, kept: async () => null }
      },
    }
    const first = drives({ hooks })
    await until(intended('prepare.before-1'))
    asks.ask({ verb: 'detach', by: 'anna', exit: 'interrupted' })
    await sim.runUntil(first)
    const next = drives({ hooks, attended: true })
    await sim.runUntil(until(paused('unknown-outcome')))
    abort({ ask: asks.ask })
    expect([(await sim.runUntil(next)).exit, runs]).toEqual([exitCodes.takenBackWithoutVerdict, 1])
    await sim.settle()
    if (before) expect(leftBehind(before, clusters.get('one')?.see(namespace) ?? before)).toEqual([])
  })

  it('by a finish that can’t end is refused: the new version serves', async () => {
    const story = await given(canary)
      .when(settled('drain.hold-0-100'), ({ cluster }) =>
        cluster.faults.onWrite({ kind: 'status', status: 403 }, { kind: 'Deployment' }),
      )
      .attended()
      .when(paused('finish'), abort)
      .runs()
    expect([story.exit, told(story)]).toEqual([exitCodes.paused, expect.stringContaining('--past drain.sets-50-50')])
  })
})

describe('an abort of what does not go forward', () => {
  it('goes back already: changes nothing, and the way back goes on', async () => {
    const story = await given({ strategy: 'canary' })
      .when(settled('weight-25.route-25'), abort)
      .when(settled('back.route-web'), abort)
      .runs()
    expect([taken(story), told(story)]).toEqual([takenBack, ''])
  })

  it('was left on its way back: drives it to its end', async () => {
    const { sim, clusters, drives, until, asks } = await bench({ strategy: 'canary' })
    const before = clusters.get('one')?.see(namespace)
    const left = drives()
    await until(settled('weight-25.route-25'))
    asks.ask({ verb: 'leave', by: 'SIGTERM', exit: 'terminated' })
    expect((await sim.runUntil(left)).exit).toBe(exitCodes.terminated)
    abort({ ask: asks.ask })
    expect((await sim.runUntil(drives())).exit).toBe(exitCodes.takenBackWithoutVerdict)
    await sim.settle()
    if (before) expect(leftBehind(before, clusters.get('one')?.see(namespace) ?? before)).toEqual([])
  })

  it('frozen: is refused, and a human has to say more', async () => {
    const story = await given({ strategy: 'canary', rollback: { when: ['error-rate > 5% for 1m'] } })
      .when(settled('drain.hold-50-50'), ({ cluster }) => {
        cluster.acts.misbehave(namespace, { 'deploy/release': 'r7f3' }, 'err100')
        cluster.faults.onWrite({ kind: 'slow', by: 20 * second }, { nth: 1 })
      })
      .when(({ type }) => type === 'turned', abort)
      .attended()
      .runs()
    expect([story.exit, told(story)]).toEqual([exitCodes.humanNeeded, expect.stringContaining('--past drain.sets-50')])
  })

  it('one unit is at its end: the others are taken back, and it stays', async () => {
    const two: Wish = { strategy: 'rolling', clusters: ['one', 'two'], policy: { parallel: 1, onFailure: 'unit' } }
    const story = await given(two)
      .when(
        (entry) => entry.type === 'settled' && entry.unit === 'web@two' && entry.step === 'batch-50.hold-50-0',
        abort,
      )
      .runs()
    const left = [...story.views.values()].map(({ before, after }) => leftBehind(before, after).length)
    expect([story.exit, left]).toEqual([exitCodes.takenBackWithoutVerdict, [2, 0]])
  })
})
