import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRun } from '../../src/adapters/journal/open.ts'
import { exitCodes } from '../../src/core/errors.ts'
import type { Rule } from '../../src/core/evidence.ts'
import { unitsOf } from '../../src/core/plan.ts'
import { hour, minute } from '../../src/core/time.ts'
import { documents } from '../../src/report/documents/index.ts'
import { good, recorded, text } from '../judge/recorded/builders.ts'
import { comparedPlan, usually } from '../support/measured.ts'
import { planOf } from '../support/plans.ts'
import { type Ended, flat, said } from './support/deploy.ts'

const bad = { ...good, rps: 1000, fresh: 1 }
const half = 30 * minute
const file = 'samples.ndjson'

async function folderWith(samples: string | null): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), 'deploy-judge-'))
  await writeFile(join(cwd, 'deploy.yaml'), 'version: 1\n')
  if (samples !== null) await writeFile(join(cwd, file), samples)
  return cwd
}

const judge = async (samples: string | null, ...words: readonly string[]): Promise<Ended> =>
  said(['judge', '--samples', file, ...words], { cwd: await folderWith(samples) })
const judgedJson = async (samples: string, ...words: readonly string[]) =>
  documents.judge.parse(JSON.parse((await judge(samples, '--json', ...words)).stdout))

describe('deploy judge', () => {
  it('takes a broken version back with 3, and says why in a sentence', async () => {
    const { exit, stdout } = await judge(text(recorded(bad, minute)))
    expect(exit).toBe(exitCodes.takenBack)
    expect(flat(stdout)).toMatch(
      /^◀ roll back, after 10 s canary fails 100 % of requests, stable 0\.095 % \(ratio above \d+, 99 %\); chance of a false alarm below 1 in 100 /,
    )
    expect(stdout).toMatch(/evidence +.█ +in 10 s, enough for a rollback/)
  })

  it('passes a good one with 0', async () => {
    const { exit, stdout } = await judge(text(recorded(good, half, { end: 'stage' })))
    expect([exit, stdout]).toEqual([exitCodes.done, expect.stringMatching(/^✔ pass, after 30 min\n/)])
  })

  it('ends with 5 where too little was counted, and says how much more it takes', async () => {
    const { exit, stdout } = await judge(text(recorded(good, 2 * minute, { end: 'stage' })))
    expect(exit).toBe(exitCodes.paused)
    expect(flat(stdout)).toMatch(/^○ not decided, after 2 min .* it needs about [\d a-z]+ more at this traffic/)
  })

  it('decides nothing where no stage divides requests', async () => {
    const times = Array.from({ length: 12 }, (_, at) => 5 * (at + 1))
    const side = (t: number): object => ({ requests: 100 * t, bad: 0 })
    const all = times.map((t) => ({ t, canary: side(t), stable: { requests: 0, bad: 0 } }))
    const oneOrOther = times.map((t) => ({ t, weight: t > 30 ? 1 : 0, [t > 30 ? 'canary' : 'stable']: side(t) }))
    const ended = [
      await judge(text([{ v: 1, weight: 1, end: 'stage' }, ...all])),
      await judge(text([{ v: 1 }, ...oneOrOther]), '--soak', '20s'),
    ]
    for (const { exit, stdout } of ended)
      expect([exit, stdout]).toEqual([exitCodes.paused, expect.stringMatching(/^○ not decided/)])
  })

  it('says what to write where nothing says when the stage ends', async () => {
    expect((await judge(text(recorded(good, half)))).stdout).toContain('--soak 5m says how long one is')
    expect((await judge(text(recorded(good, half)), '--soak', '20m')).stdout).toMatch(/^✔ pass, after 20 min\n/)
  })

  it('says the same to programs, by the published schema', async () => {
    const samples = text(recorded(bad, minute))
    expect(await judgedJson(samples, '--as', 'flagger')).toMatchObject({
      exit: 3,
      verdict: 'rollback',
      t: 10,
      metric: 'errors',
      run: null,
      falseAlarm: 0.01,
      trail: [{ t: 5 }, { t: 10, alarm: 1 }],
      others: [{ tool: 'flagger', answer: 'promote', t: 60 }],
    })
    const { stdout } = await judge(samples, '-o', 'ndjson')
    expect(stdout.trim().split('\n')).toHaveLength(1)
  })

  it('keeps at most 500 polls of the evidence, and the highest of it', async () => {
    const { trail } = await judgedJson(text(recorded(good, hour)))
    expect(trail).toHaveLength(500)
    const all = await judgedJson(text(recorded(good, half)))
    expect(all.trail).toHaveLength(360)
  })

  it('says beside it what other tools would have done, and when', async () => {
    const { stdout } = await judge(text(recorded(bad, hour)), '--as', 'flagger', '--as', 'argo', '--as', 'kayenta')
    expect(stdout).toMatch(/flagger +goes back after 6 min: 5 failed checks/)
    expect(stdout).toMatch(/argo +goes back after 4 min: 4 failed measurements/)
    expect(stdout).toMatch(/kayenta +goes back after 1 h: High/)
  })

  it('is less sure where more false alarms are allowed', async () => {
    const samples = text(recorded({ ...good, fresh: 0.011 }, half))
    const [sure, quick] = [await judgedJson(samples), await judgedJson(samples, '--alpha', '10%')]
    expect([sure.falseAlarm, quick.falseAlarm]).toEqual([0.01, 0.1])
    expect(quick.t).toBeLessThan(sure.t)
  })

  it('goes on early where that is asked for', async () => {
    const samples = text(recorded({ ...good, rps: 1000 }, half, { end: 'stage' }))
    expect(await judgedJson(samples, '--early')).toMatchObject({ verdict: 'advance', exit: 0 })
  })

  it('says that latency is not compared without a baseline', async () => {
    const samples = text(recorded(good, minute, { baseline: undefined }))
    expect((await judgedJson(samples)).notes).toContainEqual(expect.stringContaining('latency: not compared'))
    expect((await judgedJson(text(recorded(good, minute)))).notes).toEqual([])
  })

  it('says that latency is not compared where the baseline has no buckets', async () => {
    const baseline = { seconds: 600, requests: 60_000, bad: 60, phi: 1 }
    const { notes } = await judgedJson(text(recorded(good, minute, { baseline })))
    expect(notes).toEqual(['latency: not compared, its baseline has no buckets to choose bounds by'])
  })

  it('looks at the last of several stages to its end, though others go on early', async () => {
    // Everything fails in the last ten minutes.
    const [header, ...lines] = recorded({ ...good, rps: 1000 }, hour / 2, { end: 'stage' }) as {
      t: number
      canary: { requests: number }
    }[]
    const late = lines.map(({ canary, ...line }) => ({
      ...line,
      stage: line.t <= 600 ? 'a' : 'b',
      canary: { ...canary, bad: line.t > 1200 ? canary.requests - 60_000 : 0 },
    }))
    const { exit, stages } = await judgedJson(text([header, ...late]), '--early')
    expect([exit, stages.map(({ verdict }) => verdict)]).toEqual([exitCodes.takenBack, ['advance', 'rollback']])
  })

  it('begins with totals that were counted before where they are, and says so', async () => {
    const [header, ...lines] = recorded(good, half, { end: 'stage' }) as { stable: { requests: number; bad: number } }[]
    const before = lines.map(({ stable, ...line }) => {
      return { ...line, stable: { requests: stable.requests + 5e6, bad: stable.bad + 50_000 } }
    })
    const { stable, notes } = await judgedJson(text([header, ...before]))
    expect(stable.requests).toBeLessThan(5e6)
    expect(notes).toContain('stable: its first totals are more than that time can have brought, so it begins there')
  })

  it('leaves out what by chance says nothing', async () => {
    const { stdout } = await judge(text(recorded({ ...good, fresh: 0.002 }, 20 * minute, { end: 'stage' })))
    expect(flat(stdout)).toContain('by chance a good version is ever taken back in fewer than 1 in 100 releases')
    expect(stdout).not.toContain('at most 1 in 1 ')
  })

  it('says when requests go elsewhere', async () => {
    expect(flat((await judge(text(recorded(good, half, { weight: 0.5 })))).stdout)).toContain(
      'less than half the requests that its weight says',
    )
  })
})

