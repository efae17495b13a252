import { countedBeside, countedSince, firstRequest } from '../../judge/history.ts'
import { shareOf } from '../../judge/share.ts'
import { figureText, percentText, type Span, type Weighed, weigh } from '../../judge/weigh.ts'
import type { Rule } from '../evidence.ts'
import type { Fact } from '../journal.ts'
import type { Stage } from '../plan.ts'
import { minute, second, span, type Millis } from '../time.ts'
import { stablePart } from '../stable-part.ts'
import { podsOfTrack } from '../tracks.ts'
import { restartsOf } from '../view.ts'
import { worseThanStable } from './comparison.ts'
import { tendedSince } from './stages.ts'
import type { UnitCase } from './world.ts'

/** For so long a source may be away before a human is asked, or the release goes back. */
export const providerPatience: Millis = 5 * minute
/** Failed polls in a row after which it is said. */
const pollsUntilDown = 3
/** Figures older than this prove nothing any more. */
const freshness: Millis = minute

export interface Alarm {
  readonly because: string
  /** Stable crosses the same bound at the same time: it is not the release. */
  readonly shared: boolean
}

/** The first trigger that fires; asleep until the new pods have answered a request. Or what the judge has found. */
export function alarmOf(unitCase: UnitCase): Alarm | null {
  const worse = worseThanStable(unitCase)
  if (worse) return worse
  for (const rule of unitCase.unit.evidence?.triggers ?? []) {
    const alarm = rule.figure.kind === 'restarts' ? onRestarts(rule, unitCase) : onFigures(rule, unitCase)
    if (alarm) return alarm
  }
  return null
}

function onRestarts(rule: Rule, { unit, run, world }: UnitCase): Alarm | null {
  const restarts = podsOfTrack(unit, run.run, world.view, 'new').reduce((sum, pod) => sum + restartsOf(pod), 0)
  const crossed = rule.op === '>' ? restarts > rule.value : restarts >= rule.value
  if (!crossed) return null
  return { because: `the new pods' containers restarted ${restarts} times (${rule.text})`, shared: false }
}

function onFigures(rule: Rule, { unit, state, run, world, now }: UnitCase): Alarm | null {
  const { history } = world
  if (!history) return null
  const isQuery = rule.figure.kind === 'query'
  const first = isQuery ? run.watched : firstRequest(history, 'new')
  if (first === null) return null
  // What all pods do at once may have been seen of the new ones only: they are weighed as far as stable is known.
  const until = isQuery ? now : Math.min(now, history.stableTo ?? now)
  // The increment that holds the first request is part of the window.
  const since = Math.max(first - 1, state.resumed)
  const seen = weigh(rule, history, 'new', { since, now: until, every: unit.evidence?.source?.every })
  if (seen.answer !== 'crossed') return null
  if (isQuery) return { because: `${seen.because} (${rule.text})`, shared: false }
  const beside = Math.max(countedBeside(history, 'stable', first - 1), state.resumed)
  const stable = weigh(rule, history, 'stable', { since: beside, now: until })
  const stableText = stable.figure === null ? '' : `; stable ${figureText(rule.figure, stable.figure)}`
  return { because: `new pods: ${seen.because}${stableText} (${rule.text})`, shared: stable.answer === 'crossed' }
}

/** What the objectives of a stage say of the time since its soak began. */
export function objectivesOf(
  unitCase: UnitCase,
  stage: Stage,
  { since, now }: Span,
): readonly (Weighed & { readonly rule: Rule })[] {
  return stage.gates.flatMap((gate) => (gate.kind === 'objective' ? [{ ...held(gate.rule), rule: gate.rule }] : []))

  function held(rule: Rule): Weighed {
    const { history } = unitCase.world
    if (!history || history.heard === null || now - history.heard > freshness)
      return { answer: 'no-data', figure: null, seen: 0, wanted: 1, because: 'nothing was measured' }
    return weigh({ ...rule, over: Math.max(second, stage.soak) }, history, 'new', { since, now })
  }
}

type Seen = Pick<UnitCase, 'unit' | 'run' | 'world'>

/** What the requests that were counted since say about a weight. */
export function weightSeen(
  { unit, run, world: { history, view } }: Seen,
  weight: number,
  { since, now }: Span,
): ReturnType<typeof shareOf> {
  if (!history) return { answer: 'too-few', share: 0 }
  // As few of the new ones' as of stable's: more of stable's would be requests that nobody counted.
  const fresh = countedSince(history, 'new', since, now).requests * stablePart(unit, run.run, view)
  return shareOf(fresh, fresh + countedSince(history, 'stable', since, now).requests, weight / 100)
}

export const shareText = ({ share }: { readonly share: number }): string => `share seen ${percentText(share)}`

/** Nothing reaches the new pods although it should: `hold` after a while, then `undo`. */
export function noTraffic(
  { unit, run, world: { history, view } }: Seen,
  weight: number,
  { since, now }: Span,
): { readonly verdict: 'hold' | 'undo'; readonly because: string } | null {
  if (!history?.heard || history.heard < since || countedSince(history, 'new', since, now).requests > 0) return null
  const stable = countedSince(history, 'stable', since, now).requests / stablePart(unit, run.run, view)
  const expected = weight >= 100 ? stable : (stable * weight) / (100 - weight)
  const elapsed = now - since
  if (expected < 20 || elapsed < minute) return null
  const because = `the new pods got no request in ${span(elapsed)}, about ${Math.round(expected)} were expected at ${weight} %`
  return { verdict: expected >= 40 && elapsed >= 2 * minute ? 'undo' : 'hold', because }
}

/** The source went away, or came back: worth an entry, for soaks stand still in between. */
export function providerNews({ unit, state, world, now }: UnitCase): Fact | null {
  const { history } = world
  if (!unit.evidence?.source || !history) return null
  const blind = state.blind.find(({ to }) => to === null)
  if (history.down && history.down.polls >= pollsUntilDown && !blind)
    return { type: 'provider', unit: unit.id, up: false, since: history.down.since, because: history.down.why }
  if (!history.down && blind && (history.heard ?? 0) > blind.from)
    return {
      type: 'provider',
      unit: unit.id,
      up: true,
      since: now,
      because: `figures again after ${span(now - blind.from)}`,
    }
  return null
}

/** Why nothing may be raised and nothing may pass now; `since` when, `null` while figures come in. */
export function blindness(unitCase: UnitCase): { readonly why: string; readonly since: Millis } | null {
  const { unit, world } = unitCase
  if (!unit.evidence?.source || !world.history?.down) return null
  const { since, why } = world.history.down
  return { why: `no figures: ${why}`, since: Math.max(since, tendedSince(unitCase)) }
}

/** How much of the time since `from` nothing could be measured. */
export const blindTime = ({ state, now }: Pick<UnitCase, 'state' | 'now'>, from: Millis): Millis =>
  state.blind.reduce((sum, one) => sum + Math.max(0, (one.to ?? now) - Math.max(one.from, from)), 0)
