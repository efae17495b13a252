import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { EndingWord, Outcome, Rehearsal } from '../../../src/rehearse/rehearsal.ts'
import { RehearsalResult } from '../../../src/report/documents/rehearse.ts'
import { rehearsalDocument } from '../../../src/report/rehearsal/document.ts'
import { rehearsalPage } from '../../../src/report/rehearsal/page.ts'
import { rehearsalText } from '../../../src/report/rehearsal/text.ts'
import { widthOf } from '../../../src/report/width.ts'
import { planOf } from '../../support/plans.ts'

const figures = { took: 600_000, failed: 1234, requests: 60_000, lowestReady: 9, wanted: 10, peakPods: 20 }
const safe: ReadonlySet<EndingWord> = new Set(['released', 'within limits', 'taken back', 'paused'])

function outcome(stage: string, word: EndingWord, more: Partial<Outcome> = {}, because = ''): Outcome {
  const exit = word === 'taken back' ? 3 : word === 'paused' ? 5 : 0
  return {
    fault: 'errors-100',
    stage: { wave: 'all', id: stage, title: stage.replace('-', ' ') },
    ending: { exit, answer: safe.has(word) ? 'safe' : 'unsafe', word, because },
    safeAfter: word === 'taken back' ? 9_000 : null,
    stableRestarts: word === 'taken back' ? 0 : null,
    ...figures,
    ...more,
  }
}

const rehearsalOf = (outcomes: readonly Outcome[], more: Partial<Rehearsal> = {}): Rehearsal => ({
  plan: planOf(),
  hash: 'ab'.repeat(32),
  seed: 1,
  assumed: ['100 requests a second (assumed)'],
  notModelled: ['Nodes never fail.'],
  good: {
    ...figures,
    ending: { exit: 0, answer: 'safe', word: 'released', because: 'every request goes to the new pods' },
    units: [
      {
        unit: 'web@us-east-1',
        stages: [
          { id: 'prepare', title: 'prepare', from: 0, to: 3_000 },
          { id: 'weight-5', title: 'weight 5 %', from: 3_000, to: 600_000 },
        ],
        samples: [
          { at: 0, toNew: 0, failing: 0, ready: 10, pods: 10 },
          { at: 3_000, toNew: 0.05, failing: 0, ready: 11, pods: 11 },
        ],
      },
    ],
  },
  faults: [{ name: 'errors-100', says: 'every request to new pods fails' }],
  outcomes,
  ...more,
})

const usual = rehearsalOf([
  outcome('weight-5', 'taken back'),
  outcome('weight-25', 'not found', {}, 'nothing measures requests'),
  outcome('bake', 'paused', { safeAfter: 500 }, 'no figures for 5 min'),
])