/** Two stages of a run, and what is sampled before and after them. */
function stagesOf(fresh: number): unknown[] {
  const weights = [
    { until: minute, stage: 'surge', weight: 0 },
    { until: 20 * minute, stage: 'weight-5', weight: 0.05 },
    { until: half, stage: 'weight-50', weight: 0.5 },
  ]
  const [, ...lines] = recorded({ ...good, rps: 1000, fresh }, half) as { t: number; canary: object; stable: object }[]
  return lines.map(({ t, canary, stable }) => {
    const { stage, weight } = weights.find(({ until }) => t * 1000 <= until) ?? { stage: null, weight: 0 }
    return { t, unit: 'web@east', stage, weight, stable, ...(weight > 0 && { new: canary }) }
  })
}

async function withRun(samples: readonly unknown[] | null, plan = planOf()): Promise<string> {
  const cwd = await folderWith(null)
  const opened = await createRun({ root: cwd, run: 'r7f3', plan })
  await opened.journal.append([{ type: 'opened', run: 'r7f3', plan: opened.planHash, by: 'anna', host: 'ci' }], 0)
  await opened.journal[Symbol.asyncDispose]()
  const header = { v: 1, run: 'r7f3', plan: opened.planHash, began: 0 }
  if (samples) await writeFile(opened.folder.samples, text([header, ...samples]))
  return cwd
}

