import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { DeployEvent } from '../../src/report/events.ts'
import { eventScreen } from '../../src/report/event-screen.ts'
import { factText } from '../../src/report/facts.ts'
import { lineScreen } from '../../src/report/lines.ts'
import { isForTree } from '../../src/report/open-screen.ts'
import { paintFor, plain } from '../../src/report/paint.ts'
import { planOf } from '../support/plans.ts'
import { minute } from '../../src/core/time.ts'
import { comparedUpTo } from '../support/compared.ts'
import { comparedPlan, historyOf, measuredPlan, paced, rules } from '../support/measured.ts'
import { tale } from './tale.ts'

const plan = planOf({ clusters: ['us-east-1', 'eu-west-1'] })
const [one, two] = ['web@us-east-1', 'web@eu-west-1'] as const
const web = one
const figures = { new: { requests: 50, bad: 1, within: 500 }, stable: { requests: 950, bad: 1, within: 250 } }
const told = tale(plan)
  .open()
  .upTo(one, 'weight-5')
  .fact({
    type: 'drifted',
    unit: one,
    object: 'Deployment/web',
    path: '/spec/paused',
    was: true,
    now: false,
    who: 'kubectl',
    action: 'reassert',
  })
  .fail(one, 'pod web-x: exit 1', ['##[error] ::error::x', '\u001B[2J'])

/** A minute of the first stage that is compared, with so many failures of the new pods in each poll. */
const besides = (bad: number | null, { baseline }: { baseline?: null } = {}) => {
  const plan = comparedPlan()
  const soaking = tale(plan).open().upTo(web, 'weight-5').after(minute)
  const { state, now } = soaking
  const pace = bad === null ? figures : { ...figures, new: { requests: 50, bad } }
  const history = historyOf(paced(pace, soaking.now - minute, now))
  const compared = comparedUpTo(history, { plan, state, now, ...(baseline === null && { baseline }) })
  const progress = {
    plan,
    state,
    now,
    waiting: new Map([[web, 'soak 5 min']]),
    counts: new Map(),
    histories: new Map([[web, history]]),
    comparisons: new Map([[web, compared]]),
  }
  return { soaking, history, progress }
}

const sink = () => {
  const texts: string[] = []
  return { write: (text: string) => texts.push(text), text: () => texts.join('') }
}

