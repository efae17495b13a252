import { unitsOf } from '../core/plan.ts'
import { exitCodes } from '../core/errors.ts'
import { unitState } from '../core/state.ts'
import { missedBy } from './limits.ts'
import type { Ending } from './rehearsal.ts'
import type { Ran, Running } from './run.ts'
import { seenOf } from './seen.ts'

/** What became of a run: what the tool said of it, held against what the copy looks like now. */
export function endingOf({ plan, seen, fault }: Running, ran: Ran): Ending {
  const { exit, state } = ran
  const unsafe = (word: Ending['word'], because: string): Ending => ({ exit, answer: 'unsafe', word, because })
  const safe = (word: Ending['word'], because: string): Ending => ({ exit, answer: 'safe', word, because })
  const unmodelled = ran.entries.find((entry) => entry.type === 'refused' && entry.because.includes('does not model'))
  if (unmodelled && 'because' in unmodelled) return unsafe('not modelled', unmodelled.because)
  if (ran.error !== null || exit === null || state === null)
    return unsafe('human needed', `deploy ended with an error: ${messageOf(ran.error)}`)

  const states = unitsOf(plan).map((unit) => ({ unit, state: unitState(state, unit.id) }))
  const turned = states.map((one) => one.state.turn?.why ?? '').find((why) => why !== '') ?? ''
  const paused = states.map((one) => one.state.paused?.why ?? '').find((why) => why !== '') ?? ''
  switch (exit) {
    case exitCodes.done: {
      const wrong = states.map(({ unit }) => notServing(unit.id, 'new')).find((why) => why !== null)
      if (wrong && fault?.fault.of !== 'application') return unsafe('wrong', wrong)
      if (fault?.fault.of !== 'application' || ran.struck === null)
        return safe('released', 'every request goes to the new pods')
      const { unit } = fault.site
      const { word, because } = missedBy(unit, seenOf(seen, unit).load, fault.fault)
      return word === 'within limits' ? safe(word, because) : unsafe(word, because)
    }
    case exitCodes.takenBack:
    case exitCodes.takenBackWithoutVerdict: {
      const back = states.filter((one) => one.state.ended?.outcome === 'taken-back')
      const wrong = back.map(({ unit }) => notServing(unit.id, 'stable')).find((why) => why !== null)
      return wrong ? unsafe('wrong', `taken back, but ${wrong}`) : safe('taken back', turned)
    }
    case exitCodes.paused:
      return safe('paused', paused)
    default:
      return unsafe('human needed', paused || turned || `exit ${exit}`)
  }

  /** What is not as it should be when one version has all requests; `null`: it is. */
  function notServing(id: string, version: 'new' | 'stable'): string | null {
    const watch = ran.watches.get(id)
    const unit = unitsOf(plan).find((one) => one.id === id)
    if (!watch || !unit) return `${id} was not watched`
    const { toNew, failing, ready } = watch.now()
    const usual = seenOf(seen, unit).load.failing
    const wanted = Math.min(watch.wanted, watch.samples[0]?.ready ?? 0)
    const hasTraffic = watch.counted().requests > 0
    const share = version === 'new' ? toNew : 1 - toNew
    if (hasTraffic && share < 1 - 1e-6) return `${id}: ${percent(1 - share)} of the requests go to the other pods`
    if (ready < wanted) return `${id}: ${ready} of ${wanted} pods are ready`
    if (hasTraffic && failing > usual + 1e-6) return `${id}: ${percent(failing)} of the requests fail`
    return null
  }
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`

function messageOf(error: unknown): string {
  if (error === null) return 'it did not end'
  return error instanceof Error ? error.message : 'something that is no error was thrown'
}