describe('deploy judge of a run', () => {
  const judgeRun = async (samples: readonly unknown[] | null, ...words: readonly string[]): Promise<Ended> =>
    said(['judge', ...words], { cwd: await withRun(samples) })

  it('reads what the newest run wrote, stage by stage; where there is nothing to compare decides nothing', async () => {
    const { exit, stdout } = await judgeRun([...stagesOf(0.001), after], '--json')
    const { run, stages, verdict } = documents.judge.parse(JSON.parse(stdout))
    expect([exit, run, verdict]).toEqual([exitCodes.done, 'r7f3', 'pass'])
    expect(stages.map(({ name, verdict: said }) => [name, said])).toEqual([
      ['surge', 'inconclusive'],
      ['weight-5', 'pass'],
      ['weight-50', 'pass'],
      [null, 'inconclusive'],
    ])
  })

  it('compares latency with what stable did before the release, where the run has kept that', async () => {
    const before = { v: 1, seconds: 600, requests: 60_000, bad: 60, buckets: { '0.25': 56_400, '+Inf': 60_000 } }
    const slow = stagesOf(0.001).map((line) => slowed(line as SlowedLine))
    const [first, ...rest] = slow
    const without = await judgeRun(slow, '--json')
    const { exit, stdout } = await judgeRun([first, { baseline: before, t: 5, unit: 'web@east' }, ...rest], '--json')
    expect(without.stdout).toContain('latency: not compared')
    expect([exit, documents.judge.parse(JSON.parse(stdout)).metric]).toEqual([exitCodes.takenBack, 'latency'])
  })

  it('is held to what the plan of the run says; the command line has the last word', async () => {
    const plan = comparedPlan({}, { terms: { ...usually.terms, alpha: 0.05 } })
    const held = async (...words: readonly string[]): Promise<number> => {
      const { stdout } = await said(['judge', '--json', ...words], { cwd: await withRun(stagesOf(0.001), plan) })
      return documents.judge.parse(JSON.parse(stdout)).falseAlarm
    }
    expect([await held(), await held('--alpha', '0.02')]).toEqual([0.05, 0.02])
  })

  it('never ends its last stage early, not even its only one', async () => {
    const [only] = [stagesOf(0.001).filter((line) => (line as { weight: number }).weight < 0.5)]
    const { stdout } = await judgeRun(only, '--early', '--json')
    const { stages } = documents.judge.parse(JSON.parse(stdout))
    expect(stages.at(-1)).toMatchObject({ name: 'weight-5', verdict: 'inconclusive' })
  })

  it('is held to what the service promises, as the run was', async () => {
    const promised = {
      text: 'availability < 99.9%',
      figure: { kind: 'availability' },
      op: '<',
      value: 0.999,
      over: 0,
    } as const
    const plan = (objectives: readonly Rule[]) => {
      const { evidence } = unitsOf(comparedPlan())[0] ?? {}
      if (!evidence) throw new Error('nothing is compared')
      return planOf({ evidence: { ...evidence, objectives } })
    }
    const held = async (objectives: readonly Rule[]) => {
      const { stdout } = await said(['judge', '--json'], { cwd: await withRun(alone, plan(objectives)) })
      const { verdict, metric } = documents.judge.parse(JSON.parse(stdout))
      return [verdict, metric]
    }
    // Stable can't be read at all: only what is promised says that 1 in 100 is too many.
    const alone = stagesOf(0.01).map((line) => ({ ...(line as object), stable: {} }))
    expect(await held([])).toEqual(['inconclusive', 'errors'])
    expect(await held([promised])).toEqual(['rollback', promised.text])
  })

  it('knows no stage after the one that goes back', async () => {
    const { exit, stdout } = await judgeRun([...stagesOf(1), after], '--run', 'r7f3')
    expect(exit).toBe(exitCodes.takenBack)
    expect(stdout).toMatch(/stages +surge at 0 %.*: not decided\n +weight-5 at 5 %.*: rollback\n/)
    expect(stdout).not.toContain('weight-50')
  })

  it('asks other tools about the time in which the version was to get requests', async () => {
    const { stdout } = await judgeRun([...stagesOf(0.001), after], '--as', 'kayenta', '--as', 'argo', '--json')
    expect(documents.judge.parse(JSON.parse(stdout)).others).toMatchObject([
      { answer: 'undecided', t: null },
      { tool: 'argo', answer: 'promote', t: 30 * 60 + 5 },
    ])
  })

  it('shares the chance of a false alarm among the tests at the ends of its stages', async () => {
    const bads = { canary: [3, 6, 9], stable: [2, 7] }
    const upTo = (poll: number, all: readonly number[]): number => all.filter((at) => at <= poll).length
    const lines = Array.from({ length: 10 }, (_, at) => ({
      t: 60 * (at + 1),
      weight: 0.05,
      canary: { requests: 6 * (at + 1), bad: upTo(at + 1, bads.canary) },
      stable: { requests: 114 * (at + 1), bad: upTo(at + 1, bads.stable) },
    }))
    const header = { v: 1, end: 'stage' }
    const [one, two] = [lines, [{ t: 1, weight: 0.01, stable: { requests: 0, bad: 0 } }, ...lines]]
    const last = async (samples: readonly unknown[]) => (await judgedJson(text([header, ...samples]))).stages.at(-1)
    expect(await last(one)).toMatchObject({ verdict: 'rollback', by: 'stage-end' })
    expect(await last(two)).toMatchObject({ verdict: 'inconclusive' })
  })

  it('is refused where there are no samples, and where there is no run', async () => {
    const refused = { exit: exitCodes.usage, stderr: expect.stringContaining('samples-missing') as string }
    expect(await judgeRun(null)).toMatchObject(refused)
    expect(await judgeRun(null, '--run', 'r9')).toMatchObject(refused)
    expect(await said(['judge'], { cwd: await folderWith(null) })).toMatchObject(refused)
  })

  it('asks which unit is meant, and takes it', async () => {
    const [one, two] = [stagesOf(0.001), stagesOf(1).map((line) => ({ ...(line as object), unit: 'web@west' }))]
    const both = one.flatMap((line, at) => [line, two[at]])
    const unclear = await judgeRun(both)
    expect(flat(unclear.stderr)).toContain('samples of web@west beside those of web@east')
    expect(unclear.stderr).toContain('--unit web@east')
    expect((await judgeRun(both, '--unit', 'web@west')).exit).toBe(exitCodes.takenBack)
    expect(flat((await judgeRun(both, '--unit', 'web@north')).stderr)).toContain('has no sample of web@north')
  })
})