describe('lines for a log', () => {
  it('one for each event, with its time and its unit', () => {
    const out = sink()
    const screen = lineScreen({ plan, sink: out })
    for (const entry of [...told.entries.slice(0, 3), ...told.entries.slice(-6)]) screen.fact(entry)
    expect(`\n${out.text()}`.replace(/plan \w+…/, 'plan …')).toMatchInlineSnapshot(`
      "
      2026-01-02T12:04:00Z run r7f3 opened by anna on ci-7: canary web v1.2.2 → v1.2.3, plan …
      2026-01-02T12:04:24Z web@us-east-1: weight 5 %: route web: web 95, web-canary 5
      2026-01-02T12:04:24Z web@us-east-1: kubectl changed Deployment/web /spec/paused from true to false: put back
      2026-01-02T12:04:24Z web@us-east-1: weight 5 %: fail: pod web-x: exit 1
      2026-01-02T12:04:24Z web@us-east-1:   #\\x23[error] ::error::x
      2026-01-02T12:04:24Z web@us-east-1:   \\x1b[2J
      2026-01-02T12:04:24Z web@us-east-1: going back: pod web-x: exit 1
      "
    `)
  })

  it('says every 30 s what is still being waited for, for each unit', () => {
    const out = sink()
    const screen = lineScreen({ plan, sink: out })
    const soaking = tale(plan).open().upTo(one, 'weight-5')
    for (let seconds = 0; seconds <= 70; seconds += 1) {
      const { state, now } = soaking.after(seconds * 1000)
      const waiting = new Map([
        [one, 'soak 5 min'],
        [two, 'the controller to see the change'],
      ])
      screen.show({ plan, state, now, waiting, counts: new Map([[one, { readyNew: 1, wantNew: 1, readyStable: 10 }]]) })
    }
    expect(`\n${out.text()}`).toMatchInlineSnapshot(`
      "
      2026-01-02T12:04:54Z web@us-east-1: weight 5 %: still waiting for soak 5 min (0:30 of 5:00), 1 of 1 new pods ready
      2026-01-02T12:04:54Z web@eu-west-1: prepare: still waiting for the controller to see the change
      2026-01-02T12:05:24Z web@us-east-1: weight 5 %: still waiting for soak 5 min (1:00 of 5:00), 1 of 1 new pods ready
      2026-01-02T12:05:24Z web@eu-west-1: prepare: still waiting for the controller to see the change
      "
    `)
  })

  it('says with it what was measured, over its limit or not', () => {
    const out = sink()
    const measured = measuredPlan([rules.errors, rules.slow])
    const soaking = tale(measured).open().upTo(web, 'weight-5')
    const { state, now } = soaking.after(minute)
    const histories = new Map([[web, historyOf(paced(figures, soaking.now, now))]])
    const screen = lineScreen({ plan: measured, sink: out })
    const progress = { plan: measured, state, waiting: new Map([[web, 'soak 5 min']]), counts: new Map(), histories }
    screen.show({ ...progress, now })
    screen.show({ ...progress, now: now + 30_000 })
    expect(out.text()).toMatchInlineSnapshot(`
      "2026-01-02T12:05:54Z weight 5 %: still waiting for soak 5 min (1:30 of 5:00); errors new 2 %, stable 0.11 %, over limit 1 %; p95 new 488 ms, stable 243 ms, limit 500 ms
      "
    `)
  })

  it('says with it how far the evidence against the new version has come', () => {
    const out = sink()
    const { progress } = besides(null)
    const screen = lineScreen({ plan: progress.plan, sink: out })
    screen.show({ ...progress, now: progress.now - 30_000 })
    screen.show(progress)
    expect(out.text()).toMatchInlineSnapshot(`
      "2026-01-02T12:05:24Z weight 5 %: still waiting for soak 5 min (1:00 of 5:00); errors new 2 %, stable 0.11 %; p95 new 488 ms, stable 243 ms; evidence 133, goes back at 133
      "
    `)
  })

  it('says once what can not be compared', () => {
    const out = sink()
    const { progress } = besides(null, { baseline: null })
    const screen = lineScreen({ plan: progress.plan, sink: out })
    screen.show(progress)
    screen.show(progress)
    expect(out.text()).toMatchInlineSnapshot(`
      "2026-01-02T12:05:24Z the comparison with stable goes without latency: no histogram of stable from before the release
      2026-01-02T12:05:24Z the comparison with stable goes without overdispersion: no pods to tell it from, taken as 1
      "
    `)
  })

  it('lets nothing from outside stand at the start of a line, or command a CI system', () => {
    const out = sink()
    const screen = lineScreen({ plan, sink: out })
    const hostile = '::error::a\n::error::b\u001B[2J##vso[x]'
    screen.fact({ type: 'warned', unit: one, because: hostile, seq: 1, at: 0, epoch: 1, prev: '' })
    screen.fact({
      type: 'turned',
      units: [one, two],
      to: 'back',
      why: hostile,
      cause: 'failed',
      seq: 2,
      at: 0,
      epoch: 1,
      prev: '',
    })
    for (const line of out.text().trimEnd().split('\n')) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /)
    expect(out.text()).not.toContain('##vso[')
    expect(out.text()).not.toContain('\u001B')
  })

  it.each([
    ['kube-unavailable', 'the server is away', '; tried again soon'],
    ['turned', 'it was not sent any more', ''],
  ])('says of a write that was refused (%s) whether it is tried again', (code, why, again) => {
    const place = { unit: one, step: 'weight-25.weight', way: 'forward' } as const
    const text = factText({ type: 'refused', ...place, code, because: why, retry: true }, plan)
    expect(text).toMatch(new RegExp(`refused \\(${code}\\): .*: ${why}${again}$`))
  })

  it('never shows a value that may be a secret', () => {
    const drift = {
      type: 'drifted',
      unit: one,
      object: 'Deployment/web',
      path: '/spec/template',
      who: 'kubectl',
    } as const
    expect(factText({ ...drift, was: null, now: { password: 'hunter2' }, action: 'pause' }, plan)).not.toContain(
      'hunter2',
    )
    expect(factText({ ...drift, was: 'a', now: 'hunter2', action: 'pause' }, plan)).not.toContain('hunter2')
  })
})

