import { percentText } from '../judge/weigh.ts'
import { comparedGate } from './comparing.ts'
import { detectionsOf, type LiveTraffic, type StageDetection } from './detection.ts'
import type { Unit } from './plan.ts'
import type { Complaint } from './preflight/complaint.ts'
import { span, type Millis } from './time.ts'

/** Of a unit whose soaks can't decide at the traffic of now: the first stage for which that is so. `null`: none. */
export function undecidable(unit: Unit, traffic: LiveTraffic): Complaint | null {
  if (!unit.evidence?.comparison || !unit.stages.some(comparedGate)) return null
  if (traffic.rps <= 0) return silent
  for (const detection of detectionsOf(unit, traffic)) {
    const longest = detection.needs.toSorted((a, b) => b.after - a.after)[0]
    if (longest && longest.after > detection.stage.soak) return tooShort(unit, detection, longest)
  }
  return null
}

const silent: Complaint = {
  level: 'warn',
  code: 'soak-undecided',
  what: 'the pods that serve get no requests, so no stage can be decided',
  why: 'a comparison with stable counts requests of both versions: send some, or decide yourself with deploy promote',
  remedy: 'send requests while the release runs, or compare nothing: judge: false',
}

function tooShort(
  { evidence }: Unit,
  { stage, smallest, rps }: StageDetection,
  { metric, worse, after }: StageDetection['needs'][number],
): Complaint {
  const [soak, traffic] = [span(stage.soak), rpsText(rps)]
  const finds =
    metric !== 'errors'
      ? `says too little about ${metric}`
      : smallest === null
        ? 'finds not even a broken version'
        : `finds nothing below ${percentText(smallest)} of errors`
  const needs = metric === 'errors' ? `${percentText(worse)} needs ${long(after)}` : `it needs ${long(after)}`
  const remedy = 'raise the weight or the soak, or set onInconclusive'
  return {
    level: 'warn',
    code: 'soak-undecided',
    what: `${stage.title}: a soak of ${soak} ${finds} at ${traffic}`,
    why: `${needs}, so the stage ${otherwise(evidence?.onInconclusive ?? 'hold', stage.soak, after)}: ${remedy}`,
    remedy,
  }
}

function otherwise(policy: 'hold' | 'pause' | 'undo', soak: Millis, after: Millis): string {
  if (policy === 'pause') return 'pauses'
  if (policy === 'undo') return 'goes back'
  return after <= 2 * soak ? 'is held for longer' : 'is held for as long again, then paused'
}

const long = (after: Millis): string => (Number.isFinite(after) ? span(after) : 'more than any soak')

/** `120 rps`, `0.3 rps`. */
export const rpsText = (rps: number): string => `${Number(rps.toPrecision(rps >= 100 ? 3 : 2))} rps`
