import { describe, expect, it } from 'vitest'
import type { Compared } from '../../src/core/comparing.ts'
import type { Plan } from '../../src/core/plan.ts'
import { plain } from '../../src/report/paint.ts'
import type { Progress, UnitCounts } from '../../src/report/screen.ts'
import { frame, type FrameOptions } from '../../src/report/tree-frame.ts'
import { widthOf } from '../../src/report/width.ts'
import { planOf } from '../support/plans.ts'
import { minute, second } from '../../src/core/time.ts'
import { type History, unheard } from '../../src/judge/history.ts'
import { comparedUpTo } from '../support/compared.ts'
import { comparedPlan, historyOf, measuredPlan, paced, rules } from '../support/measured.ts'
import { type Tale, tale } from './tale.ts'

const plan = planOf()
const web = 'web@us-east-1'
const at25 = tale(plan).open().upTo(web, 'weight-25').after(161_000)
const bad = 'pod web-6d5f-x2x: container app restarts: exit 1 (for more than 10 s); 1 of 3 new pods bad'

const ready = (readyNew: number, wantNew: number): UnitCounts => ({ readyNew, wantNew, readyStable: 10 })

interface Seen {
  readonly of?: Plan
  readonly waiting?: readonly (readonly [string, string])[]
  readonly counts?: readonly (readonly [string, UnitCounts])[]
  readonly history?: History
  readonly compared?: Compared
}

const progress = (told: Tale, seen: Seen = {}): Progress => ({
  plan: seen.of ?? plan,
  state: told.state,
  waiting: new Map(seen.waiting ?? [[web, 'soak 5 min']]),
  counts: new Map(seen.counts ?? [[web, ready(3, 3)]]),
  ...(seen.history && { histories: new Map([[web, seen.history]]) }),
  ...(seen.compared && { comparisons: new Map([[web, seen.compared]]) }),
  now: told.now,
})

const painted = (told: Tale, seen: Seen = {}, options: Partial<FrameOptions> = {}): string[] => {
  const opened = told.entries.find((entry) => entry.type === 'opened')
  return frame(progress(told, seen), {
    columns: 100,
    rows: 40,
    paint: plain,
    notes: [],
    ...(opened && { opened }),
    ...options,
  })
}
const text = (...from: Parameters<typeof painted>): string => `\n${painted(...from).join('\n')}`

const three = planOf({ clusters: ['us-east-1', 'eu-west-1', 'ap-south-1'] })
const two = 'web@eu-west-1'
const inThree = tale(three).open().upTo(web, 'close').pass(web, 'close').done(web).upTo(two, 'weight-5')
const seenInThree: Seen = {
  of: three,
  waiting: [[two, '0 of 1 new pods ready'] as const],
  counts: [[two, ready(0, 1)] as const],
}

const measured = measuredPlan([rules.errors, rules.slow])
const start = tale(measured).now
/** As the picture in the README: a quiet stable side, new pods a little worse, and worse again of late. */
const quiet = { requests: 1140, bad: 1, within: 250 }
const atWork = tale(measured).open().upTo(web, 'weight-25').after(161_000)
const good = historyOf([
  ...paced({ new: { requests: 60, bad: 0, within: 250 }, stable: quiet }, start, atWork.now - 2 * minute),
  ...paced(
    { new: { requests: 300, bad: 1, within: 250 }, stable: quiet },
    atWork.now - 2 * minute + second,
    atWork.now,
  ),
])
const worse = historyOf([
  ...paced({ new: { requests: 300, bad: 0, within: 250 }, stable: quiet }, start, atWork.now - 30_000),
  ...paced({ new: { requests: 300, bad: 60, within: 1000 }, stable: quiet }, atWork.now - 29_000, atWork.now),
])