interface SlowedLine {
  readonly new?: { readonly requests: number; readonly bad: number }
  readonly stable: { readonly requests: number; readonly bad: number }
}

/** A tenth of the requests of the new version take long, and 6 % of stable's. */
function slowed({ new: fresh, stable, ...line }: SlowedLine): object {
  const side = ({ requests, bad }: SlowedLine['stable'], within: number) => ({
    requests,
    bad,
    buckets: { '0.25': Math.round(requests * within), '+Inf': requests },
  })
  return { ...line, stable: side(stable, 0.94), ...(fresh && { new: side(fresh, 0.9) }) }
}

const after = { t: half / 1000 + 5, unit: 'web@east', stage: null, weight: 1, new: {}, stable: {} }

describe('what is no recording is refused, with its line:', () => {
  const header = { v: 1, weight: 0.05 }
  const sample = { t: 5, canary: { requests: 26, bad: 0 }, stable: { requests: 474, bad: 1 } }
  it.each([
    ['a missing file', null, "samples.ndjson can't be read"],
    ['an empty file', '', 'samples.ndjson:1: nothing is recorded'],
    ['a header alone', text([header]), 'samples.ndjson has a header and no samples'],
    ['a line that is cut off', `${text([header, sample])}{"t":10,"cana`, 'samples.ndjson:3: no JSON'],
    ['NaN', `${text([header])}{"t":5,"canary":{"requests":NaN,"bad":0}}`, 'samples.ndjson:2: no JSON (NaN'],
    ['a clock that goes backwards', text([header, sample, { ...sample, t: 4 }]), 'samples.ndjson:3: t is 4 after 5'],
    ['more failures than requests', text([header, { t: 5, canary: { requests: 1, bad: 2 } }]), 'samples.ndjson:2: '],
    ['ten megabytes in a line', `${text([header])}${'9'.repeat(10 << 20)}`, 'samples.ndjson:2: a line of more than'],
    [
      'a side that is misspelt',
      text([header, { t: 5, canery: null }]),
      'samples.ndjson:2: unknown key "canery"; known',
    ],
    ['something else', '\u0000\u0001\u0002', 'samples.ndjson:1: no JSON'],
  ])('%s', async (_, samples, what) => {
    const { exit, stdout, stderr } = await judge(samples)
    expect([exit, stdout]).toEqual([exitCodes.usage, ''])
    expect(flat(stderr)).toContain(what)
  })

  it('a folder', async () => {
    const cwd = await folderWith(null)
    await mkdir(join(cwd, file))
    const { exit, stderr } = await said(['judge', '--samples', file], { cwd })
    expect([exit, flat(stderr)]).toEqual([exitCodes.usage, expect.stringContaining('samples.ndjson is a folder')])
  })

  it('counters that go down without a restart are no data, and it is said', async () => {
    const fallen = { t: 10, canary: { requests: 25, bad: 0 }, stable: { requests: 20, bad: 9 } }
    const { notes } = await judgedJson(text([header, sample, fallen]))
    expect(notes).toContainEqual(expect.stringMatching(/^line 3, stable: no data: /))
  })
})

