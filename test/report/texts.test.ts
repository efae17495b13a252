import { describe, expect, it } from 'vitest'
import { DeployError } from '../../src/core/errors.ts'
import { RunResult } from '../../src/report/documents/run.ts'
import { errorText } from '../../src/report/error-text.ts'
import { listJson, listText, rowOf } from '../../src/report/list-text.ts'
import { storyOf } from '../../src/report/outcome.ts'
import { resultJson } from '../../src/report/result-json.ts'
import { fit, hang, wrap } from '../../src/report/width.ts'
import { comparedUpTo } from '../support/compared.ts'
import { comparedPlan, historyOf, paced } from '../support/measured.ts'
import { planOf } from '../support/plans.ts'
import { tale } from './tale.ts'

const plan = planOf()
const web = 'web@us-east-1'
const at5 = tale(plan).open().upTo(web, 'weight-5')
const stuck = at5.fail(web, 'it broke').back(web, 'services').pause(web, 'not after 15 min', 'back-stuck')
const back = at5.fail(web, 'it broke', ['exit 1']).back(web).close(3, 'taken back')

const rows = [
  rowOf(storyOf({ plan, entries: back.entries, exit: null })),
  rowOf(storyOf({ plan, entries: at5.entries, exit: null, attended: true })),
  rowOf(storyOf({ plan, entries: at5.entries, exit: null })),
  rowOf(storyOf({ plan, entries: stuck.entries, exit: null })),
]

describe('the list of runs', () => {
  it('begins with what needs somebody', () => {
    expect(`\n${listText(rows, { now: back.now + 60_000, columns: 120 })}`).toMatchInlineSnapshot(`
      "
      RUN   STATE                     SERVICE  RELEASE                 ENVIRONMENT  OPENED                 WHERE
      r7f3  NEEDS A HUMAN 1 min 36 s  web      canary v1.2.2 → v1.2.3  production   2 min 2 s ago by anna  on the way back (p…
      r7f3  UNATTENDED 1 min 38 s     web      canary v1.2.2 → v1.2.3  production   2 min 2 s ago by anna  at weight 5 %
      r7f3  running                   web      canary v1.2.2 → v1.2.3  production   2 min 2 s ago by anna  at weight 5 %
      r7f3  taken back                web      canary v1.2.2 → v1.2.3  production   2 min 2 s ago by anna"
    `)
  })

  it('has the same order for programs', () => {
    expect(listJson(rows).map((row) => row['outcome'])).toEqual(['human-needed', 'unattended', 'running', 'taken-back'])
  })

  it('says how to begin when there is none', () => {
    expect(listText([], { now: 0 })).toBe('No runs yet. The first one: deploy plan canary <version>')
  })
})

describe('an error', () => {
  it('names what, why and what to do', () => {
    const error = new DeployError({
      code: 'plan-stale',
      what: 'web in prod changed since the plan was made: weight is 5, the plan saw 0',
      why: 'running it could move traffic that someone else just moved',
      remedy: 'make a fresh plan: deploy plan canary v1.2.3 -e prod',
      exit: 'stale',
    })
    expect(`\n${errorText(error)}`).toMatchInlineSnapshot(`
      "
      error: web in prod changed since the plan was made: weight is 5, the plan saw 0
        why     running it could move traffic that someone else just moved
        do      make a fresh plan: deploy plan canary v1.2.3 -e prod
        runbook runbooks/plan-stale.md
        code    plan-stale, exit 20"
    `)
  })

  it('keeps the lines of an excerpt, and is narrow where it must be', () => {
    const error = new DeployError({
      code: 'config',
      what: 'deploy.yaml:3:5: unknown key "servces"\n  3 | servces:\n    | ^^^^^^^',
    })
    expect(`\n${errorText(error, { columns: 60 })}`).toMatchInlineSnapshot(`
      "
      error: deploy.yaml:3:5: unknown key "servces"
               3 | servces:
                 | ^^^^^^^
        code    config, exit 2"
    `)
  })

  it('of ours is called a bug and keeps its stack and its cause', () => {
    const text = errorText(new TypeError('x is not a function', { cause: new Error('inner') }))
    expect(text).toMatch(/^error: this is a bug in deploy/)
    expect(text).toMatch(/TypeError: x is not a function\n\s+at .*texts\.test\.ts/)
    expect(text).toContain('caused by Error: inner')
  })
})