describe('figures in the live picture', () => {
  const shown = (history: History, columns: number): string => text(atWork, { of: measured, history }, { columns })

  it('stand below the stage at work, and in one line of those that are over', () => {
    expect(shown(good, 80)).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3   production/us-east-1   run r7f3   12:04 by anna
      8:11   about 19 min left

       ✔ prepare        22 s · 3 of 3 new pods available
       ✔ weight 5 %     5:02 · errors 0 % against 0.088 % · p95 243 against 243 ms
       ● weight 25 %    ███░░░░░░░ 25 %   3 of 3 new pods ready   soak 2:41 of 5:00
           errors       new 0.31 %  stable 0.088 %  ▁▁▁▁▃▃▃▃▃▃▃▃▃▃▃▃  limit 1 %
           p95          new 243 ms  stable 243 ms   ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄  limit 500 ms
           share seen   17.4 %      weight 25 %
       ○ weight 50 %  ○ weight 100 %  ○ bake 15 min  ○ names move to the new pods
       ○ old pods drain  ○ everything else as before"
    `)
  })

  it('say in words what is over its limit', () => {
    expect(shown(worse, 110)).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3   production/us-east-1   run r7f3   12:04 by anna   8:11   about 19 min left

       ✔ prepare        22 s · 3 of 3 new pods available
       ✔ weight 5 %     5:02 · errors 0 % against 0.088 % · p95 243 against 243 ms · share seen 20.8 %
       ● weight 25 %    █████░░░░░░░░░░░░░░░ 25 %   3 of 3 new pods ready   soak 2:41 of 5:00
           errors       new 3.8 %   stable 0.088 %  ▁▁▁▁▁▁▁▁▁▁▁▁▁███  over limit 1 %
           p95          new 867 ms  stable 243 ms   ▄▄▄▄▄▄▄▄▄▄▄▄▄███  over limit 500 ms
           share seen   20.8 %      weight 25 %
       ○ weight 50 %  ○ weight 100 %  ○ bake 15 min  ○ names move to the new pods  ○ old pods drain
       ○ everything else as before"
    `)
  })

  it('on a narrow terminal are numbers without pictures', () => {
    expect(shown(good, 40)).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3
      production/us-east-1   run r7f3
      12:04 by anna   8:11   about 19 min left

       ✔ prepare  22 s · 3 of 3 new pods avai…
       ✔ weight 5 %  5:02 · errors 0 % agains…
       ● weight 25 %  ███░░░░░░░ 25 %
           3 of 3 new pods ready
           soak 2:41 of 5:00
           errors  new 0.31 %  stable 0.088 %
                   limit 1 %
           p95  new 243 ms  stable 243 ms
                limit 500 ms
           share seen  17.4 %  weight 25 %
       ○ weight 50 %  ○ weight 100 %
       ○ bake 15 min
       ○ and more"
    `)
  })

  it('that can not be had: since when, and why', () => {
    expect(shown(unheard(good, 'connection refused', atWork.now - 12_000), 80)).toContain(
      'no figures for 12 s: connection refused',
    )
  })

  it('go before stages do on a low terminal', () => {
    const low = painted(atWork, { of: measured, history: good }, { columns: 80, rows: 11 })
    expect(low.join('\n')).not.toContain('errors  ')
    expect(low.join('\n')).toContain('weight 25 %')
  })
})

describe('evidence in the live picture', () => {
  const besides = comparedPlan()
  const told = tale(besides).open().upTo(web, 'weight-25').after(161_000)
  const shown = (history: History, columns: number, compared = comparedUpTo(history, { ...told, plan: besides })) =>
    `\n${painted(told, { of: besides, history, compared }, { columns })
      .filter((line) => /errors|p95|evidence|133|compared/.test(line))
      .join('\n')}`

  it('stands below the figures, with its course and where it takes the version back', () => {
    expect(shown(good, 80)).toMatchInlineSnapshot(`
      "
       ✔ weight 5 %     5:02 · errors 0 % against 0.088 % · p95 243 against 243 ms
           errors       new 0.31 %  stable 0.088 %  ▁▁▁▁▅▅▅▅▅▅▅▅▅▅▅▅
           p95          new 243 ms  stable 243 ms   ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅
           evidence     0.8 of 133                  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  goes back at 133"
    `)
    expect(shown(worse, 100)).toMatchInlineSnapshot(`
      "
       ✔ weight 5 %     5:02 · errors 0 % against 0.088 % · p95 243 against 243 ms · share seen 20.8 %
           errors       new 3.8 %   stable 0.088 %  ▁▁▁▁▁▁▁▁▁▁▁▁▁▅▅▅
           p95          new 867 ms  stable 243 ms   ▁▁▁▁▁▁▁▁▁▁▁▁▁▅▅▅
           evidence     133 of 133                  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂██  goes back at 133"
    `)
  })

  it('is numbers without a picture on a narrow terminal', () => {
    expect(shown(good, 40)).toMatchInlineSnapshot(`
      "
       ✔ weight 5 %  5:02 · errors 0 % agains…
           errors  new 0.31 %  stable 0.088 %
           p95  new 243 ms  stable 243 ms
           evidence  0.8 of 133  goes back at
                     133"
    `)
  })

  it('is not there yet before the first poll of the judge', () => {
    expect(painted(told, { of: besides, history: good }).join('\n')).toContain('evidence     not compared yet')
  })

  it('needs stable: at 100 % nothing is compared', () => {
    const all = tale(besides).open().upTo(web, 'weight-100').after(30_000)
    const history = historyOf(paced({ new: { requests: 1000, bad: 0 } }, start, all.now))
    const compared = comparedUpTo(history, { ...all, plan: besides })
    expect(painted(all, { of: besides, history, compared }).join('\n')).toContain(
      'evidence     not compared: stable gets no requests',
    )
  })
})

describe('the live picture', () => {
  it('a stage at work, those that are over, and those to come', () => {
    expect(text(at25, {}, { columns: 110 })).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3   production/us-east-1   run r7f3   12:04 by anna   8:11   about 19 min left

       ✔ prepare        22 s · 3 of 3 new pods available
       ✔ weight 5 %     5 min 2 s · 3 of 3 new pods available
       ● weight 25 %    █████░░░░░░░░░░░░░░░ 25 %   3 of 3 new pods ready   soak 2:41 of 5:00
       ○ weight 50 %  ○ weight 100 %  ○ bake 15 min  ○ names move to the new pods  ○ old pods drain
       ○ everything else as before"
    `)
  })

  it('pods that are not ready yet', () => {
    const told = tale(plan).open().upTo(web, 'prepare')
    const seen = { waiting: [[web, '0 of 1 new pods ready']], counts: [[web, ready(0, 1)]] } as const
    expect(text(told, seen)).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3   production/us-east-1   run r7f3   12:04 by anna   0:22
      about 35 min left

       ● prepare        0 of 1 new pods ready
       ○ weight 5 %  ○ weight 25 %  ○ weight 50 %  ○ weight 100 %  ○ bake 15 min
       ○ names move to the new pods  ○ old pods drain  ○ everything else as before"
    `)
  })

  it('a pause, with notes', () => {
    const told = at25.pause(web, 'deployment/web was changed by kubectl: /spec/template', 'drift').after(61_000)
    expect(text(told, { waiting: [] }, { notes: ['Ctrl-C: once more leaves the run open'] })).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3   production/us-east-1   run r7f3   12:04 by anna   9:12

       ✔ prepare        22 s · 3 of 3 new pods available
       ✔ weight 5 %     5 min 2 s · 3 of 3 new pods available
       ‖ weight 25 %    █████░░░░░░░░░░░░░░░ 25 %   3 of 3 new pods ready   soak 3:42 of 5:00
                        paused: deployment/web was changed by kubectl: /spec/template
       ○ weight 50 %  ○ weight 100 %  ○ bake 15 min  ○ names move to the new pods  ○ old pods drain
       ○ everything else as before

       ! Ctrl-C: once more leaves the run open"
    `)
  })

  it('the way back', () => {
    const told = at25.fail(web, bad).back(web, 'services')
    expect(text(told, { waiting: [[web, '8 of 10 pods of the present template']] })).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3   production/us-east-1   run r7f3   12:04 by anna   8:13

       ✔ prepare        22 s · 3 of 3 new pods available
       ✔ weight 5 %     5 min 2 s · 3 of 3 new pods available
       ◀ going back     from weight 25 %: pod web-6d5f-x2x: container app restarts: exit 1 (for more than
                        10 s); 1 of 3 new pods bad
       ✔ requests back  12:12:13
       ● pods back      0 of 3 done · untag replicaset web-7c9f6d5b8 · waiting for 8 of 10 pods of the pr…
       ○ the rest back"
    `)
  })

  it('a narrow terminal', () => {
    expect(text(at25, {}, { columns: 40 })).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3
      production/us-east-1   run r7f3
      12:04 by anna   8:11   about 19 min left

       ✔ prepare  22 s · 3 of 3 new pods avai…
       ✔ weight 5 %  5 min 2 s · 3 of 3 new p…
       ● weight 25 %  ███░░░░░░░ 25 %
           3 of 3 new pods ready
           soak 2:41 of 5:00
       ○ weight 50 %  ○ weight 100 %
       ○ bake 15 min
       ○ and more"
    `)
  })

  it('several clusters', () => {
    expect(text(inThree, seenInThree)).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3   production/us-east-1, eu-west-1, ap-south-1   run r7f3   12:04 by anna
      33:59   about 21 min left

      web@us-east-1
       ✔ prepare        22 s · 3 of 3 new pods available
       ✔ weight 5 %     5 min 2 s · 3 of 3 new pods available
       ✔ weight 25 %    5 min 6 s · 3 of 3 new pods available
       ✔ weight 50 %    5 min 6 s · 3 of 3 new pods available
       ✔ weight 100 %   2 min 6 s · 3 of 3 new pods available
       ✔ bake           15 min · 3 of 3 new pods available
       ✔ names move to the new pods  13 s · 3 of 3 new pods available
       ✔ old pods drain  10 s · 3 of 3 new pods available
       ✔ everything else as before  30 s · 3 of 3 new pods available

      web@eu-west-1
       ✔ prepare        22 s · 3 of 3 new pods available
       ● weight 5 %     █░░░░░░░░░░░░░░░░░░░ 5 %   0 of 1 new pods ready   soak 0:00 of 5:00
       ○ weight 25 %  ○ weight 50 %  ○ weight 100 %  ○ bake 15 min  ○ names move to the new pods
       ○ old pods drain  ○ everything else as before

       ○ web@ap-south-1   not begun"
    `)
  })

  it('several clusters on a low terminal', () => {
    expect(text(inThree, seenInThree, { rows: 12 })).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3   production/us-east-1, eu-west-1, ap-south-1   run r7f3   12:04 by anna
      33:59   about 21 min left

       ✔ web@us-east-1    done: web serves v1.2.3
       ● web@eu-west-1    █░░░░░░░░░ weight 5 % · 0 of 1 new pods ready · soak 0:00 of 5:00
       ○ 1 unit to come"
    `)
  })

  it('many clusters on a low terminal', () => {
    const clusters = Array.from({ length: 30 }, (_, index) => `cluster-${index}`)
    const many = planOf({ clusters, bare: true })
    const told = clusters.slice(0, 12).reduce((all, name) => all.upTo(`web@${name}`, 'weight-5'), tale(many).open())
    expect(text(told, { of: many, waiting: [], counts: [] }, { rows: 12, columns: 80 })).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3
      production/cluster-0, cluster-1, cluster-2 and 27 more   run r7f3
      12:04 by anna   3:12   about 32 min left

       ● web@cluster-0    █░░░░░░░░░ weight 5 % · soak 2:56 of 5:00
       ● web@cluster-1    █░░░░░░░░░ weight 5 % · soak 2:40 of 5:00
       ● web@cluster-2    █░░░░░░░░░ weight 5 % · soak 2:24 of 5:00
       ● web@cluster-3    █░░░░░░░░░ weight 5 % · soak 2:08 of 5:00
       ● web@cluster-4    █░░░░░░░░░ weight 5 % · soak 1:52 of 5:00
       ● web@cluster-5    █░░░░░░░░░ weight 5 % · soak 1:36 of 5:00
         … and 7 more lines: the terminal is too low"
    `)
  })

  it.each([
    [40, 10],
    [60, 24],
    [80, 24],
    [200, 60],
  ])('fits %i columns and %i rows', (columns, rows) => {
    const stories: [Tale, Seen][] = [
      [at25, {}],
      [at25.fail(web, bad.repeat(3)).back(web, 'services'), {}],
      [at25.pause(web, bad.repeat(3), 'drift'), {}],
      [atWork, { of: measured, history: good }],
      [atWork, { of: measured, history: worse }],
      [atWork, { of: measured, history: unheard(good, bad.repeat(3), atWork.now - 12_000) }],
      [inThree, seenInThree],
    ]
    for (const [told, seen] of stories) {
      const lines = painted(told, seen, { columns, rows, notes: [bad] })
      for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(columns)
      expect(lines.length).toBeLessThan(rows)
    }
  })
})
