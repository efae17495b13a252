import type { Span } from '../../judge/weigh.ts'
import { isMisrouted } from '../comparing.ts'
import { isMet } from '../expect.ts'
import type { Gate, Stage } from '../plan.ts'
import { second, span, type Millis } from '../time.ts'
import { podsOfTrack } from '../tracks.ts'
import { type Comparison, comparisonOf } from './comparison.ts'
import { blindTime, noTraffic, objectivesOf, shareText, weightSeen } from './evidence.ts'
import { soakBegan } from './stages.ts'
import { failed, goBack, pause, unfinished } from './turn.ts'
import { note, type UnitCase, type UnitDecision, waitFor } from './world.ts'

type WeightGate = Extract<Gate, { readonly kind: 'weight' }>
type Objectives = ReturnType<typeof objectivesOf>

export function judge(unitCase: UnitCase, stage: Stage, now: Millis): UnitDecision {
  const { unit, state, run, world } = unitCase
  const began = soakBegan(unitCase, stage)
  const watched = { since: began, now }
  const soaked = began + stage.soak + blindTime(unitCase, began)
  if (world.view.silentSince !== null)
    return waitFor(`the cluster is not heard since ${span(now - world.view.silentSince)}: nothing passes on old data`)
  const open = stage.gates.map((gate) => gateOpen(unitCase, stage, gate, watched)).find((waiting) => waiting !== null)
  const promoted = state.stages.get(stage.id)?.promoted === true
  if (open && !promoted && !state.overruled) {
    if (now > soaked + stage.deadline)
      return unfinished(unitCase, stage, `not after ${span(stage.soak + stage.deadline)}: ${open}`, 'failed')
    return waitFor(open, soaked + stage.deadline + 1)
  }
  const objectives = objectivesOf(unitCase, stage, watched)
  const comparison = comparisonOf(unitCase, stage, { began, soaked })
  if (!stableIsGone(unitCase) && !state.overruled) {
    const broken = objectives.find(({ answer }) => answer === 'crossed')
    if (broken) return failed(unitCase, stage, `new pods: ${broken.because} (${broken.rule.text})`, 'failed')
    // A human's yes stands for what is pending or inconclusive, and for the rest of the soak; never for what failed.
    const agreed = promoted || run.hurried
    const unproved = agreed ? null : onFigures(unitCase, stage, { began, soaked, objectives, comparison })
    if (unproved) return unproved
    const early = comparison?.answer === 'early' && objectives.every(({ answer }) => answer === 'clear')
    if (now < soaked && !agreed && !early) return waitFor(`soak ${span(stage.soak)}`, soaked)
  }
  return note({
    type: 'judged',
    unit: unit.id,
    stage: stage.id,
    answer: 'pass',
    because: passed(unitCase, stage, watched, { objectives, comparison }),
  })
}

/**
 * Not one stable pod is left and all new ones are ready: a Deployment that is paused still drops its old sets when the
 * brake is taken off at 100 %. Who calls a Service that is pinned to them has nobody else, so names move without a soak.
 */
export function stableIsGone({ unit, state, run, world }: UnitCase): boolean {
  const namesToMove = unit.stages.some(({ id }) => id === 'names' && state.stages.get(id)?.answer !== 'pass')
  if (!namesToMove || podsOfTrack(unit, run.run, world.view, 'stable').length > 0) return false
  const sight = { unit, run: run.run, view: world.view, now: world.view.at }
  return isMet({ kind: 'capacity', track: 'new', percent: 100 }, sight).met
}

function passed(
  unitCase: UnitCase,
  stage: Stage,
  watched: Span,
  { objectives, comparison }: { readonly objectives: Objectives; readonly comparison: Comparison | null },
): string {
  const judged = stage.gates.some((gate) => gate.kind === 'pods') ? unitCase.world.health.because : 'every step settled'
  const isClear = comparison?.answer === 'clear' || comparison?.answer === 'early'
  const figures = [...(isClear ? [comparison.because] : []), ...objectives.map(({ because }) => because)]
  const weights = stage.gates.flatMap((gate) =>
    gate.kind === 'weight' ? weightText(unitCase, stage, gate, watched) : [],
  )
  // A human, or the judge, may have ended it before.
  const soaked = Math.min(stage.soak, watched.now - watched.since)
  return [`${judged}${soaked > 0 ? ` for ${span(soaked)}` : ''}`, ...figures, ...weights].join(' · ')
}

function weightText(unitCase: UnitCase, { weight = 0 }: Stage, { proof }: WeightGate, watched: Span): string[] {
  if (proof === 'accepted') return ['weight accepted, not proved']
  if (proof !== 'share') return []
  const seen = weightSeen(unitCase, weight, watched)
  if (seen.answer === 'seen') return [shareText(seen)]
  const below = seen.answer === 'below' ? ', less than half: callers bypass the route, or requests hang' : ''
  return [`weight accepted, not proved (${shareText(seen)}${below})`]
}

interface Figures {
  readonly began: Millis
  readonly soaked: Millis
  readonly objectives: Objectives
  readonly comparison: Comparison | null
}

/** What the figures say so far; `null`: nothing against going on when the soak is over. */
function onFigures(unitCase: UnitCase, stage: Stage, figures: Figures): UnitDecision | null {
  const { unit, now } = unitCase
  const { began, soaked, comparison } = figures
  const watched = { since: began, now }
  if (unit.evidence?.source && stage.weight !== undefined && stage.soak > 0 && stage.otherwise === 'back') {
    const silent = noTraffic(unitCase, stage.weight, watched)
    if (silent?.verdict === 'undo') return goBack(unitCase, silent.because)
    if (silent) return waitFor(silent.because, now + second)
  }
  const open = openIn(figures)
  if (open === null || now < soaked) return null
  if (comparison?.answer === 'waits') return waitFor(comparison.because, now + second)
  const policy = unit.evidence?.onInconclusive ?? 'hold'
  const limit = policy === 'hold' ? soaked + stage.soak : soaked
  const why = `inconclusive: ${open}`
  if (now < limit) return waitFor(why, limit)
  return policy === 'undo' ? goBack(unitCase, why) : pause(unitCase, 'inconclusive', why)
}

/** The first figure that is not known well enough. */
function openIn({ objectives, comparison }: Figures): string | null {
  const open = objectives.find(({ answer }) => answer !== 'clear')
  if (open) return `${open.because}, ${open.seen} of ${open.wanted} requests that ${open.rule.text} needs`
  return comparison?.answer === 'open' || comparison?.answer === 'waits' ? comparison.because : null
}

function gateOpen(unitCase: UnitCase, stage: Stage, gate: Gate, watched: Span): string | null {
  const { unit, run, world, now } = unitCase
  if (gate.kind === 'pods') return world.health.answer === 'pass' ? null : world.health.because
  if (gate.kind !== 'weight' || gate.proof === 'accepted') return null
  if (gate.proof === 'share') {
    const seen = weightSeen(unitCase, stage.weight ?? 0, watched)
    // Evidence about the stage before says nothing of this one's weight.
    const own = world.compared?.stage?.id === stage.id ? world.compared : null
    const isWrong = own ? isMisrouted(own) : seen.answer === 'too-many'
    return isWrong ? `${shareText(seen)} at weight ${stage.weight} %: requests go elsewhere than they were sent` : null
  }
  const result = isMet(gate.proof, { unit, run: run.run, view: world.view, now })
  return result.met ? null : result.waiting
}
