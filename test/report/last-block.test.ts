import { describe, expect, it } from 'vitest'
import { type BlockInput, lastBlock } from '../../src/report/last-block.ts'
import { widthOf } from '../../src/report/width.ts'
import { comparedPlan } from '../support/measured.ts'
import { planOf } from '../support/plans.ts'
import { type Tale, tale } from './tale.ts'

const plan = planOf()
const web = 'web@us-east-1'
const bad = 'pod web-6d5f-x2x: container app restarts: exit 1 (for more than 10 s); 1 of 3 new pods bad'
const evidence = ['pod web-6d5f-x2x: Running on node-a', 'container app: waiting: CrashLoopBackOff, 3 restarts']

const at25 = tale(plan).open().upTo(web, 'weight-25').after(161_000)
const failed = at25.fail(web, bad, evidence)

const block = (told: Tale, exit: number | null, more: Partial<BlockInput> = {}): string =>
  `\n${lastBlock({ plan, entries: told.entries, exit, ...more })}`.replace(/head \w+…, \d+/g, 'head …, n')

describe('the last block', () => {
  it('done', () => {
    const done = at25.after(139_000).pass(web, 'weight-25').upTo(web, 'close').pass(web, 'close').done(web)
    expect(block(done.close(0, 'done'), 0)).toMatchInlineSnapshot(`
      "
      Done: web serves v1.2.3 in us-east-1                                                          exit 0
        changed   app: ghcr.io/acme/web:v1.2.2 → v1.2.3
        evidence  bake: 3 of 3 new pods available
        took      33 min 35 s, 12:04:00 to 12:37:35, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy rollback -s web -e production   back to v1.2.2"
    `)
  })

  it('nothing to do', () => {
    const same = tale(plan)
      .open()
      .fact({ type: 'ended', unit: web, outcome: 'verified', because: 'all 10 pods are of it' })
    expect(block(same.close(0, 'verified'), 0)).toMatchInlineSnapshot(`
      "
      Nothing to do: web serves v1.2.3 in us-east-1 already                                         exit 0
        why       all 10 pods are of it
        took      0 s, 12:04:00 to 12:04:00, run r7f3 by anna on ci-7
        journal   head …, n entries"
    `)
  })

  describe('of a release that was compared with stable', () => {
    const besides = comparedPlan()
    const rates = 'canary fails 2.1 % of requests, stable 0.1 % (ratio 9–38, 99 %)'
    const shown = (told: Tale, exit: number) =>
      `\n${lastBlock({ plan: besides, entries: told.entries, exit })}`.replace(/head \w+…, \d+/g, 'head …, n')

    it('says how much worse, how sure that is, and where to look closer', () => {
      const because = `${rates}; chance of a false alarm below 1 in 100`
      const told = tale(besides).open().upTo(web, 'weight-25').after(30_000).fail(web, because)
      expect(shown(told.back(web).close(3, 'taken back'), 3)).toMatchInlineSnapshot(`
        "
        Taken back: web serves v1.2.2 in us-east-1, seen in the endpoints of its services             exit 3
          why       canary fails 2.1 % of requests, stable 0.1 % (ratio 9–38, 99 %); chance of a false alarm
                    below 1 in 100
          undone    requests 12:10:02, pods 12:10:08, the rest 12:10:38
          took      6 min 38 s, 12:04:00 to 12:10:38, run r7f3 by anna on ci-7
          journal   head …, n entries
          next      deploy judge --run r7f3   what the judge saw
                    deploy status r7f3   this text again; nothing is urgent, the old version serves"
      `)
    })

    it('sends nobody to the judge where no request was counted', () => {
      const told = tale(besides).open().steps(web, 'prepare').fail(web, bad).back(web).close(3, 'taken back')
      expect(shown(told, 3)).not.toContain('deploy judge')
    })

    it('says in three lines what a good one rests on', () => {
      const because = `3 of 3 new pods available for 5 min · canary fails 0.11 % of requests, stable 0.1 % (ratio 0.4–2.1, 99 %); 0.9 % or more would have been found in 80 % of cases · share seen 25 %`
      const told = tale(besides).open().upTo(web, 'weight-25').after(300_000).pass(web, 'weight-25', because)
      expect(shown(told.pause(web, 'asked', 'asked').close(5, 'paused'), 5)).toMatchInlineSnapshot(`
        "
        Paused: web@us-east-1 at weight 50 %                                                          exit 5
          why       asked
          serves    v1.2.3 to 25 %, v1.2.2 to the rest, in us-east-1
          evidence  weight 25 %: 3 of 3 new pods available for 5 min · canary fails 0.11 % of requests,
                    stable 0.1 % (ratio 0.4–2.1, 99 %); 0.9 % or more would have been found in 80 % of cases
                    · share seen 25 %
          took      10 min 30 s, 12:04:00 to 12:14:30, run r7f3 by anna on ci-7
          journal   head …, n entries
          next      deploy resume r7f3   go on from here
                    deploy abort r7f3   back to v1.2.2
        nobody is watching web at 25 %"
      `)
    })
  })

  it('taken back', () => {
    const told = failed.back(web).close(3, 'taken back')
    expect(block(told, 3, { evidence: '.deploy/runs/r7f3' })).toMatchInlineSnapshot(`
      "
      Taken back: web serves v1.2.2 in us-east-1, seen in the endpoints of its services             exit 3
        why       pod web-6d5f-x2x: container app restarts: exit 1 (for more than 10 s); 1 of 3 new pods
                  bad
        undone    requests 12:12:13, pods 12:12:19, the rest 12:12:49
        evidence  pod web-6d5f-x2x: Running on node-a
                  container app: waiting: CrashLoopBackOff, 3 restarts
                  .deploy/runs/r7f3
        took      8 min 49 s, 12:04:00 to 12:12:49, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy status r7f3   this text again; nothing is urgent, the old version serves"
    `)
  })

  it('taken back without a verdict', () => {
    const told = at25.fact({ type: 'turned', units: [web], to: 'back', why: 'aborted by anna', cause: 'no-verdict' })
    expect(block(told.back(web).close(22, 'taken back'), 22)).toMatchInlineSnapshot(`
      "
      Taken back: web serves v1.2.2 in us-east-1, seen in the endpoints of its services            exit 22
        why       aborted by anna
        undone    requests 12:12:13, pods 12:12:19, the rest 12:12:49
        evidence  weight 5 %: 3 of 3 new pods available
        took      8 min 49 s, 12:04:00 to 12:12:49, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy status r7f3   this text again; nothing is urgent, the old version serves"
    `)
  })

  it('paused, and nobody is watching', () => {
    const told = at25.pause(web, 'deployment/web was changed by kubectl: /spec/template', 'drift')
    expect(block(told, 5)).toMatchInlineSnapshot(`
      "
      Paused: web@us-east-1 at weight 25 %                                                          exit 5
        why       deployment/web was changed by kubectl: /spec/template
        serves    v1.2.3 to 25 %, v1.2.2 to the rest, in us-east-1
        evidence  weight 5 %: 3 of 3 new pods available
        took      8 min 11 s so far, opened 12:04:00, last entry 12:12:11, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy resume r7f3   write the plan's value over the other's
                  deploy abort r7f3   back to v1.2.2
      nobody is watching web at 25 %"
    `)
  })

  it('a human is needed: the way back is stuck', () => {
    const why = 'deployment web: template as before: not after 15 min: 8 of 10 available'
    expect(block(failed.back(web, 'services').pause(web, why, 'back-stuck'), 4)).toMatchInlineSnapshot(`
      "
      A human is needed now: web@us-east-1 on the way back (paused)                                 exit 4
        why       deployment web: template as before: not after 15 min: 8 of 10 available
        serves    v1.2.2 in us-east-1
        undone    requests 12:12:13, pods NOT YET (untag replicaset web-7c9f6d5b8), the rest NOT YET
                  (service web: selector as before)
        evidence  pod web-6d5f-x2x: Running on node-a
                  container app: waiting: CrashLoopBackOff, 3 restarts
        took      8 min 13 s so far, opened 12:04:00, last entry 12:12:13, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy resume r7f3   try again what is left to do
                  kubectl -n shop get configmap deploy-undo-web -o jsonpath='{.data.way-back\\.sh}'   the
                  way back by hand, in us-east-1
      nobody is watching web on its way back"
    `)
  })

  it('interrupted, with requests on both versions', () => {
    expect(block(at25, 130)).toMatchInlineSnapshot(`
      "
      Interrupted: web serves v1.2.3 to 25 %, v1.2.2 to the rest, in us-east-1; the run is open   exit 130
        evidence  weight 5 %: 3 of 3 new pods available
        took      5 min 30 s so far, opened 12:04:00, last entry 12:09:30, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy resume r7f3   go on from here
                  deploy abort r7f3   back to v1.2.2
      nobody is watching web at 25 %"
    `)
  })

  it('interrupted in a job, after requests went back', () => {
    const told = at25.fact({ type: 'turned', units: [web], to: 'back', why: 'SIGTERM', cause: 'no-verdict' })
    expect(block(told.back(web, 'services'), 143)).toMatchInlineSnapshot(`
      "
      Interrupted: web serves v1.2.2 in us-east-1; the run is open                                exit 143
        why       SIGTERM
        undone    requests 12:12:13, pods NOT YET (untag replicaset web-7c9f6d5b8), the rest NOT YET
                  (service web: selector as before)
        evidence  weight 5 %: 3 of 3 new pods available
        took      8 min 13 s so far, opened 12:04:00, last entry 12:12:13, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy resume r7f3   go on from here
      nobody is watching web on its way back"
    `)
  })

  it('status of a run that somebody drives, and of one that nobody does', () => {
    expect(block(at25, null, { attended: true }) + block(at25, null)).toMatchInlineSnapshot(`
      "
      Running: web@us-east-1 at weight 25 %
        serves    v1.2.3 to 25 %, v1.2.2 to the rest, in us-east-1
        evidence  weight 5 %: 3 of 3 new pods available
        took      5 min 30 s so far, opened 12:04:00, last entry 12:09:30, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy watch r7f3   follow it
      UNATTENDED since 12:09:30: web@us-east-1 at weight 25 %
        serves    v1.2.3 to 25 %, v1.2.2 to the rest, in us-east-1
        evidence  weight 5 %: 3 of 3 new pods available
        took      5 min 30 s so far, opened 12:04:00, last entry 12:09:30, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy resume r7f3   go on from here
                  deploy abort r7f3   back to v1.2.2
      nobody is watching web at 25 %"
    `)
  })

  it('clusters that ended in different ways', () => {
    const three = planOf({
      clusters: ['us-east-1', 'eu-west-1', 'ap-south-1'],
      waves: (units) => [{ id: 'all', parallel: 3, onFailure: 'unit', units }],
    })
    const [one, two, rest] = ['web@us-east-1', 'web@eu-west-1', 'web@ap-south-1'] as const
    const told = tale(three).open().upTo(one, 'close').pass(one, 'close').done(one).upTo(two, 'weight-5')
    const ended = told
      .fail(two, bad)
      .back(two)
      .upTo(rest, 'close')
      .pass(rest, 'close')
      .done(rest)
      .close(3, 'taken back')
    expect(block(ended, 3, { plan: three })).toMatchInlineSnapshot(`
      "
      Taken back: web serves v1.2.3 in us-east-1, ap-south-1; v1.2.2 in eu-west-1, seen in the endpoints
      of its services
        exit 3
        why       pod web-6d5f-x2x: container app restarts: exit 1 (for more than 10 s); 1 of 3 new pods
                  bad
        undone    requests 12:38:01, pods 12:38:07, the rest 12:38:37
        took      1 h 8 min, 12:04:00 to 13:12:12, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy status r7f3   this text again; nothing is urgent, the old version serves"
    `)
  })

  it.each([40, 80, 120])('stays within %i columns', (columns) => {
    for (const line of block(failed.back(web), 3, { columns }).split('\n'))
      expect(widthOf(line)).toBeLessThanOrEqual(columns)
  })
})