describe('events for programs', () => {
  it('follow the published schema, one line each', () => {
    const out = sink()
    const screen = eventScreen({ plan, run: 'r7f3', sink: out })
    const all = told.back(one).pause(two, 'why', 'asked').close(3, 'taken back')
    for (const entry of all.entries) screen.fact(entry)
    const lines = out.text().trimEnd().split('\n')
    expect(lines).toHaveLength(all.entries.length)
    const events = lines.map((line) => DeployEvent.parse(JSON.parse(line)))
    expect(events.every(({ v, run }) => v === 1 && run === 'r7f3')).toBe(true)
    expect(lines.join('\n')).not.toMatch(/##\[|hunter2/)
    expect(lines[1]).toMatchInlineSnapshot(
      `"{"v":1,"seq":2,"at":"2026-01-02T12:04:00.000Z","run":"r7f3","type":"step-started","unit":"web@us-east-1","step":"prepare.undo-note","does":"configmap deploy-undo-web: the way back as kubectl commands","way":"forward"}"`,
    )
  })

  describe('of evidence', () => {
    /** What is written of a minute of polls, shown four times a second. */
    const written = (bad: number | null): readonly Extract<DeployEvent, { type: 'evidence' }>[] => {
      const out = sink()
      const { soaking, history, progress } = besides(bad)
      const screen = eventScreen({ plan: progress.plan, run: 'r7f3', sink: out })
      for (const entry of soaking.entries) screen.fact(entry)
      for (let now = progress.now - minute; now <= progress.now; now += 250) {
        const polled = comparedUpTo(history, { plan: progress.plan, state: progress.state, now })
        screen.show({ ...progress, comparisons: new Map([[web, polled]]), now })
      }
      const events = out
        .text()
        .trimEnd()
        .split('\n')
        .map((line) => DeployEvent.parse(JSON.parse(line)))
      return events.filter((event) => event.type === 'evidence')
    }

    it('follow the published schema, with both sides and how far it has come', () => {
      const all = written(0)
      expect(all.at(-1)).toMatchInlineSnapshot(`
        {
          "alarm": 0,
          "at": "2026-01-02T12:05:20.000Z",
          "because": "canary fails 0 % of requests, stable 0.11 % (ratio below 24, 99 %); not decided yet (300 requests of the canary, 5700 of stable)",
          "e": 0.7959,
          "enough": 133.3,
          "metrics": [
            {
              "canary": {
                "bad": 0,
                "requests": 300,
              },
              "e": 0.6735,
              "name": "errors",
              "rates": {
                "canary": 0,
                "stable": 0.001053,
              },
              "stable": {
                "bad": 6,
                "requests": 5700,
              },
              "weight": 0.625,
            },
            {
              "canary": {
                "bad": 0,
                "requests": 0,
              },
              "e": 1,
              "name": "latency 250 ms",
              "rates": {
                "canary": null,
                "stable": null,
              },
              "stable": {
                "bad": 0,
                "requests": 0,
              },
              "weight": 0.1875,
            },
            {
              "canary": {
                "bad": 0,
                "requests": 0,
              },
              "e": 1,
              "name": "latency 100 ms",
              "rates": {
                "canary": null,
                "stable": null,
              },
              "stable": {
                "bad": 0,
                "requests": 0,
              },
              "weight": 0.09375,
            },
            {
              "canary": {
                "bad": 0,
                "requests": 0,
              },
              "e": 1,
              "name": "latency 500 ms",
              "rates": {
                "canary": null,
                "stable": null,
              },
              "stable": {
                "bad": 0,
                "requests": 0,
              },
              "weight": 0.09375,
            },
          ],
          "run": "r7f3",
          "seq": 38,
          "stage": "weight-5",
          "type": "evidence",
          "unit": "web@us-east-1",
          "v": 1,
          "verdict": null,
        }
      `)
    })

    it('are written when something was counted, not whenever it is shown', () => {
      const counted = written(0).map(({ metrics }) => metrics[0]?.canary.requests)
      expect(counted).toEqual([...new Set(counted)])
      expect(counted.length).toBeGreaterThan(4)
    })

    it('tell a verdict once', () => {
      expect(written(50).flatMap(({ verdict, alarm }) => (verdict ? [[verdict, alarm]] : []))).toEqual([
        ['rollback', 1],
      ])
    })
  })

  it('have a JSON schema', () => {
    expect(z.toJSONSchema(DeployEvent)).toHaveProperty('oneOf')
  })
})

describe('what people see', () => {
  it.each([
    [{ isTTY: true, env: {} }, true],
    [{ isTTY: false, env: {} }, false],
    [{ isTTY: true, env: { NO_COLOR: '1' } }, false],
    [{ isTTY: true, env: { NO_COLOR: '' } }, true],
    [{ isTTY: false, env: { FORCE_COLOR: '1' } }, true],
    [{ isTTY: true, env: { FORCE_COLOR: '0' } }, false],
    [{ isTTY: false, env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    [{ isTTY: false, env: { NO_COLOR: '1' }, flag: true }, true],
    [{ isTTY: true, env: { FORCE_COLOR: '1' }, flag: false }, false],
    [{ isTTY: true, env: { TERM: 'dumb' } }, false],
  ])('colour by flag, NO_COLOR, FORCE_COLOR, terminal: %j gives %s', (wish, coloured) => {
    expect(paintFor(wish) !== plain).toBe(coloured)
  })

  it('a tree on a terminal outside CI, else lines', () => {
    expect(isForTree({ isTTY: true }, {})).toBe(true)
    expect(isForTree({ isTTY: true }, { CI: 'true' })).toBe(false)
    expect(isForTree({}, {})).toBe(false)
  })
})
