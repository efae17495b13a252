import { describe, expect, it } from 'vitest'
import { type BeforeRelease, compared, type Compared, isMisrouted } from '../../src/core/comparing.ts'
import type { Track, Unit } from '../../src/core/plan.ts'
import type { RunState } from '../../src/core/state.ts'
import { minute, second, type Millis } from '../../src/core/time.ts'
import type { Increment } from '../../src/judge/counters.ts'
import type { History } from '../../src/judge/history.ts'
import { chance, type Chance } from '../bench/judge/chance.ts'
import { tale } from '../report/tale.ts'
import { comparedPlan, historyOf } from '../support/measured.ts'

const web = 'web@us-east-1'
const poll: Millis = 5 * second
/** Of a pod to a source that keeps samples: they are read a little later than they are taken. */
const late: Millis = second
const rps = 40

interface Pods {
  readonly scrape: Millis
  /** From 0 to 1. */
  readonly weight: number
  readonly fresh: number
  readonly stable: number
  /** What the new pods really get; absent: their weight. */
  readonly share?: number
}

/** A release whose first stage with requests begins. */
function released(weight: number): { readonly unit: Unit; readonly run: RunState } {
  const plan = comparedPlan({ options: { weights: [weight * 100], soak: '10m' } })
  const run = tale(plan)
    .open()
    .upTo(web, `weight-${weight * 100}`).state
  return { unit: plan.waves[0]?.units[0] as Unit, run }
}

/** What pods count that are scraped at moments of their own; the new ones get requests since then. */
function scraped({ scrape, weight, share = weight, fresh, stable }: Pods, since: Millis, luck: Chance): Increment[] {
  const perMilli = rps / second
  const of = (track: Track, pods: number): Increment[] =>
    Array.from({ length: pods }).flatMap(() => {
      const phase = luck.uniform() * scrape
      return Array.from({ length: Math.ceil((11 * minute) / scrape) }, (_, index): Increment => {
        const at = since - scrape + phase + index * scrape
        const after = Math.min(scrape, Math.max(0, at - since))
        const own = track === 'new' ? [0, share] : [1, 1 - share]
        const mean = (perMilli * ((own[0] ?? 0) * (scrape - after) + (own[1] ?? 0) * after)) / pods
        return { at, track, requests: luck.poisson(mean), bad: 0, buckets: new Map() }
      })
    })
  return [...of('new', fresh), ...of('stable', stable)].toSorted((a, b) => a.at - b.at)
}

/** When the judge says that requests go elsewhere, since the stage began; `null`: not within so long. */
function misrouted(pods: Pods, span: Millis, runs: number): readonly (Millis | null)[] {
  const { unit, run } = released(pods.weight)
  return Array.from({ length: runs }, (_, seed) => {
    const luck = chance(seed)
    const all = scraped(pods, run.last, luck)
    const before: BeforeRelease = { baseline: null, batch: Math.max(poll, pods.scrape) }
    let [state, known, read]: [Compared | null, History, number] = [null, historyOf([], { heard: run.last }), 0]
    // Reading takes a while, so that polls are not quite as often as they should be.
    for (let now = run.last + 1; now <= run.last + span; now += poll + 400 * luck.uniform()) {
      while ((all[read]?.at ?? Number.POSITIVE_INFINITY) + late <= now) read += 1
      const history = historyOf(all.slice(0, read), { heard: now })
      state = compared(state, { unit, run, before, known, history, now })
      known = history
      if (state && isMisrouted(state)) return now - run.last
    }
    return null
  })
}

describe('the share of requests, of pods that are scraped at different moments', () => {
  const cells: readonly (Pods & { readonly runs: number })[] = [
    { scrape: 60 * second, weight: 0.25, fresh: 3, stable: 10, runs: 100 },
    { scrape: 60 * second, weight: 0.05, fresh: 2, stable: 4, runs: 100 },
    { scrape: 15 * second, weight: 0.25, fresh: 2, stable: 3, runs: 200 },
  ]

  it.each(cells)('is never too much at the right one: each $scrape ms, $weight, $fresh beside $stable', (cell) => {
    // One in a thousand is what it may be wrong in.
    expect(misrouted(cell, 5 * minute, cell.runs).filter((at) => at !== null)).toHaveLength(0)
  })

  it.each(cells)('is too much where it is: each $scrape ms, $weight, $fresh beside $stable', (cell) => {
    const found = misrouted({ ...cell, share: 3.5 * cell.weight }, 10 * minute, 10)
    expect(Math.max(...found.map((at) => at ?? Number.POSITIVE_INFINITY))).toBeLessThan(7 * cell.scrape)
  })
})