it('the result as one document', () => {
  const { units, journal: _, ...result } = resultJson({ plan, hash: 'abc', entries: back.entries, exit: 3 })
  const { stages, ...unit } = units[0] ?? expect.fail('there is no unit')
  expect({ ...result, unit, stages: stages.slice(0, 2) }).toMatchInlineSnapshot(`
    {
      "driver": null,
      "ended": "2026-01-02T12:05:02.000Z",
      "environment": "production",
      "evidence": null,
      "exit": 3,
      "from": "v1.2.2",
      "image": "ghcr.io/acme/web:v1.2.3@sha256:41c2f1f1e0aa4b1c8f1d7d1c2b3a49586776655443322110ffeeddccbbaa9988",
      "next": [
        {
          "command": "deploy status r7f3",
          "does": "this text again; nothing is urgent, the old version serves",
        },
      ],
      "outcome": "taken-back",
      "plan": "abc",
      "run": "r7f3",
      "seconds": 62,
      "service": "web",
      "stages": [
        {
          "answer": "pass",
          "because": "3 of 3 new pods available",
          "id": "prepare",
          "seconds": 22,
          "title": "prepare",
        },
        {
          "answer": "fail",
          "because": "it broke",
          "id": "weight-5",
          "seconds": 2,
          "title": "weight 5 %",
        },
      ],
      "started": "2026-01-02T12:04:00.000Z",
      "strategy": "canary",
      "unit": {
        "because": "it broke",
        "cluster": "us-east-1",
        "comparison": null,
        "evidence": [
          "exit 1",
        ],
        "id": "web@us-east-1",
        "namespace": "shop",
        "outcome": "taken-back",
        "stage": null,
        "weight": 0,
      },
      "v": 1,
      "version": "v1.2.3",
      "warnings": [],
    }
  `)
})

describe('width', () => {
  it('counts wide characters and no colours', () => {
    expect(fit('日本語テキスト', 7)).toBe('日本語…')
    expect(wrap('\u001B[31mred\u001B[39m and blue', 8)).toEqual(['\u001B[31mred\u001B[39m and', 'blue'])
  })

  it('breaks what is longer than a line, and keeps the indent', () => {
    expect(hang('a  ', 'x'.repeat(12), 11)).toEqual([`a  ${'x'.repeat(8)}`, `   ${'x'.repeat(4)}`])
    expect(wrap('  two words', 8)).toEqual(['  two', 'words'])
  })
})

it('the result says of each unit what the judge said last', () => {
  const besides = comparedPlan()
  const told = tale(besides).open().upTo(web, 'weight-5').after(60_000)
  const pace = { new: { requests: 50, bad: 10 }, stable: { requests: 950, bad: 1 } }
  const history = historyOf(paced(pace, told.now - 60_000, told.now))
  const compared = comparedUpTo(history, { plan: besides, state: told.state, now: told.now })
  const { entries } = told.fail(web, 'it is worse').back(web).close(3, 'taken back')
  const result = { plan: besides, hash: 'abc', entries, exit: 3 }
  const said = RunResult.parse(resultJson({ ...result, comparisons: new Map([[web, compared]]) }))
  expect(said.units[0]?.comparison).toMatchObject({ verdict: 'rollback', metric: 'errors', falseAlarm: 0.01 })
  expect(said.units[0]?.comparison?.because).toMatch(/^canary fails 20 % of requests, stable 0.11 % \(ratio /)
  expect(said.units[0]?.comparison?.trail.at(-1)).toBe(1)
  expect(RunResult.parse(resultJson(result)).units[0]?.comparison).toBeNull()
})
