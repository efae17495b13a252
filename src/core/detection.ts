import { smallestFound, timeToAdvance, timeToDetect, worthFindingBeyond } from '../judge/compared/design.ts'
import { slowedTail } from '../judge/compared/latency-streams.ts'
import { type Baseline, baseOf, mainsOf, type Stream, termsAlone } from '../judge/compared/streams.ts'
import type { Terms } from '../judge/compared/terms.ts'
import { comparedGate, comparedIn } from './comparing.ts'
import type { Stage, Unit } from './plan.ts'
import type { Millis } from './time.ts'

/** What the pods that serve now have to do. No part of a plan: it changes by the minute. */
export interface LiveTraffic {
  /** Requests in a second. */
  readonly rps: number
  /** What they counted; `null`: nothing that could be told. */
  readonly baseline: Baseline | null
}

/** What the comparison with stable could find in a stage, at the traffic of now, in 80 % of cases. */
export interface StageDetection {
  readonly stage: Stage
  readonly rps: number
  /** Of each metric, what a stage has to be able to find before it may pass. */
  readonly needs: readonly Need[]
  /** The smallest share of failed requests that the soak finds; `null`: not even a broken version, or not compared. */
  readonly smallest: number | null
  /** The smallest of some slowdowns that the soak finds: 1.3 is 30 % slower. */
  readonly slower: { readonly factor: number; readonly after: Millis } | null
  /** When a version that is as good as stable may go on before the soak is over; `null`: not in this stage. */
  readonly early: Millis | null
}

export interface Need {
  readonly metric: string
  /** Stable's share of bad requests. */
  readonly base: number
  readonly worse: number
  /** Infinite: never. */
  readonly after: Millis
}

const slowdowns = [1.3, 1.5, 2, 3]

/** Of each stage that is compared; none where the unit's traffic is not known, or there is none. */
export function detectionsOf(unit: Unit, traffic: LiveTraffic | undefined): readonly StageDetection[] {
  if (!traffic || traffic.rps <= 0) return []
  const { baseline, rps } = traffic
  const what = comparedIn(unit, { baseline, batch: unit.evidence?.source?.every ?? 0 })
  if (!what) return []
  const { terms, streams } = what
  return unit.stages.filter(comparedGate).map((stage, at) => {
    // Caches are cold and code is not compiled yet: so long the first stage does not see latency.
    const blind = ({ from }: Stream): Millis => (at === 0 ? from : 0)
    return detection({ stage, rps, streams, terms, blind, baseline })
  })
}

interface Detecting {
  readonly stage: Stage
  readonly rps: number
  readonly streams: readonly Stream[]
  readonly terms: Terms
  readonly blind: (stream: Stream) => Millis
  readonly baseline: Baseline | null
}

function detection({ stage, rps, streams, terms, blind, baseline }: Detecting): StageDetection {
  const mains = mainsOf(streams, (stream) => stream)
  const traffic = { rps, weight: (stage.weight ?? 0) / 100 }
  const within = (stream: Stream) => termsAlone(stream, streams, terms)
  const found = (stream: Stream, worse: number): Millis =>
    blind(stream) + timeToDetect(traffic, { base: baseOf(stream), worse }, within(stream), stream.overdispersion)
  const errors = mains.find(({ metric }) => metric === 'errors')
  const slow = mains.find(({ metric }) => metric === 'latency')
  return {
    stage,
    rps,
    needs: mains.map((stream) => {
      const worse = worthFindingBeyond(stream.back, baseOf(stream))
      return { metric: stream.metric, base: baseOf(stream), worse, after: found(stream, worse) }
    }),
    smallest:
      errors === undefined
        ? null
        : smallestFound(traffic, { base: baseOf(errors), soak: stage.soak }, within(errors), errors.overdispersion),
    slower: slow === undefined ? null : slowest(slow, baseline, (worse) => found(slow, worse), stage.soak),
    early: terms.early && !comparedGate(stage)?.last ? earliest(mains, traffic, { terms, stage }) : null,
  }
}

function slowest(
  { bound }: Stream,
  baseline: Baseline | null,
  found: (worse: number) => Millis,
  soak: Millis,
): StageDetection['slower'] {
  for (const factor of slowdowns) {
    const worse = baseline && bound !== null ? slowedTail(baseline.counts.buckets, bound, factor) : null
    const after = worse === null ? Number.POSITIVE_INFINITY : found(worse)
    if (after <= soak) return { factor, after }
  }
  return null
}

function earliest(
  mains: readonly Stream[],
  traffic: { readonly rps: number; readonly weight: number },
  { terms, stage }: { readonly terms: Terms; readonly stage: Stage },
): Millis | null {
  const each = mains.map((stream) =>
    timeToAdvance(traffic, baseOf(stream), { beta: terms.beta, advance: stream.on }, stream.overdispersion),
  )
  const after = Math.max(terms.minSoak, ...each)
  return after < stage.soak ? after : null
}
