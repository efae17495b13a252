import type { Compared } from '../core/comparing.ts'
import { second, stamp, type Millis } from '../core/time.ts'
import { verdictText } from '../judge/compared/answer.ts'
import { wealth } from '../judge/compared/e-process.ts'
import { alarm, evidence } from '../judge/compared/judge.ts'
import type { StreamState } from '../judge/compared/stream-state.ts'
import { enough } from '../judge/compared/terms.ts'
import { fourDigits } from './digits.ts'
import { type DeployEvent, escaped } from './events.ts'

type EvidenceEvent = Extract<DeployEvent, { type: 'evidence' }>

const atMost: Millis = 5 * second

export interface EvidenceTold {
  readonly run: string
  readonly unit: string
  readonly compared: Compared
  readonly now: Millis
  /** Of the last journal entry. */
  readonly seq: number
}

/** What is worth an event: a verdict at once, else what was counted since, every 5 s. */
export function evidenceEvents(): (told: EvidenceTold) => EvidenceEvent | null {
  const before = new Map<
    string,
    { readonly compared: Compared; readonly now: Millis; readonly verdict: string; readonly counted: string }
  >()
  return (told) => {
    const { unit, compared, now } = told
    const last = before.get(unit)
    // Screens are shown several times a second, polls come once in a few.
    if (last?.compared === compared) return null
    const { judge, stage } = compared
    // While a stage is held its verdict is found anew at each poll.
    const { answer, by } = judge.verdict ?? {}
    const verdict = JSON.stringify([stage, answer, by])
    const counted = JSON.stringify(judge.streams.map(({ all }) => all))
    const isNews = last?.verdict !== verdict || (last.counted !== counted && now - last.now >= atMost)
    if (!isNews) return null
    before.set(unit, { compared, now, verdict, counted })
    return eventOf(told)
  }
}

function eventOf({ run, unit, compared: { judge, stage }, now, seq }: EvidenceTold): EvidenceEvent {
  const event = {
    v: 1,
    seq,
    at: stamp(now),
    run,
    type: 'evidence',
    unit,
    stage: stage?.id ?? null,
    e: fourDigits(evidence(judge)),
    enough: fourDigits(enough(judge.terms)),
    alarm: fourDigits(alarm(judge)),
    metrics: judge.streams.map(metricOf),
    verdict: judge.verdict?.answer ?? null,
    because: verdictText(judge),
  } satisfies EvidenceEvent
  return escaped(event) as EvidenceEvent
}

function metricOf({ stream, back, all }: StreamState): EvidenceEvent['metrics'][number] {
  const { newRequests, newBad, stableRequests, stableBad } = all
  return {
    name: stream.name,
    weight: fourDigits(stream.weight),
    e: fourDigits(wealth(back)),
    canary: { requests: newRequests, bad: newBad },
    stable: { requests: stableRequests, bad: stableBad },
    rates: { canary: rateOf(newBad, newRequests), stable: rateOf(stableBad, stableRequests) },
  }
}

const rateOf = (bad: number, requests: number): number | null =>
  requests === 0 ? null : fourDigits(Math.min(1, bad / requests))
