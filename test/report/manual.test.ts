import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan.ts'
import { shellWord } from '../../src/core/shell.ts'
import { manualText, manualWay } from '../../src/report/manual.ts'
import { storyOf } from '../../src/report/outcome.ts'
import { planOf } from '../support/plans.ts'
import { type Tale, tale } from './tale.ts'

const ways = (plan: Plan, { entries }: Tale, { attended = false, isProved = true } = {}) => {
  const story = storyOf({ plan, entries, exit: null, attended })
  const way = manualWay(story, { kubectl: (cluster) => `kubectl --context=${shellWord(cluster)}`, isProved })
  return { way, text: manualText(way, { ...story, isProved }) }
}

const stepsOf = (plan: Plan, told: Tale): string[][] =>
  ways(plan, told).way.units.map(({ steps }) => steps.map(({ id }) => id))

const plan = planOf()
const both = planOf({ clusters: ['us-east-1', 'eu-west-1'] })

describe('the way back of a run by hand', () => {
  it('has nothing for what was not begun', () => {
    const { way, text } = ways(plan, tale(plan).open())
    expect(way.units).toEqual([
      { id: 'web@us-east-1', nothing: 'nothing of it was changed, or all is taken back', steps: [] },
    ])
    expect(text).not.toMatch(/^kubectl/m)
  })

  it('leaves out requests before any were moved', () => {
    expect(stepsOf(plan, tale(plan).open().upTo('web@us-east-1', 'prepare'))[0]).not.toContain('back.route')
  })

  it('leaves out what was seen to be taken back', () => {
    const failed = tale(plan).open().upTo('web@us-east-1', 'weight-25').fail('web@us-east-1', 'errors')
    const [all = []] = stepsOf(plan, failed)
    const [left = []] = stepsOf(plan, failed.back('web@us-east-1', 'traffic'))
    expect(all.filter((id) => !left.includes(id))).toEqual(
      plan.waves[0]?.units[0]?.back.filter(({ moves }) => moves === 'traffic').map(({ id }) => id),
    )
  })

  it('has none once the old pods are gone', () => {
    const told = tale(plan).open().upTo('web@us-east-1', 'drain')
    expect(ways(plan, told).way.units[0]).toMatchObject({ steps: [], nothing: /no way back/ })
  })

  it('goes past that when a human has said so: old pods first, then requests', () => {
    const told = tale(plan).open().upTo('web@us-east-1', 'drain')
    const [units, past] = [['web@us-east-1'], 'drain.sets-50-50']
    const back = told.fact({ type: 'turned', units, to: 'back', why: 'asked', cause: 'no-verdict', past })
    expect(stepsOf(plan, back)[0]?.slice(0, 3)).toEqual(['past.untag', 'past.template', 'back.route-web'])
  })

  it('names the run where the plan has a placeholder', () => {
    const { text } = ways(plan, tale(plan).open().upTo('web@us-east-1', 'weight-5'))
    expect(text).toContain('deploy/release=r7f3')
    expect(text).not.toMatch(/\{run\}|\{fence\}/)
  })

  it('says each cluster in each command, after looking whether it is the one', () => {
    const told = tale(both).open().upTo('web@us-east-1', 'weight-5').upTo('web@eu-west-1', 'weight-5')
    const { text } = ways(both, told)
    const calls = text.split('\n').flatMap((line) => line.match(/kubectl(?= )(?! -)[^|;]*|kubectl --?\S+/g) ?? [])
    expect(new Set(calls)).toEqual(new Set(['kubectl --context=us-east-1', 'kubectl --context=eu-west-1']))
    for (const { uid } of both.clusters) expect(text).toContain(`= ${uid} || { echo 'STOP`)
  })

  it('brings requests back in every cluster before anything else in any', () => {
    const told = tale(both).open().upTo('web@us-east-1', 'weight-5').upTo('web@eu-west-1', 'weight-5')
    const titles = ways(both, told).text.match(/^# web@.*$/gm) ?? []
    expect(titles.slice(0, 3)).toEqual([
      '# web@us-east-1: route web: only web',
      '# web@eu-west-1: route web: only web',
      '# web@us-east-1: untag replicaset web-7c9f6d5b8',
    ])
  })

  it('warns while somebody drives the run', () => {
    const told = tale(plan).open().upTo('web@us-east-1', 'weight-5')
    expect(ways(plan, told, { attended: true }).text).toContain('IT IS DRIVEN NOW')
    expect(ways(plan, told).text).not.toContain('IT IS DRIVEN NOW')
  })

  it('keeps a comment one line, whatever a hook is called', () => {
    const odd = planOf({ hooks: { 'on-rollback': [{ argv: ['./tell.sh', 'a\nrm -rf /'], timeout: 1000 }] } })
    const { text } = ways(odd, tale(odd).open().upTo('web@us-east-1', 'weight-5'))
    expect(text).not.toMatch(/^rm/m)
    expect(text).toContain(String.raw`./tell.sh $'a\U0000000arm -rf /'`)
  })
})

describe('a plan that somebody has changed', () => {
  const told = (one: Plan): Tale => {
    const [unit] = one.waves[0]?.units ?? []
    return tale(one)
      .open()
      .upTo(unit?.id ?? '', 'weight-25')
  }

  it.each([
    '$(touch pwned)',
    '`touch pwned`',
    'x\ntouch pwned #',
    "'; touch pwned; '",
    'x; touch pwned #',
    '!!\r\ntouch pwned',
  ])('puts no command into the text, whatever it holds: %j', (evil) => {
    const { text } = ways(withTexts(plan, evil), told(withTexts(plan, evil)))
    expect(inBash(text).made).toEqual([])
    expect(inBash(text.replaceAll(/^(set -e|\(|\))$/gm, '')).made).toEqual([])
  })

  const hooked = planOf({ hooks: { 'on-rollback': [{ argv: ['./tell.sh', 'all'], timeout: 1000 }] } })

  it('has no hooks where nobody vouches for it, and says so in its head', () => {
    const { text, way } = ways(hooked, told(hooked), { isProved: false })
    expect(text.split('\n').slice(0, 3)).toContain(
      '# this plan was read back from a cluster and nobody vouches for it: read each line before you run it',
    )
    expect(JSON.stringify(way)).not.toContain('"./tell.sh all"')
    expect(text).not.toMatch(/^\.\/tell\.sh/m)
    expect(text).toContain('# a hook of the run is not printed: nobody vouches for it')
  })

  it('has them where somebody does', () => {
    const { text } = ways(hooked, told(hooked))
    expect(text).toMatch(/^\.\/tell\.sh all$/m)
    expect(text).not.toContain('nobody vouches')
  })
})

describe('the text as a script', () => {
  const { text } = ways(plan, tale(plan).open().upTo('web@us-east-1', 'weight-25'))
  const uid = plan.clusters[0]?.uid ?? ''

  it('stops before its first change in another cluster, and fails', () => {
    const { status, calls, stderr } = inBash(text, 'another')
    expect([status, calls.filter((call) => call.includes(' patch ') || call.includes(' delete '))]).toEqual([1, []])
    expect(stderr).toContain('STOP: this is another cluster')
  })

  it('goes on to its end in the right one, past a command that fails', () => {
    const { calls } = inBash(text, uid)
    expect(calls.filter((call) => call.includes(' patch ')).length).toBeGreaterThan(3)
  })

  it('leaves the shell that it is pasted into as it was', () => {
    expect(inBash(`${text}\necho "still here, $-"\nfalse\necho 'and here'`, 'another').stdout).toMatch(
      /still here, (?!.*e).*\nand here/,
    )
  })
})

/** Every text of it but those that other parts of it, or of the tool, know it by. */
function withTexts(plan: Plan, evil: string): Plan {
  const kept = new Set(['verb', 'kind', 'send', 'moves', 'undo', 'path', 'track', 'otherwise', 'op', 'waitsFor'])
  const ids = new Set(['id', 'undoes', 'steps'])
  const changed = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return kept.has(key) ? value : ids.has(key) ? `${value}${evil}` : evil
    if (Array.isArray(value)) return value.map((one) => changed(one, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, changed(one, name)]))
  }
  const all = changed(plan) as Plan
  // Stages are found by their names, here and in the tool.
  return {
    ...all,
    waves: all.waves.map((wave, at) => ({
      ...wave,
      units: wave.units.map((unit, of) => ({
        ...unit,
        stages: unit.stages.map((stage, index) => ({
          ...stage,
          id: plan.waves[at]?.units[of]?.stages[index]?.id ?? '',
        })),
      })),
    })),
  }
}

/** Run with a kubectl that only notes what it is asked, and fails but for the cluster's uid. */
function inBash(text: string, uid = '') {
  const folder = mkdtempSync(join(tmpdir(), 'by-hand-'))
  const stub = [
    'kubectl() { echo "kubectl $*" >&3; case "$*" in *kube-system*) echo "$uid";; *) return 1;; esac; }',
    'sleep() { :; }',
    '',
  ].join('\n')
  const { status, stdout, stderr, output } = spawnSync('bash', [], {
    cwd: folder,
    input: `${stub}${text}`,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', uid },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  return { status, stdout, stderr, calls: (output[3] ?? '').split('\n'), made: readdirSync(folder) }
}
