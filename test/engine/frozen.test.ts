import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { second } from '../../src/core/time.ts'
import { nextCommands } from '../../src/report/next-command.ts'
import { storyOf } from '../../src/report/outcome.ts'
import { namespace, type Wish } from './manifests.ts'
import { frozen, settled } from './moments.ts'
import { leftBehind, stillOurs, tokensIn } from './restored.ts'
import { given, readyPods, type Scenario, type Stage, type Story } from './scenario.ts'

/** From then on the new pods answer with errors; and the cluster is slow, so that somebody can see it in time. */
const failsAt = (scenario: Scenario, step: string): Scenario =>
  scenario.when(settled(step), ({ cluster }) => {
    cluster.acts.misbehave(namespace, { 'deploy/release': 'r7f3' }, 'err100')
    cluster.faults.onWrite({ kind: 'slow', by: 20 * second }, { nth: 1 })
  })
const watched = (wish: Wish): Scenario => given({ ...wish, rollback: { when: ['error-rate > 5% for 1m'] } })
/** They get well again: what was seen stays seen. */
const well = ({ cluster }: Stage): void => cluster.acts.misbehave(namespace, { 'deploy/release': 'r7f3' }, '')
const past =
  (point: string) =>
  ({ ask }: Stage): void =>
    ask({ verb: 'abort', by: 'anna', past: point, reason: 'v2 loses orders' })

const points: readonly { readonly wish: Wish; readonly step: string; readonly point: string }[] = [
  { wish: { strategy: 'canary' }, step: 'drain.hold-50-50', point: 'drain.sets-50-50' },
  { wish: { strategy: 'canary' }, step: 'drain.hold-0-100', point: 'drain.sets-50-50' },
  { wish: { strategy: 'canary' }, step: 'close.unpin-web', point: 'drain.sets-50-50' },
  { wish: { strategy: 'blue-green' }, step: 'drain.hold-50-50', point: 'drain.sets-50-50' },
  { wish: { strategy: 'blue-green', router: 'selector' }, step: 'drain.fields', point: 'drain.sets-50-50' },
  { wish: { strategy: 'canary', router: 'replicas' }, step: 'close.untag', point: 'close.untag' },
  { wish: { strategy: 'rolling' }, step: 'close.untag', point: 'close.untag' },
  {
    wish: { strategy: 'rolling', stateful: true, bare: true },
    step: 'close.delete-ConfigMap-deploy-undo-web',
    point: 'close.delete-ConfigMap-deploy-undo-web',
  },
]

function wasTakenBack(story: Story): void {
  expect(leftBehind(story.before, story.after)).toEqual([])
  expect([stillOurs(story.after), tokensIn(story.after)]).toEqual([[], []])
  expect(readyPods(story.after)).toHaveLength(4)
}

describe('a version that fails past its way back', () => {
  it.each(points)('is frozen, and a human is called: $wish at $step', async ({ wish, step }) => {
    const story = await failsAt(watched(wish), step).attended().runs()
    expect(story.exit).toBe(exitCodes.humanNeeded)
    const since = story.entries.slice(story.entries.findIndex(frozen) + 1)
    expect(since.filter(({ type }) => type === 'intended')).toEqual([])
    expect([...story.state.units.values()].map(({ way }) => way)).toEqual(['frozen'])
  })

  it.each(points)('goes back past it when a human says so: $wish at $step', async ({ wish, step, point }) => {
    const story = await failsAt(watched(wish), step).when(frozen, past(point)).runs()
    expect(story.lines.filter((line) => line.includes('paused'))).toEqual([])
    expect(story.exit).toBe(exitCodes.takenBack)
    wasTakenBack(story)
  })

  it('has all the old pods back before a request moves', async () => {
    let ready = 0
    const story = await failsAt(watched({}), 'drain.hold-0-100')
      .when(frozen, past('drain.sets-50-50'))
      .when(settled('past.template'), ({ cluster }) => {
        const view = cluster.see(namespace)
        ready = readyPods(view).length - readyPods(view, { 'deploy/release': 'r7f3' }).length
      })
      .runs()
    expect(ready).toBe(4)
    wasTakenBack(story)
  })

  it('goes on when a human says so, although it was seen to fail', async () => {
    const story = await failsAt(watched({}), 'drain.hold-50-50')
      .when(frozen, (stage) => {
        well(stage)
        stage.ask({ verb: 'resume', by: 'anna' })
      })
      .runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(story.lines.filter((line) => line.includes('resumed'))).toHaveLength(1)
  })

  it('tells its two ways on', async () => {
    const { plan, entries, exit } = await failsAt(watched({}), 'drain.hold-50-50').runs()
    expect(nextCommands(storyOf({ plan, entries, exit })).map(({ command }) => command)).toEqual([
      'deploy resume r7f3',
      'deploy abort r7f3 --past drain.sets-50-50 --reason TEXT',
    ])
  })
})

describe('a version that is well past its way back', () => {
  it('goes back past it, too, when a human says so, and loses no request', async () => {
    const story = await given().when(settled('drain.hold-0-100'), past('drain.sets-50-50')).runs()
    expect(story.exit).toBe(exitCodes.takenBackWithoutVerdict)
    wasTakenBack(story)
    expect([story.users.failed, story.inside.failed]).toEqual([0, 0])
  })

  it.each([
    ['another step', { past: 'close.untag', reason: 'x' }, 'the step that was passed is drain.sets-50-50'],
    ['no reason', { past: 'drain.sets-50-50' }, '--reason'],
    ['no step', {}, 'with --past drain.sets-50-50'],
  ])('is not taken back by who names %s, and is told why', async (_what, more, text) => {
    const story = await given()
      .when(settled('drain.hold-50-50'), ({ ask }) => ask({ verb: 'abort', by: 'anna', ...more }))
      .runs()
    expect(story.exit).toBe(exitCodes.done)
    expect(story.lines.find((line) => line.includes('warned'))).toContain(text)
  })
})