describe('a rehearsal as text', () => {
  it('says first what it rests on, then the good run, then the faults, then what to do', () => {
    const text = rehearsalText(usual)
    const places = ['assumed', 'not modelled', 'with nothing wrong', 'what could go wrong', '3 outcomes', 'do  '].map(
      (part) => text.indexOf(part),
    )
    expect(places.every((place) => place >= 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it.each([40, 60, 80, 100, 120])('is not wider than %i columns', (columns) => {
    const wide = rehearsalText(usual, { columns })
      .split('\n')
      .filter((line) => widthOf(line) > columns)
    expect(wide).toEqual([])
  })

  it('has a table where it fits, and the same figures below each other where it does not', () => {
    const row = (columns: number) =>
      rehearsalText(usual, { columns })
        .split('\n')
        .filter((line) => /9 s/.test(line) || /✔ weight 5/.test(line))
        .map((line) => line.trim().replaceAll(/ {2,}/g, ' | '))
    expect(row(100)).toEqual(['✔ weight 5 | taken back (exit 3) | 9 s | 1,234 | 9 of 10 | 20 | 0'])
    expect(row(60)).toEqual([
      '✔ weight 5: taken back (exit 3)',
      'safe after 9 s · 1,234 failed · 9 of 10 ready · 20 pods',
    ])
  })

  it('says each outcome that needs a word with its reason', () => {
    const text = rehearsalText(usual)
    expect(text).toMatch(
      /✘ weight 25 +NOT FOUND \(exit 0\).*\n +it is released all the same: nothing measures requests/,
    )
    expect(text).toMatch(/‖ bake +paused \(exit 5\) +under 1 s.*\n +no figures for 5 min/)
  })

  it('folds stages at which a fault comes to the same', () => {
    const all = planOf().waves[0]?.units[0]?.stages.map(({ id }) => outcome(id, 'released')) ?? []
    const rows = (outcomes: readonly Outcome[]) =>
      rehearsalText(rehearsalOf(outcomes))
        .split('\n')
        .flatMap((line) => /^ {2}✔ (.+?) {2,}released \(/.exec(line)?.[1] ?? [])
    expect([rows(all), rows(all.slice(2)), rows(all.slice(0, 2))]).toEqual([
      ['every stage'],
      ['weight 25 to the end'],
      ['prepare to weight 5'],
    ])
  })

  it('is not safe when the plan itself does not come to its end', () => {
    const stuck = {
      ...usual.good,
      ending: { exit: 5, answer: 'unsafe', word: 'paused', because: 'inconclusive' },
    } as const
    expect(rehearsalText(rehearsalOf([], { good: stuck }))).toMatch(/✘ 0 outcomes.*with nothing wrong it is paused/)
  })

  it('lets no text from outside move a cursor', () => {
    const hostile = rehearsalOf([outcome('bake', 'paused', {}, 'a\u001B[2Jb')], { assumed: ['c\u001B[1Ad'] })
    expect(rehearsalText(hostile)).not.toContain('\u001B')
  })
})

describe('a rehearsal as a document', () => {
  it('is of the published schema, and counts in seconds', () => {
    const document = RehearsalResult.parse(rehearsalDocument(usual))
    expect([document.answer, document.exit]).toEqual(['unsafe', 21])
    expect(
      document.outcomes.map(({ stage, outcome, exitCode, safeAfter }) => [stage, outcome, exitCode, safeAfter]),
    ).toEqual([
      ['weight-5', 'taken back', 3, 9],
      ['weight-25', 'not found', 0, null],
      ['bake', 'paused', 5, 0.5],
    ])
    expect(document.good.units[0]?.stages[1]).toEqual({ id: 'weight-5', title: 'weight 5 %', from: 3, to: 600 })
  })
})

describe('a rehearsal as a page', () => {
  const page = rehearsalPage(usual)

  it('needs nothing but itself, and its policy lets in its own style alone', () => {
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(page) ?? []
    const sha256 = createHash('sha256').update(style).digest('base64')
    expect(page.replaceAll('&#39;', "'")).toContain(
      `content="default-src 'none'; style-src 'sha256-${sha256}'; base-uri 'none'; form-action 'none'"`,
    )
    expect(page.match(/<script|<link|<img|<iframe| style=| on\w+=|https?:|url\(/g)).toBeNull()
  })

  it('has the whole hash, every fault with a sign and a word, and the timeline in words', () => {
    expect(page).toContain('ab'.repeat(32))
    expect(page).toContain('✘ NOT FOUND (exit 0)')
    expect(page).toContain('‖ paused (exit 5)')
    expect(page).toMatch(
      /<svg [^>]*aria-label="web@us-east-1: prepare from 0:00 to 0:03, weight 5 % from 0:03 to 10:00"/,
    )
  })

  it('escapes what is not its own', () => {
    const release = { ...planOf().release, version: '<script>alert(1)</script>', environment: '"><b>' }
    const hostile = rehearsalOf([outcome('bake', 'paused', {}, '<img src=x>')], {
      plan: { ...planOf(), release },
      assumed: ['</ul><h1>'],
    })
    const text = rehearsalPage(hostile)
    expect(text.match(/<script|<img|<b>|<\/ul><h1>/g)).toBeNull()
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it('is the same for the same rehearsal', () => {
    expect(rehearsalPage(usual)).toBe(page)
  })
})