describe('deploy judge --design', () => {
  const traffic = ['--rps', '100', '--weight', '5%', '--base', '0.1%']
  const design = async (...words: readonly string[]): Promise<Ended> =>
    said(['judge', '--design', ...words], { cwd: await folderWith(null) })
  const designJson = async (...words: readonly string[]) =>
    documents.judgeDesign.parse(JSON.parse((await design(...words, '--json')).stdout))

  it('recommends one soak, and says what it finds', async () => {
    const { exit, stdout } = await design(...traffic, '--worse', '0.5%')
    expect(exit).toBe(exitCodes.done)
    expect(stdout).toMatch(/^soak at least 16m\n/)
    expect(stdout).toMatch(/finds +0\.5 % failing instead of 0\.1 % within 15m\d+s, in 80 % of releases/)
  })

  it('says what a soak that is given finds', async () => {
    const short = await designJson(...traffic, '--worse', '0.5%', '--soak', '5m')
    expect(short.given).toMatchObject({ soak: 300, enough: false })
    expect(short.given?.smallest).toBeGreaterThan(0.005)
    const long = await designJson(...traffic, '--worse', '0.5%', '--soak', '20m')
    expect(long.given?.enough).toBe(true)
    expect(long.given?.smallest).toBeLessThan(0.005)
  })

  it('never recommends a soak after which no stage could pass', async () => {
    const { found, soak, pass } = await designJson(...traffic, '--worse', '100%')
    expect(found).toBe(10)
    expect(soak).toBeGreaterThanOrEqual(pass.after ?? Number.NaN)
  })

  it('without --worse is about what is worth finding', async () => {
    expect(await designJson(...traffic)).toMatchObject({ worse: 0.011, halfWeight: expect.any(Number) as number })
  })

  it('promises no less soak than a release needs: errors decide alone, by their part of the chance', async () => {
    const { alpha, pass } = await designJson(...traffic)
    expect([alpha, pass.after]).toEqual([0.01, 221])
    expect(flat((await design(...traffic)).stdout)).toContain('are found by half of the evidence')
  })

  it('knows no soak for what is tolerated', async () => {
    expect(await designJson(...traffic, '--worse', '0.11%')).toMatchObject({ found: null, soak: null })
    expect((await design(...traffic, '--worse', '0.11%')).stdout).toContain('0.11 % is tolerated')
  })

  it('says with --early when a good version may go on', async () => {
    expect((await designJson(...traffic)).early).toBeNull()
    expect((await designJson(...traffic, '--early')).early).toBeGreaterThanOrEqual(60)
  })

  it.each([
    [['--rps', '0'], '--rps: 0 is too small'],
    [['--rps', 'many'], '--rps: "many" is no number'],
    [['--weight', '5'], '--weight: "5" is no percentage'],
    [['--weight', '100%'], '--weight: 100% is too large'],
    [['--base', '0%'], '--base: 0% is too small'],
    [['--worse', '0.1%'], '--worse: 0.1% is not worse than the 0.1% of --base'],
    [['--worse', '-1%'], '--worse: "-1%" is no percentage'],
    [['--soak', '5'], '--soak: "5" is no duration'],
    [['--alpha', '1'], '--alpha: "1" is no percentage'],
    [['--samples', 'x'], '--samples beside --design'],
  ])('refuses %j', async (words, what) => {
    const { exit, stderr } = await design(...traffic, '--worse', '0.5%', ...words)
    expect([exit, flat(stderr)]).toEqual([exitCodes.usage, expect.stringContaining(what)])
  })

  it('asks for what is missing, and refuses what is meant for it elsewhere', async () => {
    expect((await design('--rps', '100')).stderr).toContain('--weight: missing beside --design')
    expect((await judge('', '--rps', '100')).stderr).toContain('--rps goes with --design')
    expect((await judge('', '--run', 'r1')).stderr).toContain('--run beside --samples')
    expect((await judge('', '--as', 'spinnaker')).stderr).toContain('--as spinnaker')
  })
})
