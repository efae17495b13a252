import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hashOf } from '../../../src/core/hash.ts'
import { runPage } from '../../../src/report/run-page/page.ts'
import { measuredPlan, rules } from '../../support/measured.ts'
import { sampled } from '../../support/sampled.ts'
import { tale } from '../tale.ts'
import { badRun, goodRun } from './story.ts'

const hostile = `<img src=x onerror=alert(1)>"'&</script><script>alert(2)</script>\u202e`
const bad = badRun()
const page = runPage(bad)

/** What a reader sees, without the markup. */
const textOf = (markup: string): string =>
  markup
    .replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

const rowsOf = (markup: string, table: string): string[] =>
  [...(markup.split(`<table class="${table}">`)[1]?.split('</table>')[0] ?? '').matchAll(/<tr[\s\S]*?<\/tr>/g)].map(
    ([row]) => textOf(row).trim(),
  )

describe('the report of a run that was taken back', () => {
  it('says outcome, why, what was undone, and what it cost', () => {
    const text = textOf(page)
    expect(text).toContain('✖ Taken back: web serves v1.2.2 in us-east-1')
    expect(text).toContain('new pods: errors 20 % of 500 requests so far')
    expect(text).toMatch(/undone requests \d\d:\d\d:\d\d, pods \d\d:\d\d:\d\d/)
    expect(text).toMatch(
      /60 of [\d,]+ requests that new pods answered failed \(3 %, stable 0\.11 %\); users at risk for /,
    )
  })

  it('has each stage with its verdict and its figures', () => {
    const rows = rowsOf(page, 'stages')
    expect(rows).toContainEqual(
      expect.stringMatching(/^weight 5 % ✔ passed 5 min 2 s 0 % \/ 0\.11 % p95 243 ms \/ 243 ms 5 % 3 of 3/),
    )
    expect(rows).toContainEqual(
      expect.stringMatching(/^weight 25 % ✖ failed .* 20 % \/ 0\.11 % over limit p95 488 ms /),
    )
    expect(rows).toContainEqual(expect.stringMatching(/^weight 50 % ○ not reached – – – –$/))
  })

  it('has the journal, with the evidence of its verdicts, and what stands in the charts marked', () => {
    const rows = rowsOf(page, 'timeline')
    expect(rows.length).toBeLessThan(bad.entries.length)
    expect(rows).toContainEqual(expect.stringMatching(/^✖\d+ \d\d:\d\d:\d\d weight 25 %: fail: new pods: errors 20 %/))
    expect(rows).toContainEqual(expect.stringMatching(/^◀\d+ /))
  })

  it('says times in UTC, wherever it was made', () => {
    expect(textOf(page)).toContain('all times in UTC')
    expect(textOf(page)).toContain('12:04:00 to 12:11:08')
  })

  it('proves itself by the hashes of plan and journal', () => {
    const last = bad.entries.at(-1)
    expect(textOf(page)).toContain(`sha256 ${bad.planHash}`)
    expect(textOf(page)).toContain(`head ${last && hashOf(last)}, ${bad.entries.length} entries`)
  })

  it('has a picture of each chart, for paper and where no script runs', () => {
    expect(page.match(/<svg class="still"/g)).toHaveLength(4)
    expect(page).not.toMatch(/NaN|Infinity|undefined/)
  })
})

describe('the report of a good run', () => {
  it('says so', () => {
    const text = textOf(runPage(goodRun()))
    expect(text).toContain('✔ Done: web serves v1.2.3 in us-east-1')
    expect(text).toMatch(/0 of [\d,]+ requests that new pods answered failed/)
    expect(text).not.toContain('at risk')
  })
})

describe('the report of a run in several clusters', () => {
  it('has charts for each, and says of which unit a line is', () => {
    const plan = measuredPlan([rules.errors], { clusters: ['us-east-1', 'eu-west-1'] })
    const told = tale(plan).open().upTo('web@us-east-1', 'weight-5').upTo('web@eu-west-1', 'weight-5')
    const of = (unit: string) => sampled({ unit, began: told.entries[0]?.at ?? 0, until: told.now, increments: [] })
    const [first, second] = [of('web@us-east-1'), of('web@eu-west-1')]
    const samples = { ...first, samples: [...first.samples, ...second.samples] }
    const markup = runPage({ ...bad, plan, entries: told.entries, samples })
    expect([...markup.matchAll(/<h2>(web@[^<]*)/g)].map(([, unit]) => unit)).toEqual(['web@us-east-1', 'web@eu-west-1'])
    expect(rowsOf(markup, 'timeline')).toContainEqual(expect.stringMatching(/web@eu-west-1 weight 5 %: route web/))
    expect(rowsOf(markup, 'stages')).toContainEqual(expect.stringMatching(/^web@eu-west-1 weight 5 % ● at work/))
  })
})

describe('the report of any run', () => {
  it('fetches nothing and names no other place', () => {
    expect(page).not.toMatch(/(?:src|href|action|poster|data)\s*=\s*["']?(?!s-|d)[a-z]*:?\/\//i)
    expect(page).not.toMatch(/<(?:link|iframe|img|object|embed|base|form)\b|@import|url\(/i)
  })

  it('runs nothing but its own scripts and styles, by their hashes', () => {
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? []
    expect(policy).toMatch(/^default-src &#39;none&#39;;/)
    expect(policy).not.toContain('unsafe')
    const run = [...page.matchAll(/<(?:script|style)>([\s\S]*?)<\/(?:script|style)>/g)].map(([, text = '']) => text)
    expect(run).toHaveLength(2)
    for (const text of run) expect(policy).toContain(`sha256-${createHash('sha256').update(text).digest('base64')}`)
    expect(page).not.toMatch(/\son\w+=|\sstyle=|javascript:/)
  })

  it('escapes all that comes from outside, in text and in data', () => {
    const markup = runPage(badRun(hostile))
    expect(markup).not.toContain('<img')
    expect(markup).not.toContain('<script>alert')
    expect(markup).not.toContain('\u202e')
    expect(markup.match(/<script/g)).toHaveLength(2)
    expect(textOf(markup)).toContain('<img src=x onerror=alert(1)>')
  })

  it('never shows a value of a template, which might be secret', () => {
    expect(page).not.toContain('hunter2')
  })

  it('without samples has all but the charts', () => {
    const bare = runPage({ ...bad, samples: null })
    expect(textOf(bare)).toContain('Nothing was sampled in this run.')
    expect(bare).not.toContain('<script')
    expect(rowsOf(bare, 'stages').length).toBe(rowsOf(page, 'stages').length)
  })

  it('says how many samples could not be read', () => {
    const { samples } = bad
    expect(textOf(runPage({ ...bad, samples: samples && { ...samples, unread: 3 } }))).toContain('3 lines of samples')
  })
})
