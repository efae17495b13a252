import { createHash } from 'node:crypto'
import { planHash } from '../../../src/core/plan-hash.ts'
import type { Plan } from '../../../src/core/plan.ts'
import { minute } from '../../../src/core/time.ts'
import type { Asset } from '../../../src/report/page/skeleton.ts'
import type { RunPageInput } from '../../../src/report/run-page/page.ts'
import { measuredPlan, paced, rules } from '../../support/measured.ts'
import { sampled } from '../../support/sampled.ts'
import { type Tale, tale } from '../tale.ts'

const web = 'web@us-east-1'
const quiet = { requests: 950, bad: 1, within: 250 }

export const asset = (text: string): Asset => ({ text, sha256: createHash('sha256').update(text).digest('base64') })
const assets = { styles: [asset('p{}')], scripts: [asset('1')] }

const inputOf = (plan: Plan, told: Tale, increments: ReturnType<typeof paced>, back: number): RunPageInput => ({
  plan,
  planHash: planHash(plan),
  entries: told.entries,
  exit: null,
  assets,
  samples: sampled({
    unit: web,
    began: told.entries[0]?.at ?? 0,
    until: told.now,
    increments,
    weight: (at) => (at < back ? 0.25 : 0),
    ready: (at, track) => (track === 'stable' ? 10 : at < back ? 3 : 0),
  }),
})

/** A run that fails 20 % of its requests at 25 %, and is taken back; `why` as outsiders could say it. */
export function badRun(why = 'new pods: errors 20 % of 500 requests so far'): RunPageInput {
  const plan = measuredPlan([rules.errors, rules.slow])
  const soaking = tale(plan).open().upTo(web, 'weight-25')
  const failing = soaking.after(minute)
  const told = failing.fail(web, why, [why]).back(web).close(3, 'taken back')
  const good = paced({ new: { requests: 50, bad: 0, within: 250 }, stable: quiet }, tale(plan).now, soaking.now)
  const bad = paced({ new: { requests: 50, bad: 10, within: 500 }, stable: quiet }, soaking.now + 1, failing.now)
  return inputOf(plan, told, [...good, ...bad], failing.now)
}

export function goodRun(): RunPageInput {
  const plan = measuredPlan([rules.errors, rules.slow])
  const stages = plan.waves[0]?.units[0]?.stages ?? []
  const last = stages.at(-1)?.id ?? ''
  const told = tale(plan).open().upTo(web, last).pass(web, last).done(web).close(0, 'done')
  const all = paced({ new: { requests: 300, bad: 0, within: 250 }, stable: quiet }, tale(plan).now, told.now)
  return inputOf(plan, told, all, Number.POSITIVE_INFINITY)
}
